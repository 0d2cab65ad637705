/**
 * ModelStreamInfer: many requests on one call. Answers come in the order of the requests, several of which are worked
 * on at once; a refusal travels inside the stream, which goes on. Whoever does not read answers is not asked for more.
 */
import type { DataPlane } from '../data-plane.ts';
import { limits } from '../operate/limits.ts';
import { admit, CallContext, type CallSettings, close, openTicket, refusalFor, refuse, type Ticket } from './call.ts';
import { decodeInfer } from './decode.ts';
import { formOf, type OutputForm } from './encode.ts';
import type { Answer } from './messages.ts';
import type { Call } from './rpc/call.ts';
import type { Procedure } from './rpc/dispatch.ts';
import type { Listener } from './rpc/inbox.ts';
import { status } from './rpc/status.ts';
import { writeStreamResponse } from './wire/infer-response.ts';

export interface Streams {
  readonly procedure: Procedure;
  /** Ends every stream with UNAVAILABLE once what it has read is answered. */
  close(): void;
}

export interface StreamSettings extends CallSettings {
  readonly outputForm: OutputForm;
}

const nobody: Listener = { message: () => {}, end: () => {} };

export function createStreams(plane: DataPlane, settings: StreamSettings): Streams {
  const open = new Set<InferStream>();
  return {
    procedure: {
      kind: 'stream',
      serve: (call) => {
        const ticket = openTicket('ModelStreamInfer', call, settings);
        try {
          admit(call, settings);
        } catch (error) {
          refuse(call, ticket, settings, error);
          return nobody;
        }
        const stream = new InferStream(call, ticket, plane, settings, () => open.delete(stream));
        open.add(stream);
        return stream;
      },
    },
    close: () => {
      for (const stream of open) stream.leave();
    },
  };
}

class InferStream implements Listener {
  readonly #call: Call;
  readonly #ticket: Ticket;
  readonly #plane: DataPlane;
  readonly #settings: StreamSettings;
  readonly #done: () => void;
  #last: Promise<void> = Promise.resolve();
  #inFlight = 0;
  #isOver = false;

  constructor(call: Call, ticket: Ticket, plane: DataPlane, settings: StreamSettings, done: () => void) {
    this.#call = call;
    this.#ticket = ticket;
    this.#plane = plane;
    this.#settings = settings;
    this.#done = done;
    call.onSent(() => this.#goOn());
    call.onCancel(() => this.#end(() => close(call, ticket, status.CANCELLED, settings)));
  }

  message(bytes: Buffer): void {
    if (this.#isOver) return;
    this.#inFlight += 1;
    if (this.#inFlight >= limits.streamInFlight) this.#call.pause();
    const answer = this.#answerTo(bytes);
    this.#last = this.#last.then(async () => {
      const { pieces, bytes: length } = await answer;
      this.#call.send(pieces, length);
      this.#inFlight -= 1;
      if (this.#call.isBehind) this.#call.pause();
      else this.#goOn();
    });
  }

  #goOn(): void {
    if (!this.#isOver && this.#inFlight < limits.streamInFlight) this.#call.resume();
  }

  end(): void {
    this.#end(() => close(this.#call, this.#ticket, status.OK, this.#settings));
  }

  leave(): void {
    this.#end(() => close(this.#call, this.#ticket, status.UNAVAILABLE, this.#settings, 'server is shutting down'));
  }

  /** Takes nothing more, and finishes when everything is answered. */
  #end(finish: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    void this.#last.then(() => {
      this.#done();
      finish();
    });
  }

  /** Never rejects. */
  async #answerTo(bytes: Buffer): Promise<Answer> {
    let id = '';
    try {
      const { request, form } = decodeInfer(bytes);
      id = request.id ?? '';
      this.#ticket.model = request.modelName;
      const { response } = await this.#plane.infer(request, new CallContext(this.#call, this.#ticket));
      return writeStreamResponse({ response, form: formOf(response, form, this.#settings.outputForm) });
    } catch (error) {
      return writeStreamResponse(refusalFor(error, this.#ticket, this.#settings).message, id);
    }
  }
}
