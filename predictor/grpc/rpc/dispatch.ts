/** Streams → calls of procedures: what is no gRPC, or asks for what is not here, is answered at once. */
import { firstValue } from '../http2/field.ts';
import type { Fields } from '../http2/hpack-encoder.ts';
import type { Receiver, Stream } from '../http2/stream.ts';
import { encodingsField, plainHead, trailersOnly } from './answer-blocks.ts';
import { Call, type CallEncodings, type CallSettings } from './call.ts';
import { acceptedEncodings, type Encoding, isEncoding } from './compression.ts';
import type { Listener } from './inbox.ts';
import { RpcFault, type Status, status } from './status.ts';
import { readTimeout } from './timeout.ts';

/** How a procedure is answered. Whoever serves a call must finish it, also when it is cancelled. */
export type Procedure =
  | { readonly kind: 'unary'; serve(call: Call, request: Buffer): void }
  | { readonly kind: 'stream'; serve(call: Call): Listener };

/** By path: `/package.Service/Method`. */
export type Procedures = ReadonlyMap<string, Procedure>;

export interface DispatchSettings extends CallSettings {
  readonly procedures: Procedures;
}

const contentType = /^application\/grpc(?:\+proto)?(?:$|;)/;
const plain: CallEncodings = { request: 'identity', answer: 'identity' };

export function dispatch(stream: Stream, settings: DispatchSettings): void {
  const { head } = stream;
  if (stream.tooLarge) {
    refuse(stream, status.RESOURCE_EXHAUSTED, 'the metadata is larger than this server accepts');
    return;
  }
  if (head.method !== 'POST') {
    stream.attach(new PlainAnswer(stream, 405, 'This port serves gRPC, which asks with POST.\n'));
    return;
  }
  if (!contentType.test(firstValue(head.fields, 'content-type') ?? '')) {
    stream.attach(new PlainAnswer(stream, 415, 'This port serves gRPC: the content type must be application/grpc.\n'));
    return;
  }
  const procedure = settings.procedures.get(head.path);
  if (procedure === undefined) {
    refuse(stream, status.UNIMPLEMENTED, `unknown procedure '${head.path}'`);
    return;
  }
  open(stream, procedure, settings);
}

function open(stream: Stream, procedure: Procedure, settings: DispatchSettings): void {
  const { fields } = stream.head;
  const timeout = firstValue(fields, 'grpc-timeout');
  const milliseconds = timeout === undefined ? undefined : readTimeout(timeout);
  if (timeout !== undefined && milliseconds === undefined) {
    refuse(stream, status.INTERNAL, `grpc-timeout is '${timeout}', expected up to eight digits and a unit`);
    return;
  }
  const named = firstValue(fields, 'grpc-encoding');
  if (named !== undefined && !isEncoding(named)) {
    const message = `grpc-encoding is '${named}', expected one of ${acceptedEncodings}`;
    refuse(stream, status.UNIMPLEMENTED, message, encodingsField);
    return;
  }
  const deadline = milliseconds === undefined ? undefined : performance.now() + milliseconds;
  const encodings = named === undefined ? plain : encodingsOf(named, firstValue(fields, 'grpc-accept-encoding'));
  const call = new Call(stream, deadline, encodings, settings);
  stream.attach(call);
  if (procedure.kind === 'unary') {
    call.attach(new OneRequest(call, procedure.serve));
    return;
  }
  call.attend();
  call.attach(procedure.serve(call));
}

/** Answers are packed as requests are, where the caller can read that. */
function encodingsOf(request: Encoding, accepted = ''): CallEncodings {
  const answer = accepted.split(/\s*,\s*/).includes(request) ? request : 'identity';
  return { request, answer };
}

class OneRequest implements Listener {
  readonly #call: Call;
  readonly #serve: (call: Call, request: Buffer) => void;
  #request: Buffer | undefined;

  constructor(call: Call, serve: (call: Call, request: Buffer) => void) {
    this.#call = call;
    this.#serve = serve;
  }

  message(bytes: Buffer): void {
    if (this.#request !== undefined) throw new RpcFault(status.UNIMPLEMENTED, 'expected one message, got more');
    this.#request = bytes;
  }

  end(): void {
    if (this.#request === undefined) throw new RpcFault(status.UNIMPLEMENTED, 'expected one message, got none');
    this.#call.attend();
    this.#serve(this.#call, this.#request);
  }
}

/** Takes what may still come of a request that is answered. */
const nobody: Receiver = { data: () => {}, end: () => {}, cancelled: () => {}, sent: () => {} };

function refuse(stream: Stream, code: Status, message: string, more: Fields = []): void {
  stream.attach(nobody);
  stream.end(trailersOnly(code, message, more));
  stream.release();
}

/** Told once the request is whole: what asks so may have no use for an answer before. */
class PlainAnswer implements Receiver {
  readonly #stream: Stream;
  readonly #httpStatus: number;
  readonly #text: string;

  constructor(stream: Stream, httpStatus: number, text: string) {
    this.#stream = stream;
    this.#httpStatus = httpStatus;
    this.#text = text;
  }

  data(_bytes: Buffer, from: number, to: number): void {
    this.#stream.consumed(to - from);
  }

  end(): void {
    const content = Buffer.from(this.#text);
    const head = plainHead(this.#httpStatus, content.length);
    if (this.#stream.head.method === 'HEAD') this.#stream.end(head);
    else {
      this.#stream.sendHead(head);
      this.#stream.endWith(content);
    }
    this.#stream.release();
  }

  cancelled(): void {
    this.#stream.release();
  }

  sent(): void {}
}
