/** What differs between two renderings: a check that has passed need not be made again for the rest. */
import type { PlacedObject, Rendered, RenderedFile } from '../render/render.ts';

/** An object that stands in the same file as before, with another content. */
export interface Change {
  readonly before: PlacedObject;
  readonly now: PlacedObject;
}

/** The objects whose text has changed; undefined when files or objects have come, gone or moved. */
export function changesOf(before: Rendered, now: Rendered): Change[] | undefined {
  const pairs = changedPairs(before.parts, now.parts);
  if (pairs === undefined || pairs.some(([old, file]) => old.placed.length !== file.placed.length)) return undefined;
  return pairs.flatMap(([old, file]) =>
    file.placed.flatMap((object, index) => {
      const known = old.placed[index];
      return known === undefined ? [] : [{ before: known, now: object }];
    }),
  );
}

/** The objects that were not there before. */
export function newObjects(before: Rendered | undefined, now: Rendered): readonly PlacedObject[] {
  if (before === undefined) return now.objects;
  const known = new Set(before.parts);
  return now.parts.filter((part) => !known.has(part)).flatMap(({ placed }) => placed);
}

/** Paths of the files that have come, gone or changed. */
export function changedFiles(before: readonly RenderedFile[], now: readonly RenderedFile[]): string[] {
  const pairs = changedPairs(before, now);
  if (pairs !== undefined) return pairs.map(([, { path }]) => path);
  const texts = new Map(before.map(({ path, text }) => [path, text]));
  const written = now.filter(({ path, text }) => texts.get(path) !== text).map(({ path }) => path);
  for (const { path } of now) texts.delete(path);
  return [...written, ...texts.keys()];
}

/** Files at the same place with different texts; undefined where not every file stands at its old place in the list. */
function changedPairs(before: readonly RenderedFile[], now: readonly RenderedFile[]) {
  if (before.length !== now.length) return undefined;
  const pairs: [RenderedFile, RenderedFile][] = [];
  for (let index = 0; index < now.length; index += 1) {
    const old = before[index];
    const file = now[index];
    // Nearly all are the very same.
    if (old === file || old === undefined || file === undefined) continue;
    if (old.path !== file.path) return undefined;
    if (old.text !== file.text) pairs.push([old, file]);
  }
  return pairs;
}
