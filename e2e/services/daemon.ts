/** A program that runs beside the cluster until it is stopped, with its output in a file. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface DaemonOptions {
  /** For people. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** File that the output is appended to. */
  readonly log: string;
  /** Asked until it says yes; an error counts as no. */
  readonly ready: () => Promise<boolean>;
  /** How long it may take to get ready; 60 without it. */
  readonly seconds?: number;
}

export interface Daemon {
  readonly pid: number;
  /** Ends the program and what it started; nothing if it has ended. */
  stop(): Promise<void>;
}

/** Starts a program and waits until it is ready. Throws with the end of its output if it ends before, or takes too long. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { name, command, args, environment, cwd, log, ready, seconds = 60 } = options;
  mkdirSync(dirname(log), { recursive: true });
  const output = openSync(log, 'a');
  // A group of its own, so that the workers it starts end with it.
  const child = spawn(command, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', output, output],
    detached: true,
    ...(cwd === undefined ? {} : { cwd }),
  });
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  const stop = () => stopGroup(child);
  try {
    await Promise.race([failed, waitUntil(ready, child, seconds)]);
  } catch (error) {
    await stop();
    throw new Error(`${name} did not start: ${error instanceof Error ? error.message : error}\n${endOf(log)}`);
  }
  return { pid: child.pid ?? 0, stop };
}

async function waitUntil(ready: () => Promise<boolean>, child: ChildProcess, seconds: number): Promise<void> {
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    if (ended(child)) throw new Error(`it ended with ${child.exitCode ?? child.signalCode}`);
    if (await ready().catch(() => false)) return;
    await pause(200);
  }
  throw new Error(`it was not ready within ${seconds} s`);
}

async function stopGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || ended(child)) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    process.kill(-child.pid, signal);
    await Promise.race([exit, pause(10_000, undefined, { ref: false })]);
    if (ended(child)) return;
  }
}

function ended(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function endOf(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-20).join('\n');
}
