/** Loads → tables, a chart and verdicts. */
import { cpus, loadavg } from 'node:os';
import type { BenchResult, Verdict } from '../bench.ts';
import { plotBars } from '../plot.ts';
import type { Load } from './load.ts';

/** Bars that the page sets itself: kilobytes compressed, and milliseconds on loopback. */
const MOST_BYTES = 150_000;
const AIM_BYTES = 60_000;
const MOST_MS = 1000;

export function report(pages: Readonly<Record<string, readonly Load[]>>, browser: string, runs: number): BenchResult {
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

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
