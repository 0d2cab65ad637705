/** Checks manifests in memory, and remembers which it found without fault: a second run checks what has changed. */
import { schemaStore } from '../outside/schema-store.ts';
import type { Problem } from '../problem.ts';
import type { Rendered } from '../render/render.ts';
import { changesOf, newObjects } from '../verify/changes.ts';
import { checkObjects, keepsReferences } from '../verify/objects.ts';
import { createSchemaChecker } from '../verify/schemas.ts';

/** Checks what differs from the last manifests of the cluster that were without fault; all of them at first. */
export type ManifestChecker = (cluster: string, rendered: Rendered) => Problem[];

export function createManifestChecker(): ManifestChecker {
  const checkSchema = createSchemaChecker(schemaStore());
  const sound = new Map<string, Rendered>();
  return (cluster, rendered) => {
    const before = sound.get(cluster);
    const changes = before === undefined ? undefined : changesOf(before, rendered);
    const problems: Problem[] = [];
    for (const { object, file } of changes?.map(({ now }) => now) ?? newObjects(before, rendered)) {
      for (const problem of checkSchema(object, file)) problems.push(problem);
    }
    if (changes === undefined || !changes.every(keepsReferences)) {
      for (const problem of checkObjects(rendered.objects)) problems.push(problem);
    }
    if (problems.length === 0) sound.set(cluster, rendered);
    return problems;
  };
}
