/** HTTP requests that wait for their turn: a bounded queue, several at once, tried again where that may help. */
import { setTimeout as pause } from 'node:timers/promises';
import { limits } from './limits.ts';
import type { Log } from './log.ts';

/** `full`: there was no room; `refused`: the receiver does not want it, or could not be reached often enough. */
export type SendResult = 'sent' | 'full' | 'refused';

export interface Letter {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Outbox {
  /** Takes a place in the queue; false, and told as `full`, when there is none. */
  reserve(): boolean;
  /** Fills a reserved place. */
  put(letter: Letter): void;
  /** Gives a reserved place back. */
  forget(): void;
  waiting(): number;
  /** Resolves when all that waits is sent or given up. */
  close(): Promise<void>;
  /** Gives up what still waits. */
  end(): void;
}

const {
  letters: mostLetters,
  bytes: mostBytes,
  atOnce,
  attempts,
  answerMs,
  firstPauseMs,
  complainMs,
} = limits.payloadLog;

export function createOutbox(url: string, log: Log, told: (result: SendResult) => void): Outbox {
  const queue: Letter[] = [];
  const ending = new AbortController();
  let [reserved, sending, bytes, complained] = [0, 0, 0, Number.NEGATIVE_INFINITY];
  let empty: (() => void) | undefined;
  const waiting = () => reserved + queue.length + sending;
  const complain = (reason: string) => {
    if (performance.now() - complained < complainMs) return;
    complained = performance.now();
    log('warn', 'payload-log-failed', `Payloads are not logged to ${new URL(url).origin}: ${reason}`, { reason });
  };
  const settle = (result: SendResult, reason = '') => {
    told(result);
    if (result !== 'sent') complain(reason);
    if (waiting() === 0) empty?.();
  };
  const work = async () => {
    for (let letter = queue.shift(); letter !== undefined; letter = queue.shift()) {
      bytes -= letter.body.length;
      sending += 1;
      const refusal = await deliver(url, letter, ending.signal);
      sending -= 1;
      settle(refusal === undefined ? 'sent' : 'refused', refusal);
    }
  };
  return {
    reserve: () => {
      if (waiting() < mostLetters && bytes < mostBytes && !ending.signal.aborted) {
        reserved += 1;
        return true;
      }
      settle('full', `${waiting()} wait already`);
      return false;
    },
    put: (letter) => {
      reserved -= 1;
      queue.push(letter);
      bytes += letter.body.length;
      if (sending < atOnce) void work();
    },
    forget: () => {
      reserved -= 1;
      settle('refused', 'a payload could not be written down');
    },
    waiting,
    close: () =>
      new Promise((resolve) => {
        if (waiting() === 0) resolve();
        else empty = resolve;
      }),
    end: () => {
      ending.abort();
      for (const _ of queue.splice(0)) settle('refused', 'the server ends');
    },
  };
}

/** Undefined when it arrived, else why not. Never rejects. */
async function deliver(url: string, { headers, body }: Letter, ended: AbortSignal): Promise<string | undefined> {
  for (let attempt = 1; ; attempt++) {
    const { refusal, again } = await post(url, headers, body, ended);
    if (refusal === undefined || !again || attempt === attempts || ended.aborted) return refusal;
    // Spread out, so that a receiver that comes back is not met by all at once.
    const ms = firstPauseMs * 2 ** (attempt - 1) * (0.5 + Math.random());
    await pause(ms, undefined, { signal: ended }).catch(() => {});
  }
}

interface Posted {
  readonly refusal: string | undefined;
  /** Whether it may go better another time. */
  readonly again: boolean;
}

async function post(url: string, headers: Letter['headers'], body: string, ended: AbortSignal): Promise<Posted> {
  try {
    const signal = AbortSignal.any([ended, AbortSignal.timeout(answerMs)]);
    const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' });
    await response.arrayBuffer();
    if (response.ok) return { refusal: undefined, again: false };
    const again = response.status >= 500 || response.status === 408 || response.status === 429;
    return { refusal: `the receiver answered ${response.status}`, again };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { refusal: cause instanceof Error ? cause.message : String(cause), again: true };
  }
}
