/** Groups of horizontal bars as SVG: readable on light and dark pages, without a script or a font of its own. */

export type Colour = 'ours' | 'first' | 'second' | 'neutral';

export interface Bar {
  readonly label: string;
  /** Parts that follow one another; the number behind the bar is their sum. */
  readonly parts: readonly { readonly value: number; readonly colour: Colour }[];
}

export interface BarPlot {
  readonly title: string;
  readonly subtitle: string;
  readonly unit: string;
  readonly groups: readonly { readonly label: string; readonly bars: readonly Bar[] }[];
  readonly legend: readonly { readonly label: string; readonly colour: Colour }[];
}

const COLOURS: Readonly<Record<Colour, string>> = {
  ours: '#2563eb',
  first: '#f59e0b',
  second: '#b45309',
  neutral: '#9ca3af',
};
const INK = { strong: '#111827', soft: '#6b7280', line: '#e5e7eb', page: '#ffffff' } as const;
const FONT = 'font-family="system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif"';

const WIDTH = 860;
const LEFT = 32;
const RIGHT = 92;
const TOP = 84;
const BAR = 22;
const GAP = 6;
const GROUP_HEAD = 28;
const GROUP_GAP = 20;

export function plotBars(plot: BarPlot): string {
  const total = (bar: Bar) => bar.parts.reduce((sum, part) => sum + part.value, 0);
  const most = Math.max(...plot.groups.flatMap(({ bars }) => bars.map(total)));
  const step = tickStep(most);
  const scale = (WIDTH - LEFT - RIGHT) / (Math.ceil(most / step) * step);
  const shapes: string[] = [];
  let y = TOP;
  for (const { label, bars } of plot.groups) {
    shapes.push(text(LEFT, y + 15, label, 15, INK.strong, { weight: 600 }));
    y += GROUP_HEAD;
    for (const bar of bars) {
      let x = LEFT;
      for (const { value, colour } of bar.parts) {
        shapes.push(rectangle(x, y, value * scale, COLOURS[colour], `${bar.label}: ${value.toFixed(2)} ${plot.unit}`));
        x += value * scale;
      }
      shapes.push(text(x + 8, y + 16, `${round(total(bar))} ${plot.unit}`, 13, INK.strong));
      y += BAR + GAP;
    }
    y += GROUP_GAP;
  }
  const bottom = y - GROUP_GAP + GAP;
  const ticks: string[] = [];
  for (let value = 0; value <= Math.ceil(most / step) * step; value += step) {
    const x = LEFT + value * scale;
    ticks.push(`<line x1="${fix(x)}" y1="${TOP - 4}" x2="${fix(x)}" y2="${bottom}" stroke="${INK.line}"/>`);
    ticks.push(text(x, bottom + 18, `${value} ${plot.unit}`, 12, INK.soft, { anchor: 'middle' }));
  }
  const legendTop = bottom + 50;
  const height = legendTop + 22;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" ${FONT}>`,
    `<title>${escaped(plot.title)}: ${escaped(plot.subtitle)}</title>`,
    `<rect width="${WIDTH}" height="${height}" rx="8" fill="${INK.page}"/>`,
    text(LEFT, 36, plot.title, 20, INK.strong, { weight: 700 }),
    text(LEFT, 58, plot.subtitle, 13, INK.soft),
    ...ticks,
    ...shapes,
    ...legend(plot, legendTop),
    '</svg>',
    '',
  ].join('\n');
}

function legend(plot: BarPlot, y: number): string[] {
  let x = LEFT;
  return plot.legend.flatMap(({ label, colour }) => {
    const place = x;
    // Letters are some 6.7 units wide at this size.
    x += 20 + label.length * 6.7 + 24;
    return [
      `<rect x="${fix(place)}" y="${y - 11}" width="13" height="13" rx="3" fill="${COLOURS[colour]}"/>`,
      text(place + 20, y, label, 13, INK.soft),
    ];
  });
}

function rectangle(x: number, y: number, width: number, fill: string, title: string): string {
  return `<rect x="${fix(x)}" y="${y}" width="${fix(Math.max(width, 1))}" height="${BAR}" rx="2" fill="${fill}"><title>${escaped(title)}</title></rect>`;
}

interface TextStyle {
  readonly weight?: number;
  readonly anchor?: 'middle';
}

function text(x: number, y: number, words: string, size: number, fill: string, style: TextStyle = {}): string {
  const weight = style.weight === undefined ? '' : ` font-weight="${style.weight}"`;
  const anchor = style.anchor === undefined ? '' : ` text-anchor="${style.anchor}"`;
  return `<text x="${fix(x)}" y="${fix(y)}" font-size="${size}" fill="${fill}"${weight}${anchor}>${escaped(words)}</text>`;
}

/** A step of 1, 2 or 5 times a power of ten that gives five to ten ticks. */
function tickStep(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most / 5));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => most / step <= 8) ?? 10 * power;
}

function round(value: number): string {
  return value.toFixed(value < 10 ? 1 : 0);
}

function fix(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
