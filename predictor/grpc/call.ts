/** What every procedure has around its work: who calls, until when, how it ended, and who is told. */
import { randomUUID } from 'node:crypto';
import { memory } from '../memory/pool.ts';
import type { Guard } from '../operate/auth.ts';
import type { Log } from '../operate/log.ts';
import { type CallObserver, isPlainId } from '../operate/requests.ts';
import type { Span, Tracer } from '../operate/trace.ts';
import type { RequestContext } from '../protocol/context.ts';
import type { Fields } from './http2/hpack-encoder.ts';
import type { Answer, Codec } from './messages.ts';
import type { Call } from './rpc/call.ts';
import type { Procedure } from './rpc/dispatch.ts';
import { type Status, status } from './rpc/status.ts';
import { type Refusal, refusalOf } from './status.ts';

export interface CallSettings {
  readonly log: Log;
  readonly guard?: Guard;
  readonly observeCall?: CallObserver;
  readonly trace?: Tracer;
}

export interface Ticket {
  readonly operation: string;
  readonly requestId: string;
  readonly started: number;
  readonly span: Span | undefined;
  /** Named in the log and the span once it is known. */
  model?: string;
}

/** Must come first, so that a refusal has an id too. */
export function openTicket(operation: string, call: Call, settings: CallSettings): Ticket {
  const given = call.metadata('x-request-id');
  const requestId = isPlainId(given) ? given : randomUUID();
  const span = settings.trace?.(operation, call.metadata('traceparent'));
  return { operation, requestId, started: performance.now(), span };
}

/** Throws ServeError UNAUTHENTICATED. */
export function admit(call: Call, settings: CallSettings): void {
  if (settings.guard === undefined) return;
  settings.guard({ authorization: call.metadata('authorization'), apiKey: call.metadata('x-api-key') });
}

/** What goes back with the status. */
export function trailersOf({ requestId, span }: Ticket): Fields {
  const id = ['x-request-id', requestId] as const;
  return span === undefined ? [id] : [id, ['traceparent', span.traceparent]];
}

/** Ends the call and tells who wants to know. */
export function close(call: Call, ticket: Ticket, code: Status, settings: CallSettings, fault?: string): void {
  const { operation, requestId, span, model } = ticket;
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
  call.finish(code, fault, trailersOf(ticket));
}

/** Faults on our side are told to the log in full and to the client by the id under which they stand there. */
export function refusalFor(error: unknown, ticket: Ticket, { log }: CallSettings): Refusal {
  const refusal = refusalOf(error, ticket.requestId);
  if (refusal.status === status.INTERNAL) {
    const trace = ticket.span === undefined ? {} : { traceId: ticket.span.traceId };
    const fields = { requestId: ticket.requestId, ...trace, code: refusal.code, cause: refusal.cause };
    log('error', 'request-failed', refusal.message, fields);
  }
  return refusal;
}

export function refuse(call: Call, ticket: Ticket, settings: CallSettings, error: unknown): void {
  const refusal = refusalFor(error, ticket, settings);
  close(call, ticket, refusal.status, settings, refusal.message);
}

export type Work<Request, Given> = (request: Request, call: Call, ticket: Ticket) => Given | Promise<Given>;

/** Whether a caller needs a key; health is open to all. */
export type Access = 'open' | 'guarded';

/** A procedure with one request and one answer. */
export function unary<Request, Given>(
  operation: string,
  access: Access,
  settings: CallSettings,
  codec: Codec<Request, Given>,
  work: Work<Request, Given>,
): Procedure {
  const serve = async (call: Call, bytes: Buffer) => {
    const ticket = openTicket(operation, call, settings);
    let answer: Answer;
    try {
      if (access === 'guarded') admit(call, settings);
      const given = work(codec.read(bytes), call, ticket);
      answer = codec.write(given instanceof Promise ? await given : given);
    } catch (error) {
      refuse(call, ticket, settings, error);
      return;
    } finally {
      memory.give(bytes);
    }
    call.send(answer.pieces, answer.bytes);
    close(call, ticket, status.OK, settings);
  };
  return { kind: 'unary', serve: (call, bytes) => void serve(call, bytes) };
}

/** Why a signal was given; made once, since an error of its own for each call costs more than the call. */
const gone = new Error('the caller went away');

/** Most calls are never cancelled, so that the signal is made only when somebody asks for it. */
export class CallContext implements RequestContext {
  readonly requestId: string;
  readonly deadline?: number;
  readonly #call: Call;
  #signal: AbortSignal | undefined;

  constructor(call: Call, { requestId }: Ticket) {
    this.requestId = requestId;
    if (call.deadline !== undefined) this.deadline = call.deadline;
    this.#call = call;
  }

  get gone(): boolean {
    return this.#call.isCancelled;
  }

  get signal(): AbortSignal {
    if (this.#signal === undefined) {
      const controller = new AbortController();
      if (this.#call.isCancelled) controller.abort(gone);
      else this.#call.onCancel(() => controller.abort(gone));
      this.#signal = controller.signal;
    }
    return this.#signal;
  }
}
