/** The bench's numbers as a table, bars and a plot. */
import { arch, availableParallelism, totalmem } from 'node:os';
import type { Verdict } from '../bench.ts';
import { type Cost, median } from '../measure.ts';
import { type Bar, type BarPlot, plotBars } from '../plot.ts';
import type { Edit } from './job.ts';
import type { PeerCost } from './peer.ts';

export type Measured = Cost;

export interface SizeResult {
  readonly size: number;
  readonly objects: number;
  readonly ours: readonly Cost[];
  readonly peers: readonly PeerCost[];
  readonly edits: readonly Edit[];
  /** Seconds of `generate` with everything to write, and with nothing. */
  readonly written: number;
  readonly unchanged: number;
}

export interface Findings {
  readonly results: readonly SizeResult[];
  readonly startUp: readonly Cost[];
  /** Models at which the chart's objects were compared with ours. */
  readonly compared: number | undefined;
  readonly versions: string | undefined;
  /** Why the peer was not run. */
  readonly reason: string | undefined;
  readonly runs: number;
}

/** Bars. Seconds, ratios, bytes. */
const BARS = { edit: 0.5, linear: 1.5, memory: 1.5e9, at: 30_000 } as const;

const OURS: BarPlot['legend'] = [{ label: 'kserve-gitops: manifests and checks T0, T1, T4, T9', colour: 'ours' }];
const PEERS: BarPlot['legend'] = [
  { label: 'helm template', colour: 'first' },
  { label: 'kubeconform: check T1', colour: 'second' },
];

interface Row {
  readonly size: number;
  readonly who: string;
  readonly objects: number;
  readonly cost: Cost;
  /** Wall time of the peer divided by ours. */
  readonly ratio: number | undefined;
}

export function report(findings: Findings): { markdown: string; svg: string; verdicts: Verdict[] } {
  const rows = findings.results.flatMap(rowsOf);
  const verdicts = [...speedVerdicts(findings), linear(findings), memory(findings), edit(findings)];
  return { markdown: markdown(findings, rows, verdicts), svg: plot(findings), verdicts };
}

/** The median run as a whole, so that its wall time, CPU time and memory belong together. */
function middle(costs: readonly Cost[]): Cost {
  const wall = median(costs.map((cost) => cost.wall));
  return costs.find((cost) => cost.wall === wall) ?? { wall, cpu: undefined, memory: undefined };
}

function together(peer: PeerCost): Cost {
  const { helm, kubeconform } = peer;
  const cpu = helm.cpu === undefined || kubeconform.cpu === undefined ? undefined : helm.cpu + kubeconform.cpu;
  const peak = Math.max(helm.memory ?? 0, kubeconform.memory ?? 0);
  return { wall: helm.wall + kubeconform.wall, cpu, memory: peak === 0 ? undefined : peak };
}

/** The median run of the two programs together: its parts add up. */
function middlePeer(peers: readonly PeerCost[]): PeerCost | undefined {
  const wall = median(peers.map((peer) => together(peer).wall));
  return peers.find((peer) => together(peer).wall === wall);
}

function rowsOf({ size, objects, ours, peers }: SizeResult): Row[] {
  const mine: Row = { size, who: 'kserve-gitops', objects, cost: middle(ours), ratio: undefined };
  const peer = middlePeer(peers);
  if (peer === undefined) return [mine];
  const both = together(peer);
  const row = (who: string, cost: Cost): Row => ({ size, who, objects: peer.objects, cost, ratio: undefined });
  return [
    mine,
    row('helm template', peer.helm),
    row('kubeconform -strict', peer.kubeconform),
    { ...row('helm + kubeconform', both), ratio: both.wall / mine.cost.wall },
  ];
}

function speedVerdicts({ results, reason }: Findings): Verdict[] {
  return results.map(({ size, ours, peers }) => {
    const bar = `${count(size)} models: not slower than helm template + kubeconform`;
    const peer = middlePeer(peers);
    if (peer === undefined) return { bar, measured: `peer not run: ${reason ?? ''}`, held: undefined };
    const mine = middle(ours).wall;
    const theirs = together(peer).wall;
    return { bar, measured: `${seconds(mine)} beside ${seconds(theirs)}`, held: mine <= theirs };
  });
}

function linear({ results }: Findings): Verdict {
  const [smaller, larger] = [10_000, BARS.at].map((size) => results.find((result) => result.size === size));
  const bar = `Linear: time per model at 30,000 within ${BARS.linear} × that at 10,000`;
  if (smaller === undefined || larger === undefined) return { bar, measured: 'sizes not run', held: undefined };
  const each = (result: SizeResult) => middle(result.ours).wall / result.size;
  const ratio = each(larger) / each(smaller);
  const measured = `${(each(smaller) * 1000).toFixed(2)} ms and ${(each(larger) * 1000).toFixed(2)} ms, ${ratio.toFixed(2)} ×`;
  return { bar, measured, held: ratio <= BARS.linear };
}

