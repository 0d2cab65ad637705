/** From error code to gRPC status: one total table, so a code without a status does not compile. */
import { type ErrorCode, ServeError } from '../protocol/error.ts';
import { type Status, status } from './rpc/status.ts';

const statuses = {
  REQUEST_SYNTAX: status.INVALID_ARGUMENT,
  REQUEST_FIELD: status.INVALID_ARGUMENT,
  REQUEST_TOO_LARGE: status.RESOURCE_EXHAUSTED,
  INPUT_UNKNOWN: status.INVALID_ARGUMENT,
  INPUT_MISSING: status.INVALID_ARGUMENT,
  INPUT_REPEATED: status.INVALID_ARGUMENT,
  INPUT_DATATYPE: status.INVALID_ARGUMENT,
  INPUT_SHAPE: status.INVALID_ARGUMENT,
  INPUT_DATA: status.INVALID_ARGUMENT,
  OUTPUT_UNKNOWN: status.INVALID_ARGUMENT,
  OUTPUT_REPEATED: status.INVALID_ARGUMENT,
  MODEL_UNKNOWN: status.NOT_FOUND,
  MODEL_NOT_READY: status.UNAVAILABLE,
  // Clients of KServe try again after UNAVAILABLE, not after RESOURCE_EXHAUSTED.
  QUEUE_FULL: status.UNAVAILABLE,
  DEADLINE_EXCEEDED: status.DEADLINE_EXCEEDED,
  CANCELLED: status.CANCELLED,
  UNIMPLEMENTED: status.UNIMPLEMENTED,
  FORBIDDEN: status.PERMISSION_DENIED,
  UNAUTHENTICATED: status.UNAUTHENTICATED,
  INFERENCE_FAILED: status.INTERNAL,
  INTERNAL: status.INTERNAL,
} satisfies Record<ErrorCode, Status>;

export function statusOf(code: ErrorCode): Status {
  return statuses[code];
}

export interface Refusal {
  readonly status: Status;
  /** What the caller is told: never a stack, never what another library said. */
  readonly message: string;
  readonly code: ErrorCode;
  /** For the log, when the fault is on our side. */
  readonly cause?: unknown;
}

/** Anything that is not a ServeError is a fault of this program. */
export function refusalOf(error: unknown, requestId: string): Refusal {
  const known = error instanceof ServeError;
  const code = known ? error.code : 'INTERNAL';
  const message = known ? error.message : 'internal error';
  if (statusOf(code) !== status.INTERNAL) return { status: statusOf(code), message, code };
  const cause = known ? causeText(error.cause) : error instanceof Error ? error.stack : error;
  return { status: status.INTERNAL, message: `${message}; request id ${requestId}`, code, cause };
}

function causeText(cause: unknown): unknown {
  return cause instanceof Error ? cause.message : cause;
}
