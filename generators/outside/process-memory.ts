/** How much memory a process and its children hold, as a container's limit counts it. */
import { readdir, readFile } from 'node:fs/promises';

/**
 * Bytes of the process tree: shared pages are divided among those who share them (PSS), so the sum counts each once.
 * Undefined where the system has no /proc, as macOS.
 */
export async function treeMemory(pid: number): Promise<number | undefined> {
  const sizes = await Promise.all((await treeOf(pid)).map(memoryOf));
  const known = sizes.filter((size) => size !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, size) => sum + size, 0);
}

async function treeOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(absent);
  const children = await Promise.all(
    (threads ?? []).map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(absent)),
  );
  const pids = children.flatMap((text) => (text ?? '').split(' ').filter((word) => word !== '')).map(Number);
  return [pid, ...(await Promise.all(pids.map(treeOf))).flat()];
}

async function memoryOf(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(absent);
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(text ?? '')?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** A process that has just ended, or a system without /proc. */
function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ESRCH' || error.code === 'EACCES') return undefined;
  throw error;
}
