/**
 * Tries a session before it serves: does it run, how long does a run take, and do its rows stay apart.
 *
 * An open first dimension need not be a batch: it may be time, or the graph may normalise over it. Such a model would
 * answer one client with a mixture of all, so requests are only brought together for a graph that has shown, on several
 * draws, that rows computed together are the rows computed alone.
 */
import { allocate, type TensorData } from '../protocol/datatype.ts';
import { narrowFloat } from '../protocol/narrow-float.ts';
import type { NamedTensor, Tensor } from '../protocol/tensor.ts';
import { joinRows, rowsOf } from './batch.ts';
import type { Session } from './session.ts';

export interface Probe {
  /** Why the model did not run; the other findings are then without meaning. */
  readonly refusal?: string;
  /** Microseconds of the first run, which is the slowest. */
  readonly firstUs: number;
  /** Microseconds of a run that little else on the machine disturbed: the lower quartile. */
  readonly runUs: number;
  /** True when rows of different requests may share a run. */
  readonly rowsApart: boolean;
  /** How much faster rows are computed together than one by one; 1 when they may not share a run. */
  readonly gain: number;
  /** Bytes of numbers that go into a run and come out of it. */
  readonly bytes: number;
  /** Microseconds per row when many are computed together; 0 when they may not. */
  readonly rowUs: number;
}

const mostRuns = 30;
const timeForRunsMs = 400;
const draws = 3;
/** Below this much of a run is the call. */
const callMattersUs = 500;
const moreRows = 8;
const mostElements = 65_536;
/** A run of a second is long enough without company, and trying it would take too long. */
const longestRunUs = 1_000_000;
/** Kernels for one row and for many add in another order. */
const tolerance = 1e-3;
/** Neighbours among BF16 lie up to 2^-7 apart. */
const coarseTolerance = 2 ** -7 + 1e-3;

/** Never throws for what the model does. */
export function probe(session: Session, feeds: readonly NamedTensor[]): Probe {
  const outputs = session.outputs.map((spec) => spec.name);
  try {
    const first = session.run(feeds, outputs);
    const firstUs = first.inferNs / 1000;
    const bytes = bytesOf(feeds) + bytesOf(first.tensors);
    const runUs = quartileOf(session, feeds, outputs);
    const rowsApart = runUs < longestRunUs && rowsStayApart(session, feeds, outputs);
    const many = rowsApart ? tryMany(session, feeds, outputs, runUs) : { gain: 1, rowUs: 0 };
    return { firstUs, runUs, bytes, rowsApart, ...many };
  } catch (error) {
    const refusal = error instanceof Error ? error.message : String(error);
    return { refusal, firstUs: 0, runUs: 0, bytes: 0, rowsApart: false, gain: 1, rowUs: 0 };
  }
}

function bytesOf(tensors: readonly Tensor[]): number {
  return tensors.reduce((sum, { data }) => sum + (Array.isArray(data) ? 0 : data.byteLength), 0);
}

function quartileOf(session: Session, feeds: readonly NamedTensor[], outputs: readonly string[]): number {
  const times: number[] = [];
  const until = performance.now() + timeForRunsMs;
  do times.push(session.run(feeds, outputs).inferNs / 1000);
  while (times.length < mostRuns && performance.now() < until);
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length / 4)] ?? 0;
}

/** The better of two, since the first run of a new shape also takes memory. */
function tryMany(
  session: Session,
  feeds: readonly NamedTensor[],
  outputs: readonly string[],
  runUs: number,
): { readonly gain: number; readonly rowUs: number } {
  const fastestUs = (rows: number) => {
    const tried = variant(feeds, 1, rows);
    const [first, second] = [session.run(tried, outputs), session.run(tried, outputs)];
    return Math.min(first.inferNs, second.inferNs) / 1000;
  };
  let rows = runUs < 1000 ? 64 : 8;
  const alone = fastestUs(1);
  let together = fastestUs(rows);
  const gain = (rows * alone) / together;
  // What a call costs by itself must not be taken for what its rows cost.
  const perRow = feeds.reduce((sum, { data }) => sum + data.length, 0) / Math.max(1, feeds[0]?.shape[0] ?? 1);
  while (together < callMattersUs && rows * moreRows * perRow <= mostElements) {
    rows *= moreRows;
    together = fastestUs(rows);
  }
  return { gain, rowUs: together / rows };
}

