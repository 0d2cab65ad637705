import type { JSX } from 'preact';

interface SwitchProps {
  readonly id?: string;
  readonly on: boolean;
  readonly set: (on: boolean) => void;
  readonly 'aria-describedby'?: string;
}

/** A checkbox that looks and is announced as a switch; its state is the checkbox's own. */
export function Switch({ on, set, ...more }: SwitchProps): JSX.Element {
  return (
    <input
      {...more}
      type="checkbox"
      // biome-ignore lint/a11y/useAriaPropsForRole: a native checkbox tells its state itself.
      role="switch"
      checked={on}
      onChange={(event) => set(event.currentTarget.checked)}
    />
  );
}
