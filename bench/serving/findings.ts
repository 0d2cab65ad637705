/** What the bench measured, and the numbers drawn from it. */
import { median } from '../measure.ts';
import type { Absent, Contestant, Name } from './contestants.ts';
import type { Grpc } from './grpc.ts';
import type { Heavy } from './heavy.ts';
import type { LoadReport } from './load.ts';

export const CONNECTIONS = [1, 16, 64] as const;

export interface Measured extends LoadReport {
  readonly connections: number;
  /** Seconds of the server's CPU per request. */
  readonly cpu: number;
}

/** One start of a server. */
export interface Turn {
  readonly name: Name;
  readonly start: number;
  readonly memory: number;
  readonly loads: readonly Measured[];
}

export interface Image {
  readonly form: 'echo' | 'binary' | 'grpc' | 'json';
  readonly measured: Measured;
}

export interface Soak {
  readonly samples: readonly { readonly requests: number; readonly memory: number }[];
}

export interface Findings {
  readonly contestants: readonly Contestant[];
  readonly absent: readonly Absent[];
  readonly turns: readonly Turn[];
  readonly grpc: Grpc;
  readonly image: readonly Image[];
  readonly heavy: Heavy;
  readonly soak: Soak;
  readonly runs: number;
  /** Of the machine, over the last minute. */
  readonly loadBefore: number;
  /** Seconds of each measurement. */
  readonly seconds: number;
}

export type Quantity = 'rps' | 'p50' | 'p99' | 'cpu' | 'busy';

export function quantity(measured: Measured, which: Quantity): number {
  return which === 'rps' ? measured.requests / measured.seconds : measured[which];
}

/** Median over the turns; undefined for a server that was not run. */
export function value({ turns }: Findings, name: Name, connections: number, which: Quantity): number | undefined {
  const found = turns
    .filter((turn) => turn.name === name)
    .flatMap(({ loads }) => loads.filter((one) => one.connections === connections));
  return found.length === 0 ? undefined : median(found.map((one) => quantity(one, which)));
}

/** As `value`, over gRPC. */
export function grpcValue({ grpc }: Findings, name: Name, which: Quantity): number | undefined {
  const found = grpc.measured.filter((one) => one.name === name);
  return found.length === 0 ? undefined : median(found.map(({ measured }) => quantity(measured, which)));
}

export function imageValue({ image }: Findings, form: Image['form'], which: Quantity): number {
  return median(image.filter((one) => one.form === form).map(({ measured }) => quantity(measured, which)));
}

export function once({ turns }: Findings, name: Name, which: 'start' | 'memory'): number {
  return median(turns.filter((turn) => turn.name === name).map((turn) => turn[which]));
}

export function print(number: number | undefined, which: Quantity): string {
  if (number === undefined) return '';
  if (which === 'rps') return `${count(number)} req/s`;
  if (which === 'cpu') return `${(number * 1e6).toFixed(0)} µs`;
  if (which === 'busy') return `${(number * 100).toFixed(0)} %`;
  return `${number.toFixed(number < 10 ? 2 : 1)} ms`;
}

export function count(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}

export function megabytes(bytes: number): string {
  return `${count(bytes / 1e6)} MB`;
}
