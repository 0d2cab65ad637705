/** Which artifacts tiers T6 and T7 look at: every version of every entry, and where each runs. */
import type { Model, Version } from '../../schemas/types/models.d.ts';
import type { ServedModel } from '../resolve/platform.ts';
import { bytes } from '../resolve/quantity.ts';
import type { Compiled } from './compile.ts';

export interface ArtifactTarget {
  readonly index: number;
  readonly versionIndex: number;
  readonly model: Model;
  readonly version: Version;
  readonly bucket: string;
  /** Ends with `/`. */
  readonly prefix: string;
  /** Clusters that serve the version, as the stable one, canary or mirror. */
  readonly clusters: readonly string[];
  /** Memory limits on the clusters where this repository's predictor serves it. */
  readonly limits: readonly { readonly cluster: string; readonly bytes: number }[];
}

/** `only`: names of entries; all without it. What lies in no S3 store is left out. */
export function artifactTargets(compiled: Compiled, only?: ReadonlySet<string>): ArtifactTarget[] {
  const served = servedVersions(compiled);
  return (compiled.registry?.models ?? []).flatMap((model, index) => {
    if (only !== undefined && !only.has(model.name)) return [];
    return model.versions.flatMap((version, versionIndex): ArtifactTarget[] => {
      const [, bucket, prefix] = /^s3:\/\/([^/]+)\/(.+\/)$/.exec(version.artifact) ?? [];
      if (bucket === undefined || prefix === undefined) return [];
      const places = served.get(versionKey(model.name, version.version)) ?? [];
      const clusters = places.map(({ cluster }) => cluster);
      const limits = places.flatMap(({ cluster, limit }) => (limit === undefined ? [] : [{ cluster, bytes: limit }]));
      return [{ index, versionIndex, model, version, bucket, prefix, clusters, limits }];
    });
  });
}

/** Names one version of one entry. */
export function versionKey(model: string, version: string): string {
  return `${model}\0${version}`;
}

interface Place {
  readonly cluster: string;
  readonly limit: number | undefined;
}

function servedVersions({ platforms }: Compiled): Map<string, Place[]> {
  const served = new Map<string, Place[]>();
  for (const { site, models } of platforms) {
    for (const model of models) {
      const place = { cluster: site.cluster, limit: limitOf(model, site.predictor.memory) };
      for (const version of versionsOf(model)) {
        const key = versionKey(model.name, version);
        served.set(key, [...(served.get(key) ?? []), place]);
      }
    }
  }
  return served;
}

function versionsOf({ version, canary, mirror }: ServedModel): Set<string> {
  return new Set([version, ...[canary, mirror].flatMap((second) => second?.version ?? [])]);
}

function limitOf({ runtime, resources }: ServedModel, fallback: string): number | undefined {
  if (runtime.name !== 'onnx-node') return undefined;
  return bytes(resources?.limits['memory'] ?? fallback);
}
