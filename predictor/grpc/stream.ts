/**
 * ModelStreamInfer: many requests on one call. Answers come in the order of the requests, several of which are worked
 * on at once; a refusal travels inside the stream, which goes on.
 */
import { type ServerDuplexStream, status } from '@grpc/grpc-js';
import type { DataPlane } from '../data-plane.ts';
import { limits } from '../operate/limits.ts';
import {
  admit,
  type CallSettings,
  closeTicket,
  contextOf,
  openTicket,
  refuse,
  type Ticket,
  trailersOf,
} from './call.ts';
import { decodeInfer } from './decode.ts';
import { formOf, type OutputForm } from './encode.ts';
import { writeStreamResponse } from './wire/infer-response.ts';

type Call = ServerDuplexStream<Buffer, Buffer>;

export interface Streams {
  serve(call: Call): void;
  /** Ends every stream with UNAVAILABLE once what it has read is answered. */
  close(): void;
}

export interface StreamSettings extends CallSettings {
  readonly outputForm: OutputForm;
}

export function createStreams(plane: DataPlane, settings: StreamSettings): Streams {
  const leaving = new Set<() => void>();
  return {
    serve: (call) => {
      const ticket = openTicket('ModelStreamInfer', call, settings);
      try {
        admit(call, settings);
      } catch (error) {
        fail(call, ticket, settings, error);
        return;
      }
      const leave = run(call, ticket, plane, settings, () => leaving.delete(leave));
      leaving.add(leave);
    },
    close: () => {
      for (const leave of leaving) leave();
    },
  };
}

/** Returns what ends the stream early. `done` is called once. */
function run(call: Call, ticket: Ticket, plane: DataPlane, settings: StreamSettings, done: () => void): () => void {
  let last: Promise<void> = Promise.resolve();
  let inFlight = 0;
  let over = false;
  const end = (finish: () => void) => {
    if (over) return;
    over = true;
    call.pause();
    void last.then(() => {
      done();
      finish();
    });
  };
  call.on('data', (bytes: Buffer) => {
    if (over) return;
    inFlight += 1;
    if (inFlight >= limits.streamInFlight) call.pause();
    const answer = answerTo(bytes, call, ticket, plane, settings);
    last = last.then(async () => {
      call.write(await answer);
      inFlight -= 1;
      if (!over && call.isPaused()) call.resume();
    });
  });
  call.on('end', () => end(() => succeed(call, ticket, settings)));
  call.on('cancelled', () => end(() => closeTicket(ticket, status.CANCELLED, settings)));
  // A broken connection is told by `cancelled`; without a listener here it would end the process.
  call.on('error', () => {});
  return () => end(() => leave(call, ticket, settings));
}

/** Never rejects. */
async function answerTo(
  bytes: Buffer,
  call: Call,
  ticket: Ticket,
  plane: DataPlane,
  settings: StreamSettings,
): Promise<Buffer> {
  let id = '';
  try {
    const { request, form } = decodeInfer(bytes);
    id = request.id ?? '';
    ticket.model = request.modelName;
    const { response } = await plane.infer(request, contextOf(call, ticket));
    return writeStreamResponse({ response, form: formOf(response, form, settings.outputForm) });
  } catch (error) {
    return writeStreamResponse(refuse(error, ticket, settings).details, id);
  }
}

function succeed(call: Call, ticket: Ticket, settings: CallSettings): void {
  closeTicket(ticket, status.OK, settings);
  call.end(trailersOf(ticket));
}

function leave(call: Call, ticket: Ticket, settings: CallSettings): void {
  const details = 'server is shutting down';
  closeTicket(ticket, status.UNAVAILABLE, settings, details);
  call.emit('error', { code: status.UNAVAILABLE, details, metadata: trailersOf(ticket) });
}

function fail(call: Call, ticket: Ticket, settings: CallSettings, error: unknown): void {
  const refusal = refuse(error, ticket, settings);
  closeTicket(ticket, refusal.code, settings, refusal.details);
  call.on('error', () => {});
  call.emit('error', { ...refusal, metadata: trailersOf(ticket) });
}
