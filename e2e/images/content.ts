/** What goes into an image, as one hash: the same hash, the same image. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Image } from './list.ts';

/**
 * Hash of the Dockerfile, of every file that its `.dockerignore` lets into the context, and of the base images' names.
 * Content alone counts, not times; 16 hexadecimal digits.
 */
export function contentHash(root: string, image: Image, args: Readonly<Record<string, string>>): string {
  const hash = createHash('sha256');
  for (const path of [image.dockerfile, ...contextFiles(root, image)]) {
    const file = join(root, path);
    hash.update(`${path}\0${statSync(file).mode & 0o111 ? 'x' : '-'}\0`).update(readFileSync(file));
  }
  for (const name of Object.keys(args).sort()) hash.update(`\0${name}=${args[name]}`);
  return hash.digest('hex').slice(0, 16);
}

/**
 * Paths of the context's files, sorted. The ignore file has the one form that this repository uses: `*`, then `!path` for
 * what is let in, then paths that are not.
 */
export function contextFiles(root: string, image: Image): string[] {
  const name = `${image.dockerfile}.dockerignore`;
  const lines = readFileSync(join(root, name), 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const strange = lines.find((line) => /[*?[]/.test(line.slice(line === '*' ? 1 : 0)));
  if (lines[0] !== '*' || strange !== undefined) {
    throw new Error(
      `${name}: the first line must be "*", and no other may have a pattern${strange ? `: ${strange}` : ''}`,
    );
  }
  const out = lines.filter((line) => line !== '*' && !line.startsWith('!'));
  const files = lines.filter((line) => line.startsWith('!')).flatMap((line) => filesBelow(root, line.slice(1), name));
  return files.filter((file) => !out.some((path) => file === path || file.startsWith(`${path}/`))).sort();
}

function filesBelow(root: string, path: string, named: string): string[] {
  const full = join(root, path);
  if (!existsSync(full)) throw new Error(`${named} lets in ${path}, which is not there`);
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full).flatMap((entry) => filesBelow(root, `${path}/${entry}`, named));
}
