/** What may be wider or longer than its place: it scrolls by itself, and the keyboard can reach it to scroll. */
import type { ComponentChildren, JSX } from 'preact';

interface ScrollProps {
  readonly label: string;
  readonly children: ComponentChildren;
}

export function Scroll({ label, children }: ScrollProps): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: not every browser lets the keyboard scroll what it cannot focus.
    <section class="scroll" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}

export function Code({ label, children, language }: ScrollProps & { readonly language?: string }): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: as above.
    <section class="scroll code-block" tabIndex={0} aria-label={label} data-language={language}>
      <pre>{children}</pre>
    </section>
  );
}
