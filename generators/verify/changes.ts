/** What differs between two renderings of a cluster: a check that has passed need not be made again for the rest. */
import type { PlacedObject, Rendered } from '../render/render.ts';

/** An object that stands in the same file as before, with another content. */
export interface Change {
  readonly before: PlacedObject;
  readonly now: PlacedObject;
}

/** The objects whose text has changed; undefined when objects have come, gone or moved. */
export function changesOf(before: Rendered, now: Rendered): Change[] | undefined {
  if (before.objects.length !== now.objects.length || before.files.size !== now.files.size) return undefined;
  const changes: Change[] = [];
  for (const [index, object] of now.objects.entries()) {
    const old = before.objects[index];
    // Most are the very same; the others are told apart by what is written.
    if (old === object) continue;
    if (old === undefined || old.file !== object.file) return undefined;
    if (before.files.get(old.file) !== now.files.get(object.file)) changes.push({ before: old, now: object });
  }
  return changes;
}

/** The objects that were not there before. */
export function newObjects(before: Rendered | undefined, now: Rendered): readonly PlacedObject[] {
  if (before === undefined) return now.objects;
  const known = new Set(before.objects);
  return now.objects.filter((object) => !known.has(object));
}
