/** One request on its way through the routes, and what the routes may use. */
import type { IncomingHttpHeaders } from 'node:http';
import type { DataPlane } from '../data-plane.ts';
import type { LogControl } from '../operate/log-settings.ts';
import type { Metrics } from '../operate/metrics.ts';
import type { RequestContext } from '../protocol/context.ts';
import type { Wishes } from './parameters.ts';

/** What the routes may use. */
export interface Services {
  readonly plane: DataPlane;
  /** True when clients may load and unload models and change the log. */
  readonly modelControl: boolean;
  readonly logControl?: Pick<LogControl, 'settings' | 'change'>;
  readonly metrics?: Metrics['text'];
}

/** Parts of the path that the address leaves open. */
export interface PathValues {
  readonly model: string;
  readonly version?: string;
}

export interface Call {
  readonly services: Services;
  readonly path: PathValues;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly exchange: Exchange;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Absent: `application/json`. */
  readonly contentType?: string;
  readonly body: string | readonly [string, ...Buffer[]];
}

export type Handler = (call: Call) => Answer | Promise<Answer>;

export interface Route {
  readonly method: 'GET' | 'POST';
  /** `{model}` and `{version}` stand for one segment each. */
  readonly address: string;
  readonly handler: Handler;
  /** True for what probes ask, which bring no API key. */
  readonly open?: boolean;
}

export function json(status: number, value: unknown): Answer {
  return { status, body: JSON.stringify(value) };
}

/** Who asked, as far as the connection tells. */
export interface Peer {
  /** The connection ended before the answer was sent. */
  readonly gone: boolean;
  /** Calls `listener` once, at once where the peer is gone already; never when the answer was sent. */
  onGone(listener: () => void): void;
}

/** What the server knows of a request beside its content. */
export class Exchange {
  readonly requestId: string;
  /** `performance.now()` when the head of the request was there. */
  readonly started: number;
  readonly peer: Peer;
  readonly #limitMs: number;

  constructor(requestId: string, limitMs: number, peer: Peer) {
    this.requestId = requestId;
    this.started = performance.now();
    this.peer = peer;
    this.#limitMs = limitMs;
  }

  /** The client's own timeout cannot lengthen the server's. */
  context({ timeoutMs = this.#limitMs, priority = 0 }: Wishes): RequestContext {
    return new CallContext(this.requestId, this.started + Math.min(timeoutMs, this.#limitMs), priority, this.peer);
  }
}

/** Most requests never wait, so the signal is made only when someone asks for it. */
class CallContext implements RequestContext {
  readonly requestId: string;
  readonly deadline: number;
  readonly priority: number;
  readonly #peer: Peer;
  #controller: AbortController | undefined;

  constructor(requestId: string, deadline: number, priority: number, peer: Peer) {
    this.requestId = requestId;
    this.deadline = deadline;
    this.priority = priority;
    this.#peer = peer;
  }

  get gone(): boolean {
    return this.#peer.gone;
  }

  /** Aborts when the connection ends before the answer is sent. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = new AbortController();
      this.#controller = controller;
      this.#peer.onGone(() => controller.abort());
    }
    return this.#controller.signal;
  }
}
