/** Choosing a file with a button that looks and is operated like every other. */
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { Icon } from './icon.tsx';

interface FileProps {
  readonly label: string;
  readonly accept: string;
  readonly take: (file: File) => void;
}

export function FileButton({ label, accept, take }: FileProps): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class="quiet" onClick={() => input.current?.click()}>
        <Icon name="file" />
        {label}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        aria-label={label}
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          // The same file again is a change too.
          event.currentTarget.value = '';
          if (file !== undefined) take(file);
        }}
      />
    </>
  );
}
