/** Loads → tables, a chart and verdicts. */
import { cpus, loadavg } from 'node:os';
import type { BenchResult, Verdict } from '../bench.ts';
import { plotBars } from '../plot.ts';
import type { Load } from './load.ts';
import type { Vitals } from './mobile.ts';

/** Bars that the page sets itself: kilobytes compressed, and milliseconds on loopback. */
const MOST_BYTES = 150_000;
const AIM_BYTES = 60_000;
const MOST_MS = 1000;
/** Up to where Lighthouse gives a mobile page its green mark. */
const GOOD = { fcp: 1800, lcp: 2500, tbt: 200, cls: 0.1 } as const;

export interface Found {
  readonly pages: Readonly<Record<string, readonly Load[]>>;
  /** The same pages on a slow phone. */
  readonly phones: Readonly<Record<string, readonly Vitals[]>>;
  readonly browser: string;
  readonly runs: number;
}

export function report({ pages, phones, browser, runs }: Found): BenchResult {
  const names = Object.keys(pages);
  const loads = Object.values(pages).flat();
  const total = (load: Load | undefined): number => (load?.files ?? []).reduce((sum, { wire }) => sum + wire, 0);
  const most = Math.max(...loads.map(total));
  const slowest = Math.max(...names.map((name) => median(pages[name]?.map(({ usable }) => usable) ?? [])));
  const rows = names.map((name) => {
    const own = pages[name] ?? [];
    const cell = (pick: (load: Load) => number): string => `${Math.round(median(own.map(pick)))} ms`;
    return `| ${name} | ${kilobytes(total(own[0]))} | ${cell(({ firstPaint }) => firstPaint)} | ${cell(({ usable }) => usable)} |`;
  });
  const files = names.flatMap((name) =>
    (pages[name]?.[0]?.files ?? []).map(
      ({ file, wire, plain }) => `| ${name} | \`${file}\` | ${kilobytes(wire)} | ${kilobytes(plain)} |`,
    ),
  );
  const verdicts: Verdict[] = [
    { bar: `a first load is at most ${kilobytes(MOST_BYTES)}`, measured: kilobytes(most), held: most <= MOST_BYTES },
    { bar: `it aims at ${kilobytes(AIM_BYTES)}`, measured: kilobytes(most), held: most <= AIM_BYTES },
    { bar: `people can use it within ${MOST_MS} ms`, measured: `${Math.round(slowest)} ms`, held: slowest <= MOST_MS },
    ...phoneVerdicts(phones),
  ];
  const markdown = [
    '# Client',
    '',
    `First loads of the client page with an empty cache, over loopback, headers included, from a checkout (brotli of quality 5).`,
    `Usable is the first card of the catalogue, or the first answer of the model. Median of ${runs} runs.`,
    '',
    `${new Date().toISOString().slice(0, 10)}, ${browser}, Node ${process.version}, ${cpus().length} CPUs. Load average: ${loadavg()[0]?.toFixed(1)}. Other work had its part of both cores.`,
    '',
    '![Compressed bytes of a first load](client.svg)',
    '',
    '| page | over the wire | first content | usable |',
    '|---|---:|---:|---:|',
    ...rows,
    '',
    ...phoneTable(phones),
    '| page | file | over the wire | decompressed |',
    '|---|---|---:|---:|',
    ...files,
    '',
  ].join('\n');
  const groups = names.map((name) => ({
    label: name,
    bars: [{ label: name, parts: [{ value: total(pages[name]?.[0]) / 1000, colour: 'ours' as const }] }],
  }));
  const svg = plotBars({
    title: 'First load of the client page',
    subtitle: 'Everything until it can be used, compressed, with headers',
    unit: 'kB',
    groups,
    legend: [{ label: 'over the wire', colour: 'ours' }],
  });
  return { markdown, svg, verdicts, complete: true };
}

const milliseconds = (value: number): string => `${Math.round(value)} ms`;
const middle = (loads: readonly Vitals[], pick: (one: Vitals) => number): number => median(loads.map(pick));

function phoneTable(phones: Found['phones']): string[] {
  const rows = Object.entries(phones).map(([name, loads]) => {
    const cells = [
      milliseconds(middle(loads, ({ firstContentfulPaint }) => firstContentfulPaint)),
      milliseconds(middle(loads, ({ largestContentfulPaint }) => largestContentfulPaint)),
      milliseconds(middle(loads, ({ totalBlockingTime }) => totalBlockingTime)),
      middle(loads, ({ cumulativeLayoutShift }) => cumulativeLayoutShift).toFixed(3),
      kilobytes(middle(loads, ({ bytes }) => bytes)),
    ];
    return `| ${name} | ${cells.join(' | ')} |`;
  });
  return [
    'On a slow phone: the conditions of Lighthouse for mobile (150 ms, 1.6 Mbit/s, a quarter of the CPU, as DevTools throttles',
    'them), its definitions, taken through the DevTools protocol and not by Lighthouse, which needs Node 22.',
    '',
    '| page | FCP | LCP | TBT | CLS | over the wire, at rest |',
    '|---|---:|---:|---:|---:|---:|',
    ...rows,
    '',
  ];
}

function phoneVerdicts(phones: Found['phones']): Verdict[] {
  const worst = (pick: (one: Vitals) => number): number =>
    Math.max(...Object.values(phones).map((loads) => middle(loads, pick)));
  const [fcp, lcp] = [worst((one) => one.firstContentfulPaint), worst((one) => one.largestContentfulPaint)];
  const [tbt, cls] = [worst((one) => one.totalBlockingTime), worst((one) => one.cumulativeLayoutShift)];
  return [
    { bar: `slow phone: FCP at most ${GOOD.fcp} ms`, measured: milliseconds(fcp), held: fcp <= GOOD.fcp },
    { bar: `slow phone: LCP at most ${GOOD.lcp} ms`, measured: milliseconds(lcp), held: lcp <= GOOD.lcp },
    { bar: `slow phone: TBT at most ${GOOD.tbt} ms`, measured: milliseconds(tbt), held: tbt <= GOOD.tbt },
    { bar: `slow phone: CLS at most ${GOOD.cls}`, measured: cls.toFixed(3), held: cls <= GOOD.cls },
  ];
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
