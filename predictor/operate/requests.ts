/** What each transport tells about a call once it is answered, for metrics, the access log and traces. */

export interface AnsweredCall {
  readonly protocol: 'http' | 'grpc';
  /** The route's address with its open parts, or the name of the procedure: never what the client wrote. */
  readonly operation: string;
  /** HTTP status or gRPC status code. */
  readonly status: number;
  readonly milliseconds: number;
  readonly requestId: string;
  /** Of the caller's trace, or of our own span. */
  readonly traceId?: string;
  readonly model?: string;
}

/** Must not throw. */
export type CallObserver = (call: AnsweredCall) => void;

/** An id from the client is used when it is short and plain, since it goes into a header and the log. */
const plainId = /^[\w.:-]{1,128}$/;

export function isPlainId(text: unknown): text is string {
  return typeof text === 'string' && plainId.test(text);
}
