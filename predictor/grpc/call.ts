/** What every procedure has around its work: who calls, until when, how it ended, and who is told. */
import { randomUUID } from 'node:crypto';
import { Metadata, type ServerErrorResponse, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import type { Guard } from '../operate/auth.ts';
import type { Log } from '../operate/log.ts';
import { type CallObserver, isPlainId } from '../operate/requests.ts';
import type { Span, Tracer } from '../operate/trace.ts';
import type { RequestContext } from '../protocol/context.ts';
import { refusalOf } from './status.ts';

export interface CallSettings {
  readonly log: Log;
  readonly guard?: Guard;
  readonly observeCall?: CallObserver;
  readonly trace?: Tracer;
}

/** The part of grpc-js's calls that is needed here; unary calls and streams both have it. */
export interface Caller {
  readonly metadata: Metadata;
  readonly cancelled: boolean;
  getDeadline(): Date | number;
  once(event: 'cancelled', listener: () => void): unknown;
}

export interface Ticket {
  readonly operation: string;
  readonly requestId: string;
  readonly started: number;
  readonly span: Span | undefined;
  /** Named in the log and the span once it is known. */
  model?: string;
  answered: boolean;
}

/** Must come first, so that a refusal has an id too. */
export function openTicket(operation: string, { metadata }: Caller, settings: CallSettings): Ticket {
  const given = metadata.get('x-request-id')[0];
  const requestId = isPlainId(given) ? given : randomUUID();
  const traceparent = settings.trace === undefined ? undefined : metadata.get('traceparent')[0];
  const span = settings.trace?.(operation, typeof traceparent === 'string' ? traceparent : undefined);
  return { operation, requestId, started: performance.now(), span, answered: false };
}

/** Throws ServeError UNAUTHENTICATED. */
export function admit({ metadata }: Caller, settings: CallSettings): void {
  if (settings.guard === undefined) return;
  const text = (name: string) => {
    const value = metadata.get(name)[0];
    return typeof value === 'string' ? value : undefined;
  };
  settings.guard({ authorization: text('authorization'), apiKey: text('x-api-key') });
}

/** What goes back with the status. */
export function trailersOf({ requestId, span }: Ticket): Metadata {
  const trailers = new Metadata();
  trailers.set('x-request-id', requestId);
  if (span !== undefined) trailers.set('traceparent', span.traceparent);
  return trailers;
}

export function closeTicket(ticket: Ticket, code: status, settings: CallSettings, fault?: string): void {
  const { operation, requestId, span, model } = ticket;
  ticket.answered = true;
  span?.end({ 'rpc.grpc.status_code': code, ...(model === undefined ? {} : { 'predictor.model': model }) }, fault);
  settings.observeCall?.({
    protocol: 'grpc',
    operation,
    status: code,
    milliseconds: performance.now() - ticket.started,
    requestId,
    ...(span === undefined ? {} : { traceId: span.traceId }),
    ...(model === undefined ? {} : { model }),
  });
}

/** Faults on our side are told to the log in full and to the client by the id under which they stand there. */
export function refuse(
  error: unknown,
  ticket: Ticket,
  { log }: CallSettings,
): ServerErrorResponse & { code: status; details: string } {
  const refusal = refusalOf(error, ticket.requestId);
  if (refusal.status === status.INTERNAL) {
    const trace = ticket.span === undefined ? {} : { traceId: ticket.span.traceId };
    const fields = { requestId: ticket.requestId, ...trace, code: refusal.code, cause: refusal.cause };
    log('error', 'request-failed', refusal.message, fields);
  }
  return { name: refusal.code, message: refusal.message, code: refusal.status, details: refusal.message };
}

export type Work<Request, Answer> = (request: Request, caller: Caller, ticket: Ticket) => Answer | Promise<Answer>;

/** Whether a caller needs a key; health is open to all. */
export type Access = 'open' | 'guarded';

/** A procedure with one request and one answer. */
export function unary<Request, Answer>(
  operation: string,
  access: Access,
  settings: CallSettings,
  work: Work<Request, Answer>,
): (call: ServerUnaryCall<Request, Answer>, callback: sendUnaryData<Answer>) => Promise<void> {
  return async (call, callback) => {
    const ticket = openTicket(operation, call, settings);
    try {
      if (access === 'guarded') admit(call, settings);
      const answer = await work(call.request, call, ticket);
      closeTicket(ticket, status.OK, settings);
      callback(null, answer, trailersOf(ticket));
    } catch (error) {
      const refusal = refuse(error, ticket, settings);
      closeTicket(ticket, refusal.code, settings, refusal.message);
      callback({ ...refusal, metadata: trailersOf(ticket) });
    }
  };
}

/** Why a signal was given; made once, since an error of its own for each call costs more than the call. */
const gone = new Error('the caller went away');

/** The signal is made only when somebody asks for it. grpc-js tells of `cancelled` after each answered call, too. */
export function contextOf(caller: Caller, ticket: Ticket): RequestContext {
  const left = Number(caller.getDeadline()) - Date.now();
  let signal: AbortSignal | undefined;
  return {
    requestId: ticket.requestId,
    ...(Number.isFinite(left) ? { deadline: performance.now() + left } : {}),
    get signal() {
      if (signal === undefined) {
        const controller = new AbortController();
        if (caller.cancelled) controller.abort(gone);
        else caller.once('cancelled', () => ticket.answered || controller.abort(gone));
        signal = controller.signal;
      }
      return signal;
    },
  };
}
