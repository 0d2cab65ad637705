/** One line of the log for each answered call, without anything of its content. */
import type { Log } from './log.ts';
import type { CallObserver } from './requests.ts';

export function createAccessLog(log: Log): CallObserver {
  return ({ operation, status, milliseconds, ...fields }) =>
    log('info', 'call', `${operation} ${status}`, {
      ...fields,
      operation,
      status,
      milliseconds: Math.round(milliseconds * 1000) / 1000,
    });
}
