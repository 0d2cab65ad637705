/** Every way in which a call can fail, as the contract tells it to the page. */
import type { Failure, FailureCode } from '../contract.ts';

/** MODEL_REFUSED has no row: it keeps the model server's own status. */
const statuses: Readonly<Record<Exclude<FailureCode, 'MODEL_REFUSED'>, number>> = {
  BAD_REQUEST: 400,
  SIGNED_OUT: 401,
  CROSS_SITE: 403,
  NOT_FOUND: 404,
  MODEL_UNKNOWN: 404,
  TARGET_UNKNOWN: 404,
  METHOD_NOT_ALLOWED: 405,
  TOO_LARGE: 413,
  ENCODING_UNKNOWN: 415,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  MODEL_DOWN: 502,
  MODEL_FAILED: 502,
  MODEL_NONSENSE: 502,
  SIGN_IN_FAILED: 502,
  STOPPING: 503,
  MODEL_TIMEOUT: 504,
};

export interface FailureDetails {
  readonly field?: string;
  readonly retryAfterSeconds?: number;
  /** Only for MODEL_REFUSED. */
  readonly status?: number;
}

/** Ends a call; the edge turns it into an answer. */
export class ClientFailure extends Error {
  readonly code: FailureCode;
  readonly status: number;
  readonly details: FailureDetails;

  constructor(code: FailureCode, message: string, details: FailureDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
    this.status = code === 'MODEL_REFUSED' ? (details.status ?? 400) : statuses[code];
  }
}

export function failureBody({ code, message, details }: ClientFailure): Failure {
  const { field, retryAfterSeconds } = details;
  return {
    error: {
      code,
      message,
      ...(field === undefined ? {} : { field }),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    },
  };
}

/** The deepest reason of an error, in words; undici and Node wrap what the system said, some wrap whole answers. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(reasonOf).join('; ');
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return error.message || ((error as NodeJS.ErrnoException).code ?? error.name);
}
