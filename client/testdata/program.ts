/** A program as a child process of a test: it starts in time or fails with what it said, and it never outlives the test. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Program {
  readonly port: number;
  readonly url: string;
  /** The line with which it became ready: its log's members, or the groups of the expression. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** Every line that it wrote so far. */
  readonly log: readonly string[];
  /** Its exit code; null where a signal ended it. Rejects when it does not end in time. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** A busy machine takes long; a program that takes longer hangs. */
const START_MS = 180_000;
/** Longer than the programs' own patience with requests in flight, which is 30 s. */
const STOP_MS = 40_000;

/** Runs node with `args` until it writes a line of its log with this `event`, or one that matches. */
export async function startProgram(
  args: readonly string[],
  event: string | RegExp,
  options: SpawnOptions = {},
): Promise<Program> {
  // A group of its own: what it started ends with it, also when it is ended by force.
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const kill = (): void => killGroup(child);
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
    for (const input of [child.stdout, child.stderr]) {
      if (input === null) continue;
      createInterface({ input }).on('line', (text) => {
        log.push(text);
        const found = membersOf(text, event);
        if (found !== undefined) resolve(found);
      });
    }
  });
  const late = (): string => `${args.join(' ')} is not ready after ${START_MS} ms:\n${said()}`;
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

function membersOf(text: string, event: string | RegExp): Readonly<Record<string, unknown>> | undefined {
  if (event instanceof RegExp) {
    const match = event.exec(text);
    return match === null ? undefined : (match.groups ?? {});
  }
  const line = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
  return line['event'] === event ? line : undefined;
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
      killGroup(child);
      throw error;
    },
  );
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
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
