/** Made files that differ → objects that come, go or change. */
import { type KubeObject, keyOf } from '../kube/object.ts';
import { diffValues, type FieldChange } from './fields.ts';

/** A made file on both sides; `undefined` where it is not there, or holds no objects (JSON, Markdown). */
export interface FileChange {
  readonly path: string;
  readonly before?: { readonly text: string; readonly objects: readonly KubeObject[] };
  readonly after?: { readonly text: string; readonly objects: readonly KubeObject[] };
}

export interface ObjectChange {
  readonly cluster: string;
  readonly file: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly before?: KubeObject;
  readonly after?: KubeObject;
  readonly fields: readonly FieldChange[];
}

/** Cluster of a made file: `apps/<cluster>/…` or `clusters/<cluster>/…`. */
export function clusterOf(path: string): string {
  return path.split('/')[1] ?? '';
}

/** Folder of an App, `model-iris` of `apps/prod/model-iris/x.yaml`; undefined for the Applications themselves. */
export function appOf(path: string): string | undefined {
  const [top, , app] = path.split('/');
  return top === 'apps' ? app : undefined;
}

/** An object that moves from one file to another of the same cluster is compared, not told as removed and added. */
export function objectChanges(files: readonly FileChange[]): ObjectChange[] {
  const before = placed(files, ({ before }) => before?.objects);
  const after = placed(files, ({ after }) => after?.objects);
  const changes: ObjectChange[] = [];
  for (const [key, { file, object }] of after) {
    const old = before.get(key);
    const cluster = clusterOf(file);
    if (old === undefined) changes.push({ cluster, file, change: 'added', after: object, fields: [] });
    else {
      const fields = diffValues(old.object, object);
      if (fields.length > 0) {
        changes.push({ cluster, file, change: 'changed', before: old.object, after: object, fields });
      }
    }
  }
  for (const [key, { file, object }] of before) {
    if (after.has(key)) continue;
    changes.push({ cluster: clusterOf(file), file, change: 'removed', before: object, fields: [] });
  }
  return changes.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
}

function placed(
  files: readonly FileChange[],
  objectsOf: (file: FileChange) => readonly KubeObject[] | undefined,
): Map<string, { readonly file: string; readonly object: KubeObject }> {
  const found = new Map<string, { file: string; object: KubeObject }>();
  for (const file of files) {
    for (const object of objectsOf(file) ?? []) {
      found.set(`${clusterOf(file.path)} ${keyOf(object)}`, { file: file.path, object });
    }
  }
  return found;
}

/** The objects of each App's folder, by `<cluster>/<app>`: a thousand models must not each look through all objects. */
export function byApp(objects: readonly ObjectChange[]): ReadonlyMap<string, readonly ObjectChange[]> {
  const groups = new Map<string, ObjectChange[]>();
  for (const one of objects) {
    const app = appOf(one.file);
    if (app === undefined) continue;
    const key = `${one.cluster}/${app}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}

/** The object that there is, on whichever side. */
export function objectOf({ before, after }: ObjectChange): KubeObject {
  const object = after ?? before;
  if (object === undefined) throw new Error('bug: a change of no object');
  return object;
}

export function nameOf({ kind, metadata: { name, namespace } }: KubeObject): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
