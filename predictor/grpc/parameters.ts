/** Parameters of an input or a requested output that mean something to this transport. */
import { ServeError } from '../protocol/error.ts';
import type { Parameters } from '../protocol/messages.ts';
import { pointer } from '../protocol/pointer.ts';

type Steps = readonly (string | number)[];

/** Undefined when it was not sent. Throws ServeError REQUEST_FIELD when it is no integer of at least `smallest`. */
export function integerParameter(
  parameters: Parameters,
  name: string,
  smallest: number,
  at: Steps,
): number | undefined {
  if (!Object.hasOwn(parameters, name)) return undefined;
  const value = parameters[name];
  if (Number.isSafeInteger(value) && Number(value) >= smallest) return Number(value);
  const message = `parameter '${name}' is ${JSON.stringify(value)}, expected an integer of at least ${smallest}`;
  throw new ServeError('REQUEST_FIELD', message, { pointer: pointer(...at, 'parameters', name) });
}
