/** The commands that make and push an image: buildah's, where there is no docker, or docker's. */
import { spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';

export type BuilderName = 'buildah' | 'docker';

export interface Build {
  readonly dockerfile: string;
  /** Whole name, with the registry. */
  readonly target: string;
  readonly args: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Further contexts by name: folders. */
  readonly contexts: Readonly<Record<string, string>>;
}

/** Commands to run in the root of the repository, one after the other. */
export function commandsOf(builder: BuilderName, { dockerfile, target, args, labels, contexts }: Build): string[][] {
  const pairs = (flag: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
  const named = [...pairs('--build-arg', args), ...pairs('--label', labels), ...pairs('--build-context', contexts)];
  const common = ['--file', dockerfile, '--tag', target, ...named];
  if (builder === 'docker') {
    return [
      ['docker', 'build', ...common, '.'],
      ['docker', 'push', target],
    ];
  }
  // chroot: no container runtime is needed. The build gets this machine's certificates, as its downloads pass its proxy.
  const here = ['--isolation', 'chroot', '--tls-verify=false', '--volume', '/etc/ssl/certs:/etc/ssl/certs:ro'];
  const ignore = ['--ignorefile', `${dockerfile}.dockerignore`];
  return [
    ['buildah', 'bud', '--layers', ...here, ...ignore, ...common, '.'],
    ['buildah', 'push', '--tls-verify=false', target],
  ];
}

/** Runs commands with their output in a file; what fails is told with the file's end. */
export async function runAll(commands: readonly string[][], cwd: string, log: string): Promise<void> {
  for (const [index, [command = '', ...args]] of commands.entries()) {
    const output = createWriteStream(log, { flags: index === 0 ? 'w' : 'a' });
    const code = await new Promise<number | string>((resolve, reject) => {
      const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
      child.stdout.pipe(output, { end: false });
      child.stderr.pipe(output, { end: false });
      child.once('error', (error) => reject(new Error(`${command} cannot be run: ${error.message}`)));
      child.once('close', (exit, signal) => resolve(exit ?? signal ?? 'unknown'));
    }).finally(() => new Promise((resolve) => output.end(resolve)));
    if (code !== 0) {
      throw new Error(`"${command} ${args[0]}" ended with ${code}; the end of ${log}:\n${endOf(log, 40)}`);
    }
  }
}

function endOf(file: string, lines: number): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}
