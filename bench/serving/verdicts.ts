/** The bars, and whether the measured numbers hold them. */
import type { Verdict } from '../bench.ts';
import type { Name } from './contestants.ts';
import { type Findings, megabytes, once, print, type Quantity, value } from './findings.ts';

/** A quantity of the predictor, one of another server, and what their quotient has to be. */
interface Comparison {
  readonly bar: string;
  readonly which: Quantity;
  readonly connections: number;
  readonly other: Name;
  /** At least this share of the other's, or at most. */
  readonly least?: number;
  readonly most?: number;
}

const COMPARISONS: readonly Comparison[] = [
  {
    bar: '64 connections: at least 25 × the requests per second of MLServer',
    which: 'rps',
    connections: 64,
    other: 'mlserver',
    least: 25,
  },
  {
    bar: '64 connections: at least 70 % of the floor',
    which: 'rps',
    connections: 64,
    other: 'floor',
    least: 0.7,
  },
  {
    bar: '16 connections: p99 at most ⅛ of MLServer’s',
    which: 'p99',
    connections: 16,
    other: 'mlserver',
    most: 1 / 8,
  },
  {
    bar: '1 connection: p50 at most ⅕ of MLServer’s',
    which: 'p50',
    connections: 1,
    other: 'mlserver',
    most: 1 / 5,
  },
  {
    bar: '64 connections: CPU time per request at most 1/20 of MLServer’s',
    which: 'cpu',
    connections: 64,
    other: 'mlserver',
    most: 1 / 20,
  },
];

const LIMITS = { start: 1, memory: 150e6 } as const;

export function verdictsOf(findings: Findings): Verdict[] {
  const start = once(findings, 'predictor', 'start');
  const memory = once(findings, 'predictor', 'memory');
  return [
    ...COMPARISONS.map((comparison) => compare(findings, comparison)),
    { bar: 'Ready within 1.0 s of its start', measured: `${start.toFixed(2)} s`, held: start <= LIMITS.start },
    {
      bar: 'Resident memory after warm-up at most 150 MB',
      measured: megabytes(memory),
      held: memory <= LIMITS.memory,
    },
  ];
}

function compare(findings: Findings, { bar, which, connections, other, least, most }: Comparison): Verdict {
  const mine = value(findings, 'predictor', connections, which);
  const theirs = value(findings, other, connections, which);
  if (mine === undefined || theirs === undefined) return { bar, measured: 'peer not run', held: undefined };
  const share = mine / theirs;
  const said =
    most !== undefined
      ? `1/${(1 / share).toFixed(1)}`
      : share < 1
        ? `${(share * 100).toFixed(0)} %`
        : `${share.toFixed(1)} ×`;
  const held = share >= (least ?? 0) && share <= (most ?? Number.POSITIVE_INFINITY);
  return { bar, measured: `${print(mine, which)} beside ${print(theirs, which)}, ${said}`, held };
}
