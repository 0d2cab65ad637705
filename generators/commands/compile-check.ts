/** Checks manifests in memory, and remembers which it found without fault: a second run checks what has changed. */
import type { KubeObject } from '../kube/object.ts';
import { schemaStore } from '../outside/schema-store.ts';
import { allow, type Problem } from '../problem.ts';
import type { PlacedObject, Rendered } from '../render/render.ts';
import type { Platform } from '../resolve/platform.ts';
import { checkAdmission, checkPriorities } from '../verify/admission/admission.ts';
import { isRuntime } from '../verify/admission/runtime.ts';
import { createCelChecker } from '../verify/cel.ts';
import { changesOf, newObjects } from '../verify/changes.ts';
import { checkObjects, keepsReferences } from '../verify/objects.ts';
import { checkPolicy } from '../verify/policy/policy.ts';
import { createSchemaChecker } from '../verify/schemas.ts';

/** Checks what differs from the last manifests of the cluster that were without fault; all of them at first. */
export interface ManifestChecker {
  (platform: Platform, rendered: Rendered, now: Date): Problem[];
  readonly skippedRules: ReadonlySet<string>;
}

/** What one object shows by itself: its schema, and where that holds, the rules of its CRD and what KServe would say. */
export interface ObjectChecker {
  (object: KubeObject, file: string): readonly Problem[];
  /** Rules of CRDs that compare with the object before, and so were not run. */
  readonly skippedRules: ReadonlySet<string>;
}

/** `schemas`: folder of the schemas that KServe's release has of its own. */
export function createObjectChecker(schemas?: string): ObjectChecker {
  const load = schemaStore(undefined, schemas);
  const checkSchema = createSchemaChecker(load);
  const checkRules = createCelChecker(load);
  const check = (object: KubeObject, file: string): readonly Problem[] => {
    const faults = checkSchema(object, file);
    if (faults.length > 0) return faults;
    const broken = checkRules(object, file);
    const refused = checkAdmission(object, file);
    return broken.length === 0 ? refused : [...broken, ...refused];
  };
  return Object.assign(check, { skippedRules: checkRules.skipped });
}

export function createManifestChecker(): ManifestChecker {
  const skippedRules = new Set<string>();
  const checkers = new Map<string | undefined, ObjectChecker>();
  const checkerOf = ({ site }: Platform): ObjectChecker => {
    const { schemas } = site.kserve;
    const checker = checkers.get(schemas) ?? createObjectChecker(schemas);
    checkers.set(schemas, checker);
    return checker;
  };
  const sound = new Map<string, Rendered>();
  const check = (platform: Platform, rendered: Rendered, now: Date): Problem[] => {
    const { cluster, policy } = platform.site;
    const checkObject = checkerOf(platform);
    const before = sound.get(cluster);
    const changes = before === undefined ? undefined : changesOf(before, rendered);
    const problems: Problem[] = [];
    for (const { object, file } of changes?.map(({ now }) => now) ?? newObjects(before, rendered)) {
      for (const problem of checkObject(object, file)) problems.push(problem);
    }
    for (const rule of checkObject.skippedRules) skippedRules.add(rule);
    if (changes === undefined || !changes.every(keepsReferences)) {
      for (const problem of checkObjects(rendered.objects)) problems.push(problem);
    }
    if (changes === undefined || changes.some(({ now }) => isRuntime(now.object))) {
      for (const problem of checkPriorities(soundRuntimes(rendered.objects, problems))) problems.push(problem);
    }
    if (allow(problems)) {
      // A waiver that excepts nothing any more is seen only where every object is.
      const judged = policy.waivers.length === 0 ? changes?.map((change) => change.now) : undefined;
      const file = `clusters/${cluster}/cluster.yaml`;
      const input = { file, policy, objects: judged ?? rendered.objects, models: platform.models, now };
      for (const problem of checkPolicy(input)) problems.push(problem);
    }
    if (problems.length === 0) sound.set(cluster, rendered);
    return problems;
  };
  return Object.assign(check, { skippedRules });
}

/** Runtimes whose schema holds: the others have been reported, and their types cannot be trusted. */
export function soundRuntimes(placed: readonly PlacedObject[], problems: readonly Problem[]): PlacedObject[] {
  const faulty = new Set(problems.map(({ where }) => where.file));
  return placed.filter(({ object, file }) => isRuntime(object) && !faulty.has(file));
}
