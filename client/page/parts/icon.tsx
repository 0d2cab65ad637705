/** Drawn here, so that nothing is loaded for them. */
import type { JSX } from 'preact';

const PATHS = {
  mark: [
    'M12 3c2.6 2 4 4.4 4 7s-1.4 5-4 7c-2.6-2-4-4.4-4-7s1.4-5 4-7Z',
    'M8.3 8.5C5.4 8.3 3.5 9.3 2.5 11.5c1.6 3 4.2 4.7 7.5 5',
    'M15.7 8.5c2.9-.2 4.8.8 5.8 3-1.6 3-4.2 4.7-7.5 5',
    'M12 17v4',
  ],
  light: [
    'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z',
    'M12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22M4.9 4.9l1.8 1.8M17.3 17.3l1.8 1.8M4.9 19.1l1.8-1.8M17.3 6.7l1.8-1.8',
  ],
  dark: ['M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z'],
  system: ['M3 5h18v11H3z', 'M8 20h8M12 16v4'],
  search: ['M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14Z', 'M16.2 16.2 21 21'],
  back: ['M15 5l-7 7 7 7'],
  alert: ['M12 3.5 22 20.5H2Z', 'M12 10v4.5M12 17.5v.2'],
  copy: ['M9 9h11v11H9z', 'M5 15H4V4h11v1'],
  share: ['M12 15V4M8 7.5 12 3.5l4 4', 'M5 12v8h14v-8'],
  reset: ['M4 12a8 8 0 1 0 2.5-5.8', 'M4 4v5h5'],
  plus: ['M12 5v14M5 12h14'],
  close: ['M6 6l12 12M18 6 6 18'],
  file: ['M6 3h8l4 4v14H6z', 'M14 3v4h4'],
} as const;

export function Icon({ name }: { readonly name: keyof typeof PATHS }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {PATHS[name].map((d) => (
        <path key={d} d={d} />
      ))}
    </svg>
  );
}
