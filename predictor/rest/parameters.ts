/**
 * The `parameters` of a request, an input or a requested output.
 *
 * Reserved names are those of Triton's parameters extension. `sequence_*` and `headers` are passed over, as they are by
 * a server without sequences; names beginning with `triton_` are refused, as the extension demands.
 */
import { ServeError } from '../protocol/error.ts';
import type { Parameters, ParameterValue } from '../protocol/messages.ts';
import { pointer } from '../protocol/pointer.ts';
import { type Fields, member, optionalObject, type Step, wrongKind } from './fields.ts';

/** Members of kinds that the protocol does not have, which some clients send all the same. */
const passedOver = new Set(['headers']);

/** Undefined when there are none. Throws ServeError REQUEST_FIELD. */
export function parametersAt(fields: Fields, at: readonly Step[]): Parameters | undefined {
  const found = member(fields, 'parameters') === undefined ? undefined : optionalObject(fields, 'parameters', at);
  if (found === undefined) return undefined;
  const entries: [string, ParameterValue][] = [];
  for (const [name, value] of Object.entries(found)) {
    const place = [...at, 'parameters', name];
    if (name.startsWith('triton_')) {
      const message = `parameter '${name}' is refused: names beginning with 'triton_' are reserved`;
      throw new ServeError('REQUEST_FIELD', message, { pointer: pointer(...place) });
    }
    if (value === null || passedOver.has(name)) continue;
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      throw wrongKind('a string, a number, true or false', value, place);
    entries.push([name, value]);
  }
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** Throws ServeError REQUEST_FIELD when the parameter is there and no boolean. */
export function booleanParameter(
  parameters: Parameters | undefined,
  name: string,
  at: readonly Step[],
): boolean | undefined {
  const value = parameters === undefined ? undefined : member(parameters, name);
  if (value !== undefined && typeof value !== 'boolean')
    throw wrongKind('true or false', value, [...at, 'parameters', name]);
  return value;
}

/** Throws ServeError REQUEST_FIELD when the parameter is there and no integer of at least `smallest`. */
export function integerParameter(
  parameters: Parameters | undefined,
  name: string,
  smallest: number,
  at: readonly Step[],
): number | undefined {
  const value = parameters === undefined ? undefined : member(parameters, name);
  if (value === undefined) return undefined;
  if (Number.isSafeInteger(value) && Number(value) >= smallest) return Number(value);
  const message = `parameter '${name}' is ${JSON.stringify(value)}, expected an integer of at least ${smallest}`;
  throw new ServeError('REQUEST_FIELD', message, { pointer: pointer(...at, 'parameters', name) });
}

/** What the client asks of the work itself. `timeout` is in microseconds, as in Triton; 0 is none. */
export interface Wishes {
  readonly timeoutMs?: number;
  readonly priority?: number;
}

export function wishesOf(parameters: Parameters | undefined): Wishes {
  if (parameters === undefined) return {};
  const timeout = integerParameter(parameters, 'timeout', 0, []) ?? 0;
  const priority = integerParameter(parameters, 'priority', 0, []);
  return { ...(timeout === 0 ? {} : { timeoutMs: timeout / 1000 }), ...(priority === undefined ? {} : { priority }) };
}
