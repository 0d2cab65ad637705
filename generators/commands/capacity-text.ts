/** The capacity report for people: tables in Markdown, or the same aligned for a terminal. */
import { type Demand, excesses, monthly, type TeamDemand, times, type Workload } from '../resolve/capacity.ts';
import type { Prices } from '../resolve/platform.ts';
import type { ClusterCapacity } from './capacity.ts';

type Row = readonly string[];

interface Table {
  readonly title: string;
  readonly head: Row;
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
}

export function capacityMarkdown(clusters: readonly ClusterCapacity[]): string {
  return clusters.map((cluster) => markdown(tableOf(cluster))).join('\n');
}

export function capacityText(clusters: readonly ClusterCapacity[]): string {
  return clusters.map((cluster) => aligned(tableOf(cluster))).join('\n');
}

function tableOf({ cluster, teams, least, most, prices }: ClusterCapacity): Table {
  const money = prices === undefined ? [] : [`${prices.currency} a month`];
  return {
    title: cluster,
    head: ['team', 'model', 'version', 'replicas', 'CPU', 'memory', 'GPU', ...money],
    rows: [
      ...teams.flatMap((team) => teamRows(team, prices)),
      ['all', '', '', range(least.pods, most.pods), ...demandCells(least, most, prices)],
    ],
    notes: teams.flatMap(quotaNotes),
  };
}

function teamRows({ team, models, least, most }: TeamDemand, prices: Prices | undefined): Row[] {
  const rows = models.flatMap(({ model, suspended, workloads }): Row[] =>
    suspended
      ? [[team.name, model, 'suspended', '0', '0', '0', '0', ...(prices === undefined ? [] : ['0'])]]
      : workloads.map((workload) => workloadRow(team.name, model, workload, prices)),
  );
  const { cpu, memory, gpu, pods } = team.quota ?? {};
  const quota = [pods ?? '-', cpu ?? '-', memory ?? '-', gpu ?? '-', ...(prices === undefined ? [] : [''])].map(String);
  return [
    ...rows,
    [team.name, 'all of them', '', range(least.pods, most.pods), ...demandCells(least, most, prices)],
    ...(team.quota === undefined ? [] : [[team.name, 'quota', '', ...quota]]),
  ];
}

function workloadRow(team: string, model: string, workload: Workload, prices: Prices | undefined): Row {
  const { min, max } = workload.replicas;
  const version = workload.role === 'served' ? workload.version : `${workload.version} (${workload.role})`;
  const cells = demandCells(times(workload.pod, min), times(workload.pod, max), prices);
  return [team, model, version, range(min, max), ...cells];
}

function demandCells(least: Demand, most: Demand, prices: Prices | undefined): string[] {
  const cells = [
    range(least.cpu / 1000, most.cpu / 1000),
    range(mebibytes(least), mebibytes(most)),
    range(least.gpu, most.gpu),
  ];
  return prices === undefined ? cells : [...cells, range(price(least, prices), price(most, prices))];
}

function mebibytes({ memory }: Demand): string {
  return `${Math.ceil(memory / 1024 ** 2)}Mi`;
}

function price(demand: Demand, prices: Prices): string {
  return monthly(demand, prices)?.toFixed(2) ?? 'unknown, without "gpuHour"';
}

function range(least: string | number, most: string | number): string {
  return least === most ? String(least) : `${least} to ${most}`;
}

function quotaNotes({ team, least, rollout, most }: TeamDemand): string[] {
  const { quota } = team;
  if (quota === undefined) return [`${team.name}: no quota`];
  const situations = [
    ['at the fewest replicas', least],
    ['while a model is rolled out', rollout],
    ['at the most replicas', most],
  ] as const;
  const found = situations.flatMap(([when, demand]) =>
    excesses(demand, quota).map(({ asked, allowed }) => `${team.name}: ${asked} ${when}, the quota is ${allowed}`),
  );
  return found.length > 0 ? found : [`${team.name}: fits its quota, also while a model is rolled out`];
}

function markdown({ title, head, rows, notes }: Table): string {
  const line = (cells: Row) => `| ${cells.join(' | ')} |`;
  const body = [line(head), line(head.map(() => '---')), ...rows.map(line)];
  return [`## ${title}`, '', ...body, '', ...notes.map((note) => `- ${note}`), ''].join('\n');
}

function aligned({ title, head, rows, notes }: Table): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: Row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd();
  return [title, ...[head, ...rows].map(line), ...notes.map((note) => `  ${note}`), ''].join('\n');
}
