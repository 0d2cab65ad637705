/**
 * A model in a process of its own: what blocks, runs wild or aborts there leaves this process answering.
 *
 * Processes and not worker threads, since a native abort ends every thread with it, onnxruntime-node aborts when a
 * thread is terminated during a run, and a run can be stopped by no other means than killing. The price is about
 * 0.1 ms per run and 1 ms per megabyte.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { NamedTensor } from '../protocol/tensor.ts';
import type { Probe } from './probe.ts';
import type { Run } from './session.ts';
import type { Conversation, Kind, Opened, OpenRequest, Reply } from './words.ts';

/** The process ended before it answered. */
export class ProcessLost extends Error {
  /** False when other work was still before this in the process: it cannot be what ended it. */
  readonly begun: boolean;

  constructor(message: string, begun: boolean) {
    super(message);
    this.begun = begun;
  }
}

export interface ProcessTimes {
  /** Longest opening and probing, in milliseconds; then the process is killed. */
  readonly openMs: number;
  /** Longest run, in milliseconds; then the process is killed. */
  readonly runMs: number;
}

export interface ModelProcess {
  readonly pid: number;
  open(request: OpenRequest): Promise<Opened>;
  probe(feeds: readonly NamedTensor[]): Promise<Probe>;
  run(feeds: readonly NamedTensor[], outputs: readonly string[]): Promise<Run>;
  /** Closes the model; another can be opened. */
  release(): Promise<void>;
  /** Lets the process end, and kills it when it does not; resolves when it has. */
  end(): Promise<void>;
  /** Resolves with the reason when the process ends, asked or not. */
  readonly ended: Promise<string>;
}

interface Pending {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Flags of this process that make no sense twice. */
const ownFlags = /^--(inspect|cpu-prof|heap-prof|prof|test|watch)/;
const keptErrorBytes = 4096;
/** How long a process may take to end by itself. */
const endMs = 2_000;

export function startProcess(times: ProcessTimes): ModelProcess {
  const child = spawn();
  const pending = new Map<number, Pending>();
  let lastId = 0;
  let complaint = '';
  let overdue: string | undefined;
  let gone: string | undefined;
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-keptErrorBytes);
  });
  const ended = new Promise<string>((resolve) => {
    const over = (reason: string) => {
      gone = reason;
      for (const [order, { reject, timer }] of [...pending.values()].entries()) {
        clearTimeout(timer);
        reject(new ProcessLost(reason, order === 0));
      }
      pending.clear();
      resolve(reason);
    };
    child.once('error', (error) => over(`cannot start a process: ${error.message}`));
    // Not its 'close', which does not come after a disconnect from this side; the last words come with stderr's end.
    child.once('exit', (code, signal) => {
      const tell = () => over(overdue ?? endText(code, signal, complaint));
      if (child.stderr === null || child.stderr.closed) tell();
      else child.stderr.once('close', tell);
    });
  });
  child.on('message', (reply: Reply) => {
    const one = pending.get(reply.id);
    if (one === undefined) return;
    pending.delete(reply.id);
    clearTimeout(one.timer);
    if (pending.size === 0) idle(child);
    if ('error' in reply) one.reject(new Error(reply.error));
    else one.resolve(reply.answer as never);
  });
  const ask = <K extends Kind>(kind: K, body: Conversation[K]['ask'], ms: number): Promise<Conversation[K]['answer']> =>
    new Promise((resolve, reject) => {
      if (gone !== undefined) {
        reject(new ProcessLost(gone, false));
        return;
      }
      lastId += 1;
      const id = lastId;
      const timer = setTimeout(() => {
        overdue = `killed after ${ms} ms without an answer`;
        child.kill('SIGKILL');
      }, ms);
      if (pending.size === 0) busy(child);
      pending.set(id, { resolve, reject, timer });
      // A channel that is closed already is followed by the end of the process, which answers this too.
      if (child.connected) child.send({ id, kind, ...body }, () => {});
    });
  return {
    pid: child.pid ?? 0,
    open: (request) => ask('open', request, times.openMs),
    probe: (feeds) => ask('probe', { feeds }, times.openMs),
    run: (feeds, outputs) => ask('run', { feeds, outputs }, times.runMs),
    release: async () => {
      await ask('release', {}, times.runMs);
    },
    end: async () => {
      busy(child);
      if (child.connected) child.disconnect();
      // It ends with its channel, unless it computes something that nobody waits for any more, or has not begun to listen.
      const timer = setTimeout(() => child.kill('SIGKILL'), endMs);
      await ended;
      clearTimeout(timer);
    },
    ended,
  };
}

/** From a checkout the entry is TypeScript, in an image JavaScript; flags that load the one are handed on. */
function spawn(): ChildProcess {
  const entry = fileURLToPath(import.meta.url).replace(/process\.([jt]s)$/, 'model-process.$1');
  const child = fork(entry, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: process.execArgv.filter((flag) => !ownFlags.test(flag)),
  });
  idle(child);
  return child;
}

type Handle = { ref(): void; unref(): void } | null | undefined;

function handles(child: ChildProcess): Handle[] {
  return [child, child.channel, child.stderr as unknown as Handle];
}

/** A process that waits for work does not keep this one from ending. */
function idle(child: ChildProcess): void {
  for (const handle of handles(child)) handle?.unref();
}

function busy(child: ChildProcess): void {
  for (const handle of handles(child)) handle?.ref();
}

/** The last line that it wrote before it ended is most often the reason. */
function endText(code: number | null, signal: NodeJS.Signals | null, complaint: string): string {
  const how = signal === null ? `ended with code ${code}` : `ended by ${signal}`;
  const line = complaint.trim().split('\n').at(-1)?.trim().slice(0, 300) ?? '';
  return line === '' ? `the model's process ${how}` : `the model's process ${how}: ${line}`;
}
