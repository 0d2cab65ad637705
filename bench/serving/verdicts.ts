/** The bars, and whether the measured numbers hold them. */
import type { Verdict } from '../bench.ts';
import type { Name } from './contestants.ts';
import { type Findings, grpcValue, imageValue, megabytes, once, print, type Quantity, value } from './findings.ts';
import { CALLERS, CONNECTIONS } from './grpc.ts';

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
    grpcVerdict(findings),
    ...imageVerdicts(findings, 'binary', 'as binary data'),
    ...imageVerdicts(findings, 'grpc', 'over gRPC'),
    ...heavyVerdicts(findings),
    soakVerdict(findings),
  ];
}

function grpcVerdict(findings: Findings): Verdict {
  const bar = `gRPC, ${CALLERS} callers on ${CONNECTIONS} connections: at least 12 × the requests per second of MLServer`;
  const [mine, theirs] = [grpcValue(findings, 'predictor', 'rps'), grpcValue(findings, 'mlserver', 'rps')];
  const { absent = 'peer not run' } = findings.grpc;
  if (mine === undefined || theirs === undefined) return { bar, measured: absent, held: undefined };
  const measured = `${print(mine, 'rps')} beside ${print(theirs, 'rps')}, ${(mine / theirs).toFixed(1)} ×`;
  return { bar, measured, held: mine >= 12 * theirs };
}

function imageVerdicts(findings: Findings, form: 'binary' | 'grpc', words: string): Verdict[] {
  const rate = imageValue(findings, form, 'rps');
  const [echo, json] = [imageValue(findings, 'echo', 'rps'), imageValue(findings, 'json', 'rps')];
  return [
    {
      bar: `Image ${words}: at least 60 % of a node:http echo of the same bytes`,
      measured: `${rate.toFixed(0)} req/s beside ${echo.toFixed(0)} req/s, ${((100 * rate) / echo).toFixed(0)} %`,
      held: rate >= 0.6 * echo,
    },
    {
      bar: `Image ${words}: at least 10 × the same as JSON`,
      measured: `${rate.toFixed(0)} req/s beside ${json.toFixed(0)} req/s, ${(rate / json).toFixed(1)} ×`,
      held: rate >= 10 * json,
    },
  ];
}

function heavyVerdicts({ heavy }: Findings): Verdict[] {
  const { runMs, ownRate, rate, probeP99, probes } = heavy;
  return [
    {
      bar: 'A model of 50 ms under load: p99 of health and metadata below 20 ms',
      measured: `${probeP99.toFixed(1)} ms of ${probes} probes, the model takes ${runMs.toFixed(0)} ms`,
      held: probeP99 < 20,
    },
    {
      bar: 'The same: at least 90 % of the runs of onnxruntime alone',
      measured: `${rate.toFixed(1)} req/s beside ${ownRate.toFixed(1)} runs/s, ${((100 * rate) / ownRate).toFixed(0)} %`,
      held: rate >= 0.9 * ownRate,
    },
  ];
}

/** The first third is warm-up. */
function soakVerdict({ soak }: Findings): Verdict {
  const later = soak.samples.slice(Math.ceil(soak.samples.length / 3)).map(({ memory }) => memory);
  const [least, most] = [Math.min(...later), Math.max(...later)];
  const requests = soak.samples.at(-1)?.requests ?? 0;
  return {
    bar: 'Resident memory after warm-up within ± 32 MB',
    measured: `${megabytes(least)} to ${megabytes(most)} over ${requests.toLocaleString('en-US')} requests`,
    held: most - least <= 64e6,
  };
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
