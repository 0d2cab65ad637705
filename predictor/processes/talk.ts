/**
 * What the first process and the serving processes say to each other over their channels: questions with answers, both
 * ways, and news.
 */
import { type ErrorCode, ServeError } from '../protocol/error.ts';
import type { ModelStatistics } from '../protocol/messages.ts';

/** Each kind of question with what is asked and what is answered. */
export interface Questions {
  /** To all: load, or take out of service, one name. */
  readonly load: { readonly ask: string; readonly answer: null };
  readonly unload: { readonly ask: string; readonly answer: null };
  /** To all: log settings. */
  readonly logs: { readonly ask: Readonly<Record<string, unknown>>; readonly answer: null };
  /** Of a serving process: its own share; of the first process: the sum. */
  readonly statistics: { readonly ask: null; readonly answer: readonly ModelStatistics[] };
  /** Of a serving process: its metrics, as prom-client gives them for bringing together. */
  readonly readings: { readonly ask: null; readonly answer: readonly object[] };
  /** Of the first process: the metrics of all as text. */
  readonly metrics: { readonly ask: null; readonly answer: MetricsText };
}

export interface MetricsText {
  readonly contentType: string;
  readonly text: string;
}

export type Kind = keyof Questions;

export type Answering = <K extends Kind>(kind: K, body: Questions[K]['ask']) => Promise<Questions[K]['answer']>;

interface Fault {
  readonly message: string;
  /** Present for a ServeError. */
  readonly code?: ErrorCode;
}

export type TalkMessage =
  | { readonly talk: 'ask'; readonly id: number; readonly kind: Kind; readonly body: unknown }
  | { readonly talk: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly talk: 'fault'; readonly id: number; readonly fault: Fault };

export interface Talk {
  /** Rejects as the other side did, when it is gone, or after `ms` where these are given. */
  ask<K extends Kind>(kind: K, body: Questions[K]['ask'], ms?: number): Promise<Questions[K]['answer']>;
  receive(message: TalkMessage): void;
  /** Rejects what is still asked. */
  close(reason: string): void;
}

interface Pending {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout | undefined;
}

export function createTalk(send: (message: TalkMessage) => void, answering: Answering): Talk {
  const pending = new Map<number, Pending>();
  let lastId = 0;
  const settle = (id: number): Pending | undefined => {
    const one = pending.get(id);
    pending.delete(id);
    clearTimeout(one?.timer);
    return one;
  };
  return {
    ask: (kind, body, ms) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        const id = lastId;
        const late = () => settle(id)?.reject(new Error(`no answer to "${kind}" within ${ms} ms`));
        pending.set(id, { resolve, reject, timer: ms === undefined ? undefined : setTimeout(late, ms) });
        send({ talk: 'ask', id, kind, body });
      }),
    receive: (message) => {
      if (message.talk === 'ask') void answer(message, send, answering);
      else if (message.talk === 'answer') settle(message.id)?.resolve(message.answer as never);
      else settle(message.id)?.reject(errorOf(message.fault));
    },
    close: (reason) => {
      for (const id of [...pending.keys()]) settle(id)?.reject(new Error(reason));
    },
  };
}

async function answer(
  { id, kind, body }: TalkMessage & { talk: 'ask' },
  send: (message: TalkMessage) => void,
  answering: Answering,
): Promise<void> {
  try {
    send({ talk: 'answer', id, answer: await answering(kind, body as never) });
  } catch (error) {
    send({ talk: 'fault', id, fault: faultOf(error) });
  }
}

function faultOf(error: unknown): Fault {
  if (error instanceof ServeError) return { message: error.message, code: error.code };
  return { message: error instanceof Error ? error.message : String(error) };
}

function errorOf({ message, code }: Fault): Error {
  return code === undefined ? new Error(message) : new ServeError(code, message);
}

/** What a serving process is told first. */
export interface Begin {
  readonly news: 'begin';
  /** From 1. */
  readonly number: number;
  /** Taken by the first of the processes. */
  readonly ports?: Readonly<Record<string, number>>;
  /** True for one that takes the place of another that ended. */
  readonly replaces: boolean;
  /** Names that were taken out of service. */
  readonly unloaded: readonly string[];
  readonly logs: Readonly<Record<string, unknown>>;
}

/** To a serving process. */
export type Order =
  | TalkMessage
  | Begin
  /** Whether every process has ended its first load, and whether every one is ready. */
  | { readonly news: 'all'; readonly started: boolean; readonly ready: boolean }
  | { readonly news: 'reload' }
  | { readonly news: 'stop'; readonly signal: string };

/** From a serving process; `outcomes` are for the log. */
export type Notice<Outcomes> =
  | TalkMessage
  /** It waits for its begin. */
  | { readonly news: 'here' }
  | { readonly news: 'listening'; readonly ports: Readonly<Record<string, number>> }
  /** The first load, or one that made every model ready; `serves` is false when not one model can be served. */
  | {
      readonly news: 'loaded';
      readonly outcomes: Outcomes;
      readonly serves: boolean;
      readonly ready: boolean;
      readonly residentBytes: number;
    }
  /** One that replaces another listens. */
  | { readonly news: 'rejoined' };
