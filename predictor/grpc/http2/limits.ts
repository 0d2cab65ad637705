/** What a connection may do. Sizes in bytes, times in milliseconds. */
import type { Allowance } from './flood.ts';

export interface ConnectionLimits {
  /** Streams that are open, or whose work goes on though they are not. */
  readonly streams: number;
  /** Fields of one header list, as SETTINGS_MAX_HEADER_LIST_SIZE counts them. */
  readonly headerList: number;
  readonly frame: number;
  /** What the peer may send before it is told that more may come. */
  readonly window: number;
  readonly streamWindow: number;
  /** Answers that wait for the peer; beyond, new requests are refused, which clients send again. */
  readonly queued: number;
  /** Answers to PING and SETTINGS that the socket has not taken; beyond, the peer does not read and is cut off. */
  readonly unread: number;
  /** Frames that cost an answer or work and bring nothing. */
  readonly control: Allowance;
  /** Streams that are given up before they are answered. */
  readonly resets: Allowance;
  /** Until the first SETTINGS have come. */
  readonly handshakeMs: number;
  /** Silence after which a peer is asked whether it is still there. */
  readonly keepAliveMs: number;
  readonly keepAliveTimeoutMs: number;
  /** How long a peer may take nothing of what waits for it in the socket. */
  readonly stallMs: number;
  /** Age at which a connection is asked to go, so that clients spread anew over servers; absent: none. */
  readonly ageMs?: number;
  /** From then to its end, whatever is still open; absent: until everything is answered. */
  readonly ageGraceMs?: number;
}
