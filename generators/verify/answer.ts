/** Tier T7: what the predictor answered to the example of one version, against what the registry expects. */
import type { Model, Version } from '../../schemas/types/models.d.ts';
import { fault, type Pointer, type Problem, type Where, warning } from '../problem.ts';

export interface Output {
  readonly name: string;
  /** Its name in the graph, where the answer calls it by its position (`output-1`). */
  readonly graphName?: string | undefined;
  readonly datatype: string;
  readonly data: readonly unknown[];
}

/** What happened when the predictor was given a version. */
export type Trial =
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'status'; readonly status: number; readonly reason: string }
  | {
      readonly kind: 'answered';
      readonly outputs: readonly Output[];
      /** Median of the requests behind the first; undefined without an example. */
      readonly milliseconds?: number;
      /** Of the predictor with this model alone, while it answered; undefined where it cannot be measured. */
      readonly bytes: number | undefined;
    };

export interface AnswerInput {
  readonly file: string;
  readonly index: number;
  readonly versionIndex: number;
  readonly model: Model;
  readonly version: Version;
  readonly trial: Trial;
  readonly limits: readonly { readonly cluster: string; readonly bytes: number }[];
  /** The version is the served one somewhere: the example's `expect` speaks of that. */
  readonly served: boolean;
  /** Largest difference of floating-point values when the example names none. */
  readonly tolerance: number;
}

export function checkAnswer(input: AnswerInput): Problem[] {
  const { file, index, versionIndex, model, version, trial } = input;
  const at = (...pointer: Pointer): Where => ({ file, pointer: ['models', index, ...pointer] });
  if (trial.kind === 'refused') {
    const message = `Cannot serve version ${version.version} of "${model.name}": the predictor says ${trial.reason}`;
    const repair = 'Correct the artifact, or try it alone with npm run predictor';
    return [fault('ANSWER_LOAD', at('versions', versionIndex, 'artifact'), message, repair)];
  }
  if (trial.kind === 'status') {
    const message = `Cannot get an answer of version ${version.version} of "${model.name}": ${trial.status}, ${trial.reason}`;
    return [fault('ANSWER_STATUS', at('example', 'inputs'), message, 'Correct the example, or the model')];
  }
  return [...differences(input, trial.outputs, at), ...memoryFaults(input, trial.bytes, at)];
}

function differences(input: AnswerInput, outputs: readonly Output[], at: (...pointer: Pointer) => Where): Problem[] {
  const { model, version, versionIndex, served } = input;
  const tolerance = model.example?.tolerance ?? input.tolerance;
  const own = version.expect !== undefined;
  return Object.entries(version.expect ?? model.example?.expect ?? {}).flatMap(([name, wanted]): Problem[] => {
    const place = own ? at('versions', versionIndex, 'expect', name) : at('example', 'expect', name);
    const tensor = model.signature?.outputs.find((output) => output.name === name || output.alias === name);
    const names = [name, tensor?.name, tensor?.alias].filter((one) => one !== undefined);
    const found = outputs.find((output) => names.includes(output.name) || names.includes(output.graphName ?? ''));
    const difference =
      found === undefined ? 'it is not in the answer' : compare(flat(wanted), flat(found.data), tolerance);
    if (difference === undefined) return [];
    const message = `Cannot accept the answer of version ${version.version} in "${name}": ${difference}`;
    const repair = own
      ? 'Correct "expect", or find out what changed the model'
      : 'Correct "expect", give the version an "expect" of its own, or find out what changed the model';
    // What the example expects is meant for what is served; another version may rightly answer otherwise.
    return [(served || own ? fault : warning)('ANSWER_DIFFERENT', place, message, repair)];
  });
}

function flat(values: readonly unknown[]): unknown[] {
  return values.flat(Number.POSITIVE_INFINITY) as unknown[];
}

function compare(wanted: readonly unknown[], found: readonly unknown[], tolerance: number): string | undefined {
  if (wanted.length !== found.length) return `${found.length} values, expected ${wanted.length}`;
  for (const [position, value] of wanted.entries()) {
    const other = found[position];
    if (same(value, other, tolerance)) continue;
    const where = wanted.length === 1 ? '' : ` at position ${position}`;
    const within = typeof value === 'number' ? ` within ${tolerance}` : '';
    return `${JSON.stringify(other)}${where}, expected ${JSON.stringify(value)}${within}`;
  }
  return undefined;
}

/** JSON has no NaN: the predictor writes null for one, and an expectation may too. */
function same(wanted: unknown, found: unknown, tolerance: number): boolean {
  if (typeof wanted === 'number' && typeof found === 'number') return Math.abs(wanted - found) <= tolerance;
  return wanted === found;
}

function memoryFaults(
  { limits, model, version }: AnswerInput,
  bytes: number | undefined,
  at: (...pointer: Pointer) => Where,
): Problem[] {
  if (bytes === undefined) return [];
  return limits.flatMap(({ cluster, bytes: limit }) => {
    if (bytes <= 0.8 * limit) return [];
    const over = bytes > limit;
    const share = `${mebibytes(bytes)} of ${mebibytes(limit)}`;
    const message = `${over ? 'Cannot run' : 'Memory is tight for'} version ${version.version} on "${cluster}": answering the example took ${share}`;
    const place = model.resources?.memory === undefined ? at('name') : at('resources', 'memory');
    const repair = `Give it at least ${mebibytes(Math.ceil((bytes * 1.5) / 2 ** 26) * 2 ** 26)}`;
    return [(over ? fault : warning)('ANSWER_MEMORY', place, message, repair)];
  });
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)}Mi`;
}
