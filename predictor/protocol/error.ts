/**
 * The closed set of reasons for which a request is not answered. No status numbers: each transport keeps its own
 * total table from code to status.
 */

export type ErrorCode =
  /** The body is not what its content type says: broken text, broken JSON, broken compression. */
  | 'REQUEST_SYNTAX'
  /** A member of the request is missing or of the wrong kind. */
  | 'REQUEST_FIELD'
  /** The request exceeds a limit of this server. */
  | 'REQUEST_TOO_LARGE'
  | 'INPUT_UNKNOWN'
  | 'INPUT_MISSING'
  | 'INPUT_REPEATED'
  | 'INPUT_DATATYPE'
  | 'INPUT_SHAPE'
  /** The elements do not fit the shape or the datatype. */
  | 'INPUT_DATA'
  | 'OUTPUT_UNKNOWN'
  | 'OUTPUT_REPEATED'
  | 'MODEL_UNKNOWN'
  | 'MODEL_NOT_READY'
  /** As many requests wait for this model as may. */
  | 'QUEUE_FULL'
  /** The time that the caller gave is over. */
  | 'DEADLINE_EXCEEDED'
  /** The caller went away before the request's turn came. */
  | 'CANCELLED'
  /** The protocol has it, this server does not. */
  | 'UNIMPLEMENTED'
  /** Known caller, but not allowed. */
  | 'FORBIDDEN'
  /** Unknown caller. */
  | 'UNAUTHENTICATED'
  /** The runtime could not run the model on inputs that passed every check. */
  | 'INFERENCE_FAILED'
  /** A fault of this program. */
  | 'INTERNAL';

/** A refusal. `message` ends with the JSON pointer of the place, if there is one. */
export class ServeError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, at: { readonly pointer?: string; readonly cause?: unknown } = {}) {
    super(at.pointer === undefined ? message : `${message} (${at.pointer || '/'})`, { cause: at.cause });
    this.name = 'ServeError';
    this.code = code;
  }
}
