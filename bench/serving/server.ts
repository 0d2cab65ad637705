/** A server as a process on one core: started, asked whether it is ready, looked at through /proc, ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export const CORES = { server: '0', load: '1' } as const;
const READY_SECONDS = 120;

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd: string;
}

export interface Server {
  /** Seconds from its start to its first "ready". */
  readonly start: number;
  readonly port: number;
  /** Absent where it does not speak gRPC. */
  readonly grpcPort?: number;
  /** Seconds of CPU of the process and all below it so far. */
  cpu(): number;
  /** Resident memory of the same, in bytes. */
  memory(): number;
  stop(): Promise<void>;
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('bug: a listening socket has no port');
  return address.port;
}

export interface Ports {
  readonly port: number;
  readonly grpcPort?: number;
}

export async function startServer(command: Command, ports: Ports, readyPath: string, log: string): Promise<Server> {
  const file = openSync(log, 'w');
  const begin = performance.now();
  const child = spawn('taskset', ['-c', CORES.server, command.program, ...command.args], {
    cwd: command.cwd,
    env: { ...process.env, ...command.env },
    stdio: ['ignore', file, file],
    detached: true,
  });
  closeSync(file);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const stop = () => end(child, ended);
  const url = `http://127.0.0.1:${ports.port}${readyPath}`;
  while (!(await isReady(url))) {
    if (child.exitCode !== null || child.pid === undefined || performance.now() - begin > READY_SECONDS * 1000) {
      await stop();
      throw new Error(`${command.program} did not become ready: ${readFileSync(log, 'utf8').slice(-2000)}`);
    }
    await pause(5);
  }
  const start = (performance.now() - begin) / 1000;
  const pid = child.pid ?? 0;
  return { start, ...ports, cpu: () => sum(pid, cpuOf), memory: () => sum(pid, memoryOf), stop };
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.pid === undefined) return;
  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(-(child.pid ?? 0), name);
    } catch {
      // It has ended already.
    }
  };
  signal('SIGTERM');
  const timer = setTimeout(() => signal('SIGKILL'), 8000);
  await ended;
  clearTimeout(timer);
  // What it may have left behind.
  signal('SIGKILL');
}

function sum(pid: number, of: (pid: number) => number): number {
  return [pid, ...descendants(pid)].reduce((total, one) => total + of(one), 0);
}

function descendants(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: Number(statOf(Number(name))?.[1]) }));
  const below = (of: number): number[] =>
    parents.filter(({ parent }) => parent === of).flatMap((one) => [one.pid, ...below(one.pid)]);
  return below(pid);
}

/** Fields of /proc/<pid>/stat from the third on (proc(5)). */
function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** User and system time, also of children that have ended: fields 14 to 17, in hundredths. */
function cpuOf(pid: number): number {
  const fields = statOf(pid)?.slice(11, 15) ?? [];
  return fields.reduce((total, field) => total + Number(field) / 100, 0);
}

function memoryOf(pid: number): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
