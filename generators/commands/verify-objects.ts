/** `npm run verify -- --objects <file|folder>`: manifests that are not made here, through every tier that judges objects. */
import type { KubeObject } from '../kube/object.ts';
import { readManifests } from '../outside/manifests.ts';
import { type Manifest, parseManifests } from '../parse/manifests.ts';
import { fault, type Problem, type Where } from '../problem.ts';
import type { PlacedObject } from '../render/render.ts';
import { type KserveRelease, kserveProfile, kserveProfiles } from '../resolve/kserve-profiles.ts';
import { resolvePolicy } from '../resolve/policy.ts';
import { checkPriorities } from '../verify/admission/admission.ts';
import { checkTaken } from '../verify/objects.ts';
import { checkPolicy } from '../verify/policy/policy.ts';
import { createObjectChecker, soundRuntimes } from './compile-check.ts';
import { createLocate } from './locate.ts';
import type { Outcome } from './outcome.ts';
import { skippedNote } from './verify.ts';

const RUN = ['T1', 'T2', 'T3', 'T5'] as const;
const NOT_RUN = ['T0', 'T4', 'T6', 'T7', 'T8', 'T9'] as const;

export interface CheckedManifests {
  readonly problems: readonly Problem[];
  readonly objects: readonly PlacedObject[];
  readonly skippedRules: ReadonlySet<string>;
}

/** Reads and checks every `.yaml`, `.yml` and `.json` file of the paths, as a release of KServe would; the oldest without it. */
export async function verifyObjects(paths: readonly string[], now: Date, kserve?: KserveRelease): Promise<Outcome> {
  const { texts, missing } = await readManifests(paths);
  const { problems, objects, skippedRules } = checkManifests(texts, now, kserve);
  const absent = missing.map((file) =>
    fault('FILE_MISSING', { file }, `Cannot find "${file}"`, 'Name a file or a folder that exists'),
  );
  return {
    problems: [...absent, ...problems],
    locate: createLocate(new Map(), (file) => texts.get(file)),
    done: `${objects.length} objects in ${texts.size} files checked`,
    summary: { files: texts.size, objects: objects.length, tiers: { run: RUN, notRun: NOT_RUN } },
    notes: [
      ...skippedNote(skippedRules),
      `judged as KServe ${kserve ?? kserveProfiles[0]?.version} would (--kserve)`,
      `tiers run: ${RUN.join(', ')}; not run: ${NOT_RUN.join(', ')}`,
    ],
  };
}

/** The same for texts by the names of their files. */
export function checkManifests(
  texts: ReadonlyMap<string, string>,
  now: Date,
  kserve?: KserveRelease,
): CheckedManifests {
  const checkObject = createObjectChecker(kserve === undefined ? undefined : kserveProfile(kserve).schemas);
  const problems: Problem[] = [];
  const objects: PlacedObject[] = [];
  const manifests = new Map<string, Manifest>();
  for (const [file, text] of texts) {
    const parsed = parseManifests(file, text);
    problems.push(...parsed.problems);
    for (const manifest of parsed.value ?? []) {
      manifests.set(manifest.place, manifest);
      if (isObject(manifest.value)) objects.push({ file: manifest.place, object: manifest.value });
      else problems.push(notAnObject(manifest));
    }
  }
  const found = objects.flatMap(({ object, file }) => checkObject(object, file));
  found.push(...checkTaken(objects), ...checkPriorities(soundRuntimes(objects, found)));
  // What no schema holds cannot be read by the rules of the policy; theirs are the defaults, without a cluster.
  const faulty = new Set(found.filter(({ code }) => code.startsWith('OBJECT_')).map(({ where }) => where.file));
  const judged = objects.filter(({ file }) => !faulty.has(file));
  found.push(...checkPolicy({ file: 'cluster.yaml', policy: resolvePolicy({}), objects: judged, models: [], now }));
  const locate = (where: Where): Where => manifests.get(where.file)?.locate(where) ?? where;
  for (const { where, related, ...rest } of found) {
    problems.push({
      ...rest,
      where: locate(where),
      ...(related === undefined ? {} : { related: related.map(locate) }),
    });
  }
  return { problems, objects, skippedRules: checkObject.skippedRules };
}

function isObject(value: unknown): value is KubeObject {
  const { apiVersion, kind, metadata } = (value ?? {}) as Partial<KubeObject>;
  return typeof apiVersion === 'string' && typeof kind === 'string' && typeof metadata?.name === 'string';
}

function notAnObject(manifest: Manifest): Problem {
  const message = `Cannot check "${manifest.place}": it lacks apiVersion, kind or metadata.name`;
  return fault('OBJECT_INVALID', manifest.locate({}), message, 'Write a Kubernetes object, or leave the file out');
}
