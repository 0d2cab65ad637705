/** Projects for tests: the base project with a fixture's files laid over it, in a folder of their own. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));

/** What the comments at the head of a fixture's files ask for. */
export interface Fixture {
  readonly name: string;
  /** `# expect CODE file:line:column`, or with `warning` behind it. */
  readonly expected: readonly string[];
  /** `# without <path>`: files or folders of the base that this fixture lacks. */
  readonly without: readonly string[];
  /** `# now <date>`: when the fixture is judged. */
  readonly now: Date;
}

/** Names of the folders of `testdata/<kind>`. */
export function fixtureNames(kind: 'valid' | 'invalid'): string[] {
  return readdirSync(join(here, kind), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

export function readFixture(kind: 'valid' | 'invalid', name: string): Fixture {
  const folder = join(here, kind, name);
  const heads = filesBelow(folder).flatMap((file) => {
    const lines = readFileSync(join(folder, file), 'utf8').split('\n');
    const first = lines.findIndex((line) => !line.startsWith('# '));
    return lines.slice(0, first < 0 ? lines.length : first);
  });
  const all = (word: string) =>
    heads.filter((line) => line.startsWith(`# ${word} `)).map((line) => line.slice(word.length + 3));
  const now = new Date(all('now')[0] ?? '2026-12-01T00:00:00Z');
  return { name, expected: all('expect'), without: all('without'), now };
}

/** Lays a fixture over the base; the caller removes the folder. */
export function layOut(kind: 'valid' | 'invalid', { name, without }: Pick<Fixture, 'name' | 'without'>): string {
  const root = layOutBase();
  for (const path of without) rmSync(join(root, path), { recursive: true });
  cpSync(join(here, kind, name), root, { recursive: true });
  return root;
}

/** The base project alone. */
export function layOutBase(): string {
  const root = mkdtempSync(join(tmpdir(), 'kserve-gitops-'));
  cpSync(join(here, 'base'), root, { recursive: true });
  return root;
}

/** Runs `use` in a project folder, which is removed afterwards. */
export async function within<T>(root: string, use: (root: string) => Promise<T>): Promise<T> {
  try {
    return await use(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** Every file below a folder, as sorted paths relative to it. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length))
    .sort();
}