function memory({ results }: Findings): Verdict {
  const bar = 'Peak memory at 30,000 models under 1.5 GB';
  const peaks = (results.find(({ size }) => size === BARS.at)?.ours ?? []).flatMap((cost) => cost.memory ?? []);
  if (peaks.length === 0) return { bar, measured: 'not measured', held: undefined };
  const peak = Math.max(...peaks);
  return { bar, measured: megabytes(peak), held: peak < BARS.memory };
}

function edit({ results }: Findings): Verdict {
  const bar = 'One changed entry of 30,000 regenerates in under half a second';
  const edits = results.find(({ size }) => size === BARS.at)?.edits ?? [];
  if (edits.length === 0) return { bar, measured: 'size not run', held: undefined };
  const wall = median(edits.map((one) => one.wall));
  const worst = Math.max(...edits.map((one) => one.wall));
  const cpu = median(edits.map((one) => one.cpu));
  const measured = `median of ${edits.length} edits ${seconds(wall)} (CPU ${seconds(cpu)}), slowest ${seconds(worst)}`;
  return { bar, measured, held: wall < BARS.edit };
}

function markdown(findings: Findings, rows: readonly Row[], verdicts: readonly Verdict[]): string {
  const { results, startUp, compared, versions, reason, runs } = findings;
  const cpus = availableParallelism();
  const start = middle(startUp);
  return `# Generators

From \`models.yaml\` to checked manifests: parse, validate, resolve, plan, render and the checks T0, T1, T4 and T9, in a fresh
process each time, start-up included. Beside it a Helm chart that prints the same objects with the registry as its values,
and kubeconform over its output with the same schemas; these two make the check T1 alone. Median of ${runs} runs, by turns.

${versions === undefined ? `Peer not run: ${reason ?? ''}.` : `${versions}. ${compared === undefined ? '' : `At ${count(compared)} models every object of the chart was compared with ours and found equal.`}`}
${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${process.platform} ${arch()}, ${cpus} CPUs, ${gigabytes(totalmem())} of memory.

![Time from registry to checked manifests](generators.svg)

| models | | objects | wall | CPU | peak memory | beside ours |
|---:|---|---:|---:|---:|---:|---:|
${rows.map(printRow).join('\n')}

Our objects include those of the platform, which the chart does not print.

| models | one changed entry: wall | CPU | slowest | files that differ | generate: all files written | nothing to write |
|---:|---:|---:|---:|---:|---:|---:|
${results.map(printExtras).join('\n')}

A changed entry is compiled by a process that has compiled before and remembers; the time is from reading the file to knowing
which made files differ. Writing is \`npm run generate\` with such a process: compiling what changed, comparing with the disk, writing.
Start-up: \`npm run verify\` on this repository itself takes ${seconds(start.wall)} (CPU ${seconds(start.cpu)}).

| bar | measured | |
|---|---|---|
${verdicts.map(({ bar, measured, held }) => `| ${bar} | ${measured} | ${held === undefined ? 'not measured' : held ? 'held' : '**missed**'} |`).join('\n')}

\`npm run bench -- generators\` makes this file again.
`;
}

function printRow({ size, who, objects, cost, ratio }: Row): string {
  const beside = ratio === undefined ? '' : `${ratio.toFixed(1)} ×`;
  return `| ${count(size)} | ${who} | ${count(objects)} | ${seconds(cost.wall)} | ${seconds(cost.cpu)} | ${megabytes(cost.memory)} | ${beside} |`;
}

function printExtras({ size, edits, written, unchanged }: SizeResult): string {
  const walls = edits.map(({ wall }) => wall);
  const cpu = median(edits.map((one) => one.cpu));
  const files = median(edits.map((one) => one.files));
  const cells = [
    seconds(median(walls)),
    seconds(cpu),
    seconds(Math.max(...walls)),
    files,
    seconds(written),
    seconds(unchanged),
  ];
  return `| ${count(size)} | ${cells.join(' | ')} |`;
}

function plot({ results }: Findings): string {
  return plotBars({
    title: 'From registry to checked manifests',
    subtitle: 'seconds, wall time; lower is better',
    unit: 's',
    groups: results.map(({ size, ours, peers }) => ({
      label: `${count(size)} models`,
      bars: [
        { label: 'kserve-gitops, all checks', parts: [{ value: middle(ours).wall, colour: 'ours' }] },
        ...[middlePeer(peers)].flatMap((peer) => (peer === undefined ? [] : [peerBar(peer)])),
      ],
    })),
    legend: results.every(({ peers }) => peers.length === 0) ? OURS : [...OURS, ...PEERS],
  });
}

function peerBar({ helm, kubeconform }: PeerCost): Bar {
  const parts = [
    { value: helm.wall, colour: 'first' },
    { value: kubeconform.wall, colour: 'second' },
  ] as const;
  return { label: 'helm template + kubeconform', parts };
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function seconds(value: number | undefined): string {
  return value === undefined ? 'not known' : `${value.toFixed(value < 10 ? 2 : 1)} s`;
}

function megabytes(value: number | undefined): string {
  return value === undefined ? 'not known' : `${count(Math.round(value / 1e6))} MB`;
}

function gigabytes(value: number): string {
  return `${Math.round(value / 2 ** 30)} GiB`;
}
