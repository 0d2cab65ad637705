/**
 * Parameters of a request that the protocol's extensions reserve. All others are the model's own and pass by.
 *
 * Source: Triton's parameters, sequence and schedule policy extensions.
 */
import type { RequestContext } from './context.ts';
import { ServeError } from './error.ts';
import type { Parameters, ParameterValue } from './messages.ts';
import { pointer } from './pointer.ts';

const sequence = ['sequence_id', 'sequence_start', 'sequence_end'];

/**
 * `context` with what `priority` (0 and above, 1 is most urgent, 0 is the default) and `timeout` (microseconds, 0 is
 * none) ask for; the earlier of two deadlines holds. Throws ServeError UNIMPLEMENTED for sequences and REQUEST_FIELD
 * for values of the wrong kind and for names that begin with `triton_`.
 */
export function withParameters(
  context: RequestContext,
  parameters: Parameters | undefined,
  now: number,
): RequestContext {
  if (parameters === undefined) return context;
  let { priority, deadline } = context;
  for (const [name, value] of Object.entries(parameters)) {
    if (name.startsWith('triton_')) throw fault(name, `parameter '${name}' is reserved, expected a name of your own`);
    if (sequence.includes(name) && !isNone(value)) {
      const message = `parameter '${name}' asks for a sequence, and sequences are not served`;
      throw new ServeError('UNIMPLEMENTED', message, { pointer: pointer('parameters', name) });
    }
    if (name === 'priority') priority = count(name, value);
    if (name === 'timeout' && count(name, value) > 0) {
      deadline = Math.min(deadline ?? Infinity, now + count(name, value) / 1000);
    }
  }
  if (priority === context.priority && deadline === context.deadline) return context;
  return {
    requestId: context.requestId,
    ...(priority === undefined ? {} : { priority }),
    ...(deadline === undefined ? {} : { deadline }),
    // A signal may be made only when it is asked for, so it is not asked for here.
    get signal() {
      return context.signal;
    },
    get gone() {
      return context.gone;
    },
  } as RequestContext;
}

/** Clients send these without a value when there is no sequence. */
function isNone(value: ParameterValue): boolean {
  return value === 0 || value === '' || value === false;
}

function count(name: string, value: ParameterValue): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw fault(name, `parameter '${name}' is ${JSON.stringify(value)}, expected an integer of at least 0`);
}

function fault(name: string, message: string): ServeError {
  return new ServeError('REQUEST_FIELD', message, { pointer: pointer('parameters', name) });
}
