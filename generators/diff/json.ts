/** The difference for programs. Texts of files are left out: git has them. */
import type { Diff } from './diff.ts';
import { nameOf, objectOf } from './objects.ts';

export function diffJson(
  { models, clusters, risks, objects, files }: Diff,
  base: string,
  notes: readonly string[],
): string {
  const value = {
    base,
    notes,
    models,
    clusters,
    risks,
    objects: objects.map((one) => {
      const { cluster, file, change, fields } = one;
      return { cluster, file, change, object: nameOf(objectOf(one)), fields };
    }),
    files: files.map(({ path, before, after }) => ({
      path,
      change: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
    })),
  };
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
