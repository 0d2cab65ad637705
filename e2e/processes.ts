/** Programs that a run starts: with their output, and with an end. */
import { spawn } from 'node:child_process';

export interface Ran {
  readonly out: string;
  readonly code: number;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  readonly seconds?: number;
  /** Exit codes that are no failure. */
  readonly fine?: readonly number[];
}

/** Rejects with the end of the output where the program fails or takes too long (two minutes unless told). */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { cwd, env, input, seconds = 120, fine = [0] } = options;
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env } as NodeJS.ProcessEnv, stdio: 'pipe' });
  const said: string[] = [];
  const out: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    said.push(chunk.toString());
    out.push(chunk.toString());
  });
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  child.stdin.on('error', () => {});
  child.stdin.end(input ?? '');
  const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new Error(`Cannot start ${program}: ${error.message}`)));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code !== null && fine.includes(code)) return resolve({ out: out.join(''), code });
      const why = signal === 'SIGKILL' ? `took longer than ${seconds} s` : `ended with ${code ?? signal}`;
      reject(new Error(`${program} ${args.join(' ')} ${why}\n${said.join('').slice(-6000)}`));
    });
  });
}
