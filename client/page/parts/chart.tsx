/** A small line chart in SVG. Clicking sets the value; the slider above does the same with the keyboard. */
import { extent, ticks } from 'd3-array';
import { line } from 'd3-shape';
import type { JSX } from 'preact';
import { shortNumber } from '../model/history.ts';
import type { Curve } from '../model/whatif.ts';
import { texts } from '../texts.ts';

interface ChartProps {
  readonly curve: Curve;
  /** Where the form stands now. */
  readonly value: number;
  /** Share of the range from 0 to 1. */
  readonly set: (share: number) => void;
}

const WIDTH = 280;
const HEIGHT = 150;
const LEFT = 44;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 22;

export function Chart({ curve, value, set }: ChartProps): JSX.Element {
  const { field, xs, series } = curve;
  const { minimum = 0, maximum = 1 } = field;
  const shares = series.length > 1;
  const [low, high] = shares ? [0, 1] : padded(extent(series.flatMap(({ ys }) => ys)));
  const x = (at: number): number => LEFT + ((at - minimum) / (maximum - minimum)) * (WIDTH - LEFT - RIGHT);
  const y = (at: number): number => HEIGHT - BOTTOM - ((at - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const path = line<number>(
    (_, index) => x(xs[index] ?? 0),
    (at) => y(at),
  ).defined((at) => !Number.isNaN(at));
  const here = Math.min(maximum, Math.max(minimum, value));
  const click = (event: MouseEvent & { currentTarget: SVGSVGElement }): void => {
    const box = event.currentTarget.getBoundingClientRect();
    set((((event.clientX - box.left) / box.width) * WIDTH - LEFT) / (WIDTH - LEFT - RIGHT));
  };
  return (
    <figure class="chart" data-field={field.key}>
      <figcaption>
        {field.title}
        {field.unit === undefined ? null : <span class="unit"> {field.unit}</span>}
      </figcaption>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field's slider is the same with keys. */}
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={summary(curve)} onClick={click}>
        {ticks(low, high, 3).map((at) => (
          <g key={`y${at}`} class="tick">
            <line x1={LEFT} x2={WIDTH - RIGHT} y1={y(at)} y2={y(at)} />
            <text x={LEFT - 6} y={y(at) + 3.5} text-anchor="end">
              {shares ? texts.percent(at, 0) : shortNumber(at)}
            </text>
          </g>
        ))}
        {ticks(minimum, maximum, 4).map((at) => (
          <text key={`x${at}`} x={x(at)} y={HEIGHT - 6} text-anchor="middle">
            {shortNumber(at)}
          </text>
        ))}
        {Number.isNaN(here) ? null : <line class="here" x1={x(here)} x2={x(here)} y1={TOP} y2={HEIGHT - BOTTOM} />}
        {series.map(({ label, ys }, index) => (
          <path key={label} class={`line s${index}`} d={path(ys) ?? ''} />
        ))}
        {Number.isNaN(here)
          ? null
          : series.map(({ label, ys }, index) => (
              <circle key={label} class={`point s${index}`} cx={x(here)} cy={y(ys[nearest(xs, here)] ?? 0)} r="3.5" />
            ))}
      </svg>
    </figure>
  );
}

function nearest(xs: readonly number[], to: number): number {
  return xs.reduce((best, at, index) => (Math.abs(at - to) < Math.abs((xs[best] ?? 0) - to) ? index : best), 0);
}

/** A flat curve still needs a height to lie in. */
function padded([low = 0, high = 1]: readonly [number, number] | readonly [undefined, undefined]): readonly [
  number,
  number,
] {
  const span = high - low || Math.abs(high) || 1;
  return [low - span * 0.08, high + span * 0.08];
}

/** The chart for who cannot see it: where it begins and ends. */
function summary({ field, series, xs }: Curve): string {
  const says = (index: number): string =>
    series.length > 1
      ? ([...series].sort((a, b) => (b.ys[index] ?? 0) - (a.ys[index] ?? 0))[0]?.label ?? '')
      : shortNumber(series[0]?.ys[index]);
  const last = xs.length - 1;
  return texts.whatif.summary(field.title, String(xs[0]), says(0), String(xs[last]), says(last));
}
