/** A program of this repository as a child process, on the source tree as it is, that tells events in a JSON log. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** One line of a log; `event` where the line announces one. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly event?: string;
  readonly [field: string]: unknown;
}

export interface LogProcess {
  readonly pid: number | undefined;
  /** Resolves with the line that announces one of the events; rejects when the process ends before. */
  waitFor(events: readonly string[]): Promise<LogLine>;
  /** Resolves when the process has ended. */
  readonly ended: Promise<number | null>;
  stop(): Promise<void>;
}

export interface LogProcessOptions {
  /** What it is called in messages: `the predictor`. */
  readonly name: string;
  /** Path of the script. */
  readonly main: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Called for every line of the log. */
  readonly onLine: (line: LogLine) => void;
}

export function startLogProcess(options: LogProcessOptions): LogProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', options.main, ...options.args], {
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const waiting: { events: readonly string[]; resolve(line: LogLine): void; reject(error: Error): void }[] = [];
  const tail: string[] = [];
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  createInterface({ input: child.stderr }).on('line', (text) => {
    tail.push(text);
    if (tail.length > 20) tail.shift();
    const line = parseLine(text);
    options.onLine(line);
    for (const one of [...waiting]) {
      if (line.event === undefined || !one.events.includes(line.event)) continue;
      waiting.splice(waiting.indexOf(one), 1);
      one.resolve(line);
    }
  });
  void ended.then((code) => {
    for (const one of waiting) one.reject(new Error(`${options.name} ended with code ${code}:\n${tail.join('\n')}`));
  });
  return {
    pid: child.pid,
    waitFor: (events) =>
      new Promise((resolve, reject) => {
        if (child.exitCode !== null) reject(new Error(`${options.name} ended:\n${tail.join('\n')}`));
        else waiting.push({ events, resolve, reject });
      }),
    ended,
    stop: () => stopChild(child, ended),
  };
}

async function stopChild(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  await ended;
}

function parseLine(text: string): LogLine {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    // Not from the log: Node itself writes warnings and crashes as plain text.
    return { level: 'error', msg: text };
  }
}
