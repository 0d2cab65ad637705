/** Drawn here, so that nothing is loaded for them. */
import type { JSX } from 'preact';

const PATHS = {
  mark: ['M12 3c2.6 2 4 4.4 4 7s-1.4 5-4 7c-2.600-2-4-4.400-4-7s1.400-5 4-7Z', 'M8.300 8.500C5.400 8.300 3.500 9.300 2.500 11.500c1.600 3 4.200 4.700 7.500 5', 'M15.700 8.500c2.900-.2 4.800.8 5.800 3-1.600 3-4.200 4.700-7.500 5', 'M12 17v4'],
  light: ['M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z', 'M12 2v2.500M12 19.500V22M2 12h2.500M19.500 12H22M4.900 4.900l1.800 1.800M17.300 17.300l1.800 1.800M4.900 19.100l1.800-1.800M17.300 6.700l1.800-1.800'],
  dark: ['M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500Z'],
  system: ['M3 5h18v11H3z', 'M8 20h8M12 16v4'],
  search: ['M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14Z', 'M16.200 16.200 21 21'],
  back: ['M15 5l-7 7 7 7'],
  alert: ['M12 3.500 22 20.500H2Z', 'M12 10v4.500M12 17.500v.2'],
  copy: ['M9 9h11v11H9z', 'M5 15H4V4h11v1'],
  share: ['M12 15V4M8 7.500 12 3.500l4 4', 'M5 12v8h14v-8'],
  reset: ['M4 12a8 8 0 1 0 2.500-5.800', 'M4 4v5h5'],
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
