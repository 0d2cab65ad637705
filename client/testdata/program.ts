/** A program as a child process of a test: it starts in time or fails with what it said, and it never outlives the test. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Program {
  readonly port: number;
  readonly url: string;
  /** What it logged as it became ready. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** Every line of its log so far. */
  readonly log: readonly string[];
  /** Its exit code; null where a signal ended it. Rejects when it does not end in time. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** A busy machine takes long; a program that takes longer hangs. */
const START_MS = 90_000;
/** Longer than the programs' own patience with requests in flight, which is 30 s. */
const STOP_MS = 40_000;

/** Runs node with `args` and waits for the line of its log on stderr that has this `event`. */
export async function startProgram(args: readonly string[], event: string, options: SpawnOptions = {}): Promise<Program> {
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      process.off('exit', kill);
      resolve(code);
    });
  });
  // Whoever waits for it hears of a fault; nobody may be waiting.
  exit.catch(() => {});
  const log: string[] = [];
  const said = (): string => log.slice(-20).join('\n');
  const begun = new Promise<Readonly<Record<string, unknown>>>((resolve, reject) => {
    exit.then((code) => reject(new Error(`${args.join(' ')} ended with ${code}:\n${said()}`)), reject);
    if (child.stderr === null) return;
    createInterface({ input: child.stderr }).on('line', (text) => {
      log.push(text);
      const line = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
      if (line['event'] === event) resolve(line);
    });
  });
  const late = (): string => `${args.join(' ')} is not ${event} after ${START_MS} ms:\n${said()}`;
  const ready = await within(begun, START_MS, late).catch((error: unknown) => {
    kill();
    throw error;
  });
  return {
    port: Number(ready['port']),
    url: `http://127.0.0.1:${Number(ready['port'])}`,
    ready,
    log,
    stop: (signal = 'SIGTERM') => stop(child, exit, signal, said),
  };
}

async function stop(
  child: ChildProcess,
  exit: Promise<number | null>,
  signal: NodeJS.Signals,
  said: () => string,
): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  return within(exit, STOP_MS, () => `${child.spawnargs.join(' ')} runs ${STOP_MS} ms after ${signal}:\n${said()}`).catch(
    (error: unknown) => {
      child.kill('SIGKILL');
      throw error;
    },
  );
}

/** Rejects with `why` when `what` takes longer than `ms`. */
export async function within<Value>(what: Promise<Value>, ms: number, why: () => string): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(why())), ms);
  });
  try {
    return await Promise.race([what, late]);
  } finally {
    clearTimeout(timer);
  }
}
