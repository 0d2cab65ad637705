/** The program as a child process, with the events of its log. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export type Line = Readonly<Record<string, unknown>>;

export interface Program {
  readonly child: ChildProcess;
  /** The next event of one of these kinds; those before it are passed over. */
  next(...events: string[]): Promise<Line>;
  readonly exit: Promise<number | null>;
  readonly output: string[];
}

const children = new Set<ChildProcess>();
/** No test runs that long: whoever still waits for an event or the end is told that there is none. */
const lifeMs = 300_000;

export function startProgram(args: readonly string[], env: Readonly<Record<string, string>> = {}): Program {
  const command = ['--import', 'tsx', join(import.meta.dirname, '../main.ts'), ...args];
  const child = spawn(process.execPath, command, {
    cwd: join(import.meta.dirname, '../..'),
    env: { PATH: process.env['PATH'], ...env },
  });
  children.add(child);
  const life = setTimeout(() => child.kill('SIGKILL'), lifeMs).unref();
  child.once('exit', () => clearTimeout(life));
  const output: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const lines = createInterface({ input: child.stderr })[Symbol.asyncIterator]();
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const next = async (...events: string[]) => {
    for (;;) {
      const { value, done } = (await lines.next()) as IteratorResult<string, undefined>;
      if (done === true || value === undefined) throw new Error(`no event ${events.join(' or ')} in ${output.slice(-20).join('\n')}`);
      output.push(value);
      const line = value.startsWith('{') ? (JSON.parse(value) as Line) : { event: 'text', msg: value };
      if (events.includes(String(line['event']))) return line;
    }
  };
  return { child, next, exit, output };
}

/** Those that still run. */
export function endPrograms(): void {
  for (const child of children) child.kill('SIGKILL');
}
