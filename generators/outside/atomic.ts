/** Writes files so that nobody ever sees half of one. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const readableByAll = 0o644;

/** Replaces one file. */
export async function writeAtomic(path: string, text: string): Promise<void> {
  await writeAllAtomic(new Map([[path, text]]));
}

/** Replaces several files: all texts are on disk before the first takes its name, and a failure leaves no remains. */
export async function writeAllAtomic(files: ReadonlyMap<string, string>): Promise<void> {
  const drafts = new Map<string, string>();
  try {
    for (const [path, text] of files) {
      const draft = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
      drafts.set(path, draft);
      await mkdir(dirname(path), { recursive: true });
      await writeDraft(draft, text);
    }
    for (const [path, draft] of drafts) await rename(draft, path);
  } finally {
    for (const draft of drafts.values()) await rm(draft, { force: true });
  }
}

async function writeDraft(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', readableByAll);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(path, readableByAll);
}
