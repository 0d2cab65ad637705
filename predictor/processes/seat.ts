/** The place of one serving process: it is started here, and another in its place when it ends. */
import cluster, { type Worker } from 'node:cluster';
import {
  type Answering,
  type Begin,
  createTalk,
  type Notice,
  type Order,
  type Talk,
  type TalkMessage,
} from './talk.ts';

export interface Ending {
  readonly code: number | null;
  /** How it ended, in words. */
  readonly text: string;
  /** Milliseconds until another is started. */
  readonly retryMs: number;
  /** False when no process in this place ever had a model to serve. */
  readonly served: boolean;
}

export interface SeatEvents<Outcomes> {
  readonly notice: (notice: Exclude<Notice<Outcomes>, TalkMessage>) => void;
  /** Returns whether another is to take its place. */
  readonly ended: (ending: Ending) => boolean;
  readonly answering: Answering;
  /** What a new process is told first. */
  readonly begin: () => Omit<Begin, 'news' | 'number' | 'replaces'>;
}

export interface Seat {
  readonly number: number;
  readonly talk: Talk;
  tell(order: Order): void;
  /** Whether there is a process. */
  taken(): boolean;
  /** No other process is started any more. */
  leave(): void;
  kill(): void;
}

/** Pauses before a process is replaced, in milliseconds; one that lived `calm` begins from the least again. */
const pauses = { least: 100, most: 30_000, calm: 60_000 } as const;

/** `failures` in a row, this one among them. */
export function pauseAfter(failures: number): number {
  return Math.min(pauses.most, pauses.least * 2 ** (failures - 1));
}

/** Starts the first process at once. */
export function createSeat<Outcomes>(number: number, events: SeatEvents<Outcomes>): Seat {
  let worker: Worker | undefined;
  let timer: NodeJS.Timeout | undefined;
  let [failures, replaces, served] = [0, false, false];
  const tell = (order: Order) => {
    if (worker?.isConnected() === true) worker.send(order);
  };
  let talk = createTalk(tell, events.answering);
  const ended = (started: number, code: number | null, signal: string | null) => {
    worker = undefined;
    talk.close('the process ended before it answered');
    talk = createTalk(tell, events.answering);
    failures = performance.now() - started > pauses.calm ? 1 : failures + 1;
    const text = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
    const retryMs = pauseAfter(failures);
    if (!events.ended({ code, text, retryMs, served })) return;
    replaces = true;
    timer = setTimeout(start, retryMs);
  };
  const heard = (notice: Notice<Outcomes>) => {
    if ('talk' in notice) return talk.receive(notice);
    if (notice.news === 'here') return tell({ news: 'begin', number, replaces, ...events.begin() });
    if (notice.news === 'loaded') served ||= notice.serves;
    events.notice(notice);
  };
  const start = () => {
    const started = performance.now();
    worker = cluster.fork();
    worker.on('message', heard);
    // Comes only where the channel broke, which the end of the process follows.
    worker.on('error', () => {});
    worker.once('exit', (code: number | null, signal: string | null) => ended(started, code, signal));
  };
  start();
  return {
    number,
    get talk() {
      return talk;
    },
    tell,
    taken: () => worker !== undefined,
    leave: () => clearTimeout(timer),
    kill: () => void worker?.process.kill('SIGKILL'),
  };
}
