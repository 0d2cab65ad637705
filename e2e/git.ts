/** A git server for Argo CD, and the working copy that its pull requests come from. */
import { existsSync, mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { run } from './processes.ts';
import { startDaemon } from './services/daemon.ts';

const PORT = 9418;
const PERSON = ['-c', 'user.name=e2e', '-c', 'user.email=e2e@localhost'];

export interface GitServer {
  /** As Argo CD names a repository of it. */
  url(name: string): string;
  /** A bare repository below the served folder. */
  path(name: string): string;
  close(): Promise<void>;
}

/** `git daemon` over `folder`, read-only: pushes go through the file system. */
export async function serveGit(folder: string, address: string): Promise<GitServer> {
  mkdirSync(folder, { recursive: true });
  const args = [
    'daemon',
    `--listen=${address}`,
    `--port=${PORT}`,
    '--reuseaddr',
    '--export-all',
    `--base-path=${folder}`,
    folder,
  ];
  const daemon = await startDaemon({
    name: `git daemon on port ${PORT} of ${address}`,
    command: 'git',
    args,
    log: join(folder, 'git-daemon.log'),
    ready: () => answers(address, PORT),
    seconds: 10,
  });
  return {
    url: (name) => `git://${address}/${name}.git`,
    path: (name) => join(folder, `${name}.git`),
    close: () => daemon.stop(),
  };
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

export async function git(folder: string, ...args: string[]): Promise<string> {
  return (await run('git', [...PERSON, '-C', folder, ...args])).out.trim();
}

/** An empty bare repository whose branch is main. */
export async function createBare(path: string): Promise<void> {
  if (!existsSync(path)) await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', path]);
}

/** Everything in the folder as one commit on main of the bare repository; nothing where nothing changed. */
export async function push(folder: string, message: string): Promise<string> {
  await git(folder, 'add', '--all');
  if ((await git(folder, 'status', '--porcelain')) !== '') await git(folder, 'commit', '--quiet', '--message', message);
  await git(folder, 'push', '--quiet', 'origin', 'HEAD:main');
  return git(folder, 'rev-parse', 'HEAD');
}
