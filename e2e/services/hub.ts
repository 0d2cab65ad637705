/** A person on JupyterHub runs a notebook: signs in, starts a server, uploads the file, runs every cell on a kernel. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fetch } from 'undici';
import {
  accessToken,
  authorize,
  type HubAddress,
  logIn,
  openHub,
  type Person,
  signUp,
  startServer,
} from './hub-session.ts';
import { connectKernel } from './kernel.ts';

export interface NotebookRun {
  readonly hub: HubAddress;
  readonly user: string;
  readonly password: string;
  /** File on this machine. */
  readonly notebookPath: string;
  readonly log: (line: string) => void;
  /** How long the person's server may take to start; 120 without it. */
  readonly startSeconds?: number;
}

export interface CellOutput {
  /** Counted from 1 over the code cells. */
  readonly cell: number;
  readonly text: string;
}

interface Notebook {
  readonly cells: readonly { readonly cell_type: string; readonly source: string | readonly string[] }[];
}

/**
 * Signs up an administrator, whose name the hub's configuration has, and a person whom the administrator lets in. Both can
 * log in afterwards.
 */
export async function admit(
  address: HubAddress,
  administrator: { readonly user: string; readonly password: string },
  person: { readonly user: string; readonly password: string },
): Promise<void> {
  const hub = openHub(address);
  try {
    if (!(await signUp(hub, administrator.user, administrator.password))) {
      throw new Error(`${administrator.user} is no administrator of ${address.url}`);
    }
    const free = await signUp(hub, person.user, person.password);
    if (!free) await authorize(await logIn(hub, administrator.user, administrator.password), person.user);
  } finally {
    await hub.close();
  }
}

/** Runs a notebook as somebody who can log in. Throws at the first cell that fails, with its number and traceback. */
export async function runNotebook(run: NotebookRun): Promise<CellOutput[]> {
  const hub = openHub(run.hub);
  try {
    const person = await logIn(hub, run.user, run.password);
    run.log(`${run.user} is in; starting the server`);
    await startServer(person, run.startSeconds ?? 120);
    return await runCells(person, run);
  } finally {
    await hub.close();
  }
}

async function runCells(person: Person, { notebookPath, log }: NotebookRun): Promise<CellOutput[]> {
  const { url, dispatcher } = person.hub;
  const headers = { authorization: `token ${await accessToken(person)}` };
  const server = `${url}/user/${encodeURIComponent(person.user)}/api`;
  const call = async <T>(method: string, path: string, body: object): Promise<T> => {
    const answer = await fetch(server + path, { method, headers, body: JSON.stringify(body), dispatcher });
    if (!answer.ok) throw new Error(`${method} ${path}: the server answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  const path = basename(notebookPath);
  const content = JSON.parse(readFileSync(notebookPath, 'utf8')) as Notebook;
  await call('PUT', `/contents/${encodeURIComponent(path)}`, { type: 'notebook', format: 'json', content });
  const session = { path, name: path, type: 'notebook', kernel: { name: 'python3' } };
  const { kernel } = await call<{ kernel: { id: string } }>('POST', '/sessions', session);
  const channels = `${server.replace(/^http/, 'ws')}/kernels/${kernel.id}/channels`;
  const connection = await connectKernel({ url: channels, headers, dispatcher });
  try {
    return await each(codeOf(content), async (code, cell) => {
      log(`cell ${cell}: ${code.split('\n')[0]}`);
      const text = await connection.run(code).catch((error: Error) => {
        throw new Error(`cell ${cell} of ${path} failed:\n${code}\n\n${error.message}`);
      });
      return { cell, text };
    });
  } finally {
    connection.close();
    // Nothing to read, and a failing cell is the more important news.
    await fetch(`${server}/kernels/${kernel.id}`, { method: 'DELETE', headers, dispatcher }).catch(() => undefined);
  }
}

function codeOf({ cells }: Notebook): string[] {
  return cells
    .filter(({ cell_type }) => cell_type === 'code')
    .map(({ source }) => (typeof source === 'string' ? source : source.join('')));
}

async function each<T>(codes: readonly string[], run: (code: string, cell: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (const [index, code] of codes.entries()) results.push(await run(code, index + 1));
  return results;
}
