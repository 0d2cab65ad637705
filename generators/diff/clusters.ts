/** What a change means for a cluster beside its models: its settings, and the releases of its parts. */
import type { KubeObject } from '../kube/object.ts';
import type { Platform } from '../resolve/platform.ts';
import { diffValues, type FieldChange } from './fields.ts';
import type { ObjectChange } from './objects.ts';
import { arrow, code, plural } from './words.ts';

export interface ClusterChange {
  readonly cluster: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly words: readonly string[];
}

export function clusterChanges(
  before: readonly Platform[],
  after: readonly Platform[],
  objects: readonly ObjectChange[],
): ClusterChange[] {
  const old = new Map(before.map((platform) => [platform.site.cluster, platform]));
  const now = new Map(after.map((platform) => [platform.site.cluster, platform]));
  return [...new Set([...now.keys(), ...old.keys()])].sort().flatMap((cluster): ClusterChange[] => {
    const [from, to] = [old.get(cluster), now.get(cluster)];
    if (from === undefined && to !== undefined) {
      const words = [`new, with ${plural(to.models.length, 'model')}`, 'its root Application is applied by hand, once'];
      return [{ cluster, change: 'added', words }];
    }
    if (to === undefined) {
      const words = ['its files go; what runs there stays until its root Application is deleted by hand'];
      return [{ cluster, change: 'removed', words }];
    }
    const words = [
      ...parts(objects.filter((one) => one.cluster === cluster)),
      // Versions of parts are told by their Applications.
      ...diffValues(from?.site, to.site)
        // The rest of `kserve` follows from its release, and how requests are copied from the Gateway's class.
        .filter(({ path }) => !/^(?:parts|kserve\.(?:charts|canary|schemas)|gateway\.copies)\b/.test(path))
        .map(settingWords),
    ];
    return words.length === 0 ? [] : [{ cluster, change: 'changed', words }];
  });
}

function settingWords({ path, before, after }: FieldChange): string {
  const show = (value: unknown) => (value === undefined ? undefined : code(value));
  return `${path} ${arrow(show(before), show(after))}`;
}

interface ApplicationLike extends KubeObject {
  readonly spec: { readonly source?: { readonly targetRevision?: string; readonly chart?: string } };
}

/** Applications of charts and of other repositories: which release comes, goes or follows. */
function parts(objects: readonly ObjectChange[]): string[] {
  return objects.flatMap(({ change, before, after, fields }): string[] => {
    const object = (after ?? before) as ApplicationLike | undefined;
    if (object?.kind !== 'Application') return [];
    const name = code(object.metadata.name);
    const release = object.spec.source?.targetRevision ?? '';
    const revision = fields.find(({ path }) => path === 'spec.source.targetRevision');
    if (revision !== undefined) return [`${name} ${arrow(revision.before, revision.after)}`];
    if (object.spec.source?.chart === undefined) return [];
    if (change === 'added') return [`${name} ${release} is installed`];
    if (change === 'removed') return [`${name} ${release} goes`];
    return [`${name} gets other values`];
  });
}
