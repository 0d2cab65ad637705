/** From error code to HTTP status: one total table, so a code without a status does not compile. */
import type { ErrorCode } from '../protocol/error.ts';

/** Refusals that only this transport knows. */
export type HttpErrorCode = 'ROUTE_UNKNOWN' | 'METHOD_NOT_ALLOWED' | 'ENCODING_UNSUPPORTED' | 'MEDIA_UNSUPPORTED';

const statuses = {
  REQUEST_SYNTAX: 400,
  REQUEST_FIELD: 400,
  REQUEST_TOO_LARGE: 413,
  INPUT_UNKNOWN: 400,
  INPUT_MISSING: 400,
  INPUT_REPEATED: 400,
  INPUT_DATATYPE: 400,
  INPUT_SHAPE: 400,
  INPUT_DATA: 400,
  OUTPUT_UNKNOWN: 400,
  OUTPUT_REPEATED: 400,
  MODEL_UNKNOWN: 404,
  MODEL_NOT_READY: 503,
  QUEUE_FULL: 503,
  DEADLINE_EXCEEDED: 504,
  CANCELLED: 503,
  UNIMPLEMENTED: 501,
  FORBIDDEN: 403,
  UNAUTHENTICATED: 401,
  INFERENCE_FAILED: 500,
  INTERNAL: 500,
  ROUTE_UNKNOWN: 404,
  METHOD_NOT_ALLOWED: 405,
  ENCODING_UNSUPPORTED: 415,
  MEDIA_UNSUPPORTED: 415,
} satisfies Record<ErrorCode | HttpErrorCode, number>;

export function statusOf(code: ErrorCode | HttpErrorCode): number {
  return statuses[code];
}

/** A refusal of the transport itself, with the header that tells the client what would be accepted. */
export class HttpError extends Error {
  readonly code: HttpErrorCode;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: HttpErrorCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'HttpError';
    this.code = code;
    this.headers = headers;
  }
}
