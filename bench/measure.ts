/** Runs a program and says what it took: wall time, CPU time of it and its children, and its peak memory. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

export interface Cost {
  /** Seconds from start to exit. */
  readonly wall: number;
  /** Seconds of CPU, user and system; undefined where /proc does not tell. */
  readonly cpu: number | undefined;
  /** Peak resident memory in bytes (VmHWM); undefined where /proc does not tell. */
  readonly memory: number | undefined;
}

export interface Ran extends Cost {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

export interface RunOptions {
  readonly cwd: string;
  /** File that takes standard output; without it the output is kept. */
  readonly outputFile?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** One program at a time: the CPU time is that of all children that ended meanwhile. */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<Ran> {
  const file = options.outputFile === undefined ? undefined : openSync(options.outputFile, 'w');
  const cpuBefore = childrenCpu();
  const start = performance.now();
  const child = spawn(command, [...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', file ?? 'pipe', 'pipe'],
  });
  const memory = watchMemory(child.pid);
  const [output, errors, code] = await Promise.all([collect(child.stdout), collect(child.stderr), exit(child)]);
  const wall = (performance.now() - start) / 1000;
  if (file !== undefined) closeSync(file);
  const cpuAfter = childrenCpu();
  const cpu = cpuBefore === undefined || cpuAfter === undefined ? undefined : cpuAfter - cpuBefore;
  return { wall, cpu, memory: memory.stop(), code, output, errors };
}

/** Peak resident memory of a process so far, in bytes. */
export function peakMemory(process: number | 'self'): number | undefined {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readProc(`/proc/${process}/status`) ?? '')?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** The peak only grows, so that the last look before the exit is the nearest to it. */
function watchMemory(process: number | undefined): { stop(): number | undefined } {
  let peak: number | undefined;
  const look = () => {
    const now = process === undefined ? undefined : peakMemory(process);
    if (now !== undefined) peak = Math.max(peak ?? 0, now);
  };
  const timer = setInterval(look, 20);
  return {
    stop: () => {
      clearInterval(timer);
      return peak;
    },
  };
}

/** Seconds of CPU of all children that have ended: fields 16 and 17 of /proc/self/stat, in hundredths (proc(5)). */
function childrenCpu(): number | undefined {
  const stat = readProc('/proc/self/stat');
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

async function collect(stream: NodeJS.ReadableStream | null): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream ?? []) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString('utf8');
}

function exit(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? -1));
  });
}

/** The middle one; of an even number the lower of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}