function rowsStayApart(session: Session, feeds: readonly NamedTensor[], outputs: readonly string[]): boolean {
  const open = session.inputs.every((spec) => !spec.anyRank && spec.shape[0] === -1);
  if (!open || !session.outputs.every((spec) => spec.anyRank || spec.shape.length > 0)) return false;
  try {
    for (let draw = 1; draw <= draws; draw++) {
      const parts = [variant(feeds, draw, 1), variant(feeds, draw + draws, 2), variant(feeds, draw + 2 * draws, 1)];
      if (!samePartsTogether(session, parts, outputs)) return false;
    }
    return true;
  } catch {
    return false;
  }
}

function samePartsTogether(
  session: Session,
  parts: readonly (readonly NamedTensor[])[],
  outputs: readonly string[],
): boolean {
  const together = session.inputs.map((_, input) => joinRows(parts.map((part) => part[input] as NamedTensor)));
  const all = session.run(together, outputs).tensors;
  let start = 0;
  for (const part of parts) {
    const rows = part[0]?.shape[0] ?? 0;
    const alone = session.run(part, outputs).tensors;
    const fits = alone.every((tensor, index) => {
      const whole = all[index];
      const sized = tensor.shape[0] === rows && whole?.shape[0] === together[0]?.shape[0];
      return sized && whole !== undefined && alike(tensor, rowsOf(whole, start, rows));
    });
    if (!fits) return false;
    start += rows;
  }
  return true;
}

function alike(one: Tensor, other: Tensor): boolean {
  if (one.shape.length !== other.shape.length || one.data.length !== other.data.length) return false;
  const narrow = narrowFloat(one.datatype);
  const floats = one.datatype.startsWith('FP') || narrow !== undefined;
  const allowed = one.datatype === 'BF16' ? coarseTolerance : tolerance;
  for (let index = 0; index < one.data.length; index++) {
    const [a, b] = [one.data[index], other.data[index]];
    if (a === b) continue;
    if (!floats || typeof a !== 'number' || typeof b !== 'number') return false;
    const [x, y] = narrow === undefined ? [a, b] : [narrow.from(a), narrow.from(b)];
    const near = Math.abs(x - y) <= allowed * Math.max(1e-3, Math.abs(x), Math.abs(y));
    if (!near && !(Number.isNaN(x) && Number.isNaN(y))) return false;
  }
  return true;
}

/** `rows` rows in the manner of the first row of `feeds`, each element moved by a different amount. */
function variant(feeds: readonly NamedTensor[], seed: number, rows: number): NamedTensor[] {
  return feeds.map((feed, input) => {
    const width = feed.shape[0] ? feed.data.length / feed.shape[0] : 0;
    const data = allocate(feed.datatype, width * rows);
    const target = data as (number | bigint | string)[];
    for (let index = 0; index < target.length; index++) {
      const noise = noiseAt(seed, input, index);
      target[index] = moved(feed.datatype, width === 0 ? 0 : (feed.data[index % width] ?? 0), noise);
    }
    return {
      name: feed.name,
      datatype: feed.datatype,
      shape: [rows, ...feed.shape.slice(1)],
      data: data as TensorData,
    };
  });
}

/** Text stays the example's, since other words may be unknown to the model; numbers move, small integers by little. */
function moved(datatype: NamedTensor['datatype'], value: number | bigint | string, noise: number) {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint') return value + BigInt(Math.floor(noise * 3));
  if (datatype === 'BOOL') return noise < 0.5 ? 0 : 1;
  const narrow = narrowFloat(datatype);
  if (narrow !== undefined) return narrow.to(narrow.from(value) * (0.5 + noise) + noise - 0.5);
  if (datatype.startsWith('FP')) return value * (0.5 + noise) + noise - 0.5;
  return Math.min(value + Math.floor(noise * 3), 127);
}

/** From 0 to 1, the same on every start, so that a model is judged the same each time. */
function noiseAt(seed: number, input: number, index: number): number {
  const mixed = Math.sin(seed * 127.1 + input * 311.7 + index * 74.7) * 43_758.545_3;
  return mixed - Math.floor(mixed);
}
