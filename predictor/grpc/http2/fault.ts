/** What a peer did wrong: against the connection, which then ends, or within one stream. */
import type { ErrorCode } from './constants.ts';

/** Answered with GOAWAY (RFC 9113 section 5.4.1). */
export class ConnectionFault extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Answered with RST_STREAM (RFC 9113 section 5.4.2). */
export class StreamFault extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
