/** Rules between entries of the registry, whatever the cluster (tier T4). */
import type { Model, Registry } from '../../schemas/types/models.d.ts';
import { fault, type Problem, type Where } from '../problem.ts';
import { nearestWord } from '../words.ts';

const SLASH = 47;

/** The models of the last registry without fault: as long as names and artifacts stay, no two entries can collide. */
let sound: readonly Model[] = [];

export function registryFaults(file: string, registry: Registry, clusters: readonly string[]): Problem[] {
  if (sound.length === registry.models.length && registry.models.every(keepsNames)) {
    return clusterFaults(file, registry, new Set(clusters));
  }
  const problems = allFaults(file, registry, clusters);
  if (problems.length === 0) sound = registry.models;
  return problems;
}

function keepsNames(model: Model, index: number): boolean {
  const before = sound[index];
  if (before === model) return true;
  return (
    before?.name === model.name &&
    before.versions.length === model.versions.length &&
    model.versions.every(({ artifact }, at) => artifact === before.versions[at]?.artifact)
  );
}

function allFaults(file: string, registry: Registry, clusters: readonly string[]): Problem[] {
  return [
    ...nameFaults(file, registry),
    ...clusterFaults(file, registry, new Set(clusters)),
    ...prefixFaults(file, registry),
  ];
}

function nameFaults(file: string, registry: Registry): Problem[] {
  const problems: Problem[] = [];
  const first = new Map<string, number>();
  registry.models.forEach(({ name }, index) => {
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, index);
      return;
    }
    const message = `Cannot add model "${name}": the name is used at {0}`;
    const place: Where = { file, pointer: ['models', index, 'name'] };
    const related: Where[] = [{ file, pointer: ['models', before, 'name'] }];
    problems.push(fault('MODEL_NAME_TAKEN', place, message, 'Choose another name', related));
  });
  return problems;
}

function clusterFaults(file: string, registry: Registry, clusters: ReadonlySet<string>): Problem[] {
  const problems: Problem[] = [];
  registry.models.forEach((model, index) => {
    for (const [cluster, serve] of Object.entries(model.serve ?? {})) {
      const place = ['models', index, 'serve', cluster] as const;
      if (!clusters.has(cluster)) {
        const message = `Cannot serve "${model.name}" on "${cluster}": there is no clusters/${cluster}/cluster.yaml`;
        const near = nearestWord(cluster, [...clusters]);
        const repair = near === undefined ? `Choose one of: ${[...clusters].join(', ')}` : `Did you mean "${near}"?`;
        problems.push(fault('CLUSTER_UNKNOWN', { file, pointer: place, key: true }, message, repair));
      }
      if (!model.versions.some(({ version }) => version === serve.version)) {
        const message = `Cannot serve version "${serve.version}" of "${model.name}": it has no such version`;
        const repair = `Choose one of: ${model.versions.map(({ version }) => version).join(', ')}`;
        problems.push(fault('VERSION_UNKNOWN', { file, pointer: [...place, 'version'] }, message, repair));
      }
    }
  });
  return problems;
}

/**
 * One artifact folder inside another: fetching the outer one would fetch the inner one too
 * (KServe's storage initializer lists by raw prefix, kserve_storage.py).
 */
function prefixFaults(file: string, registry: Registry): Problem[] {
  if (!anyNested(registry)) return [];
  const folders = registry.models.flatMap((model, m) =>
    model.versions
      .map((version, v) => ({ uri: version.artifact, pointer: ['models', m, 'versions', v, 'artifact'] as const }))
      .filter(({ uri }) => uri.startsWith('s3://')),
  );
  folders.sort((a, b) => (a.uri < b.uri ? -1 : a.uri > b.uri ? 1 : 0));
  const problems: Problem[] = [];
  let outer = folders[0];
  for (const folder of folders.slice(1)) {
    if (
      outer !== undefined &&
      folder.uri !== outer.uri &&
      outer.uri.endsWith('/') &&
      folder.uri.startsWith(outer.uri)
    ) {
      const message = `Cannot keep "${folder.uri}" inside the artifact at {0}: fetching that one would fetch both`;
      const related: Where[] = [{ file, pointer: outer.pointer }];
      problems.push(
        fault('ARTIFACT_PREFIX', { file, pointer: folder.pointer }, message, 'Move one of the two', related),
      );
    } else {
      outer = folder;
    }
  }
  return problems;
}

/**
 * Whether any artifact folder lies in another. An outer folder ends in "/" and is shorter, so that only the few lengths
 * that occur need a look; nearly every registry can be let go by this alone.
 */
function anyNested(registry: Registry): boolean {
  const uris: string[] = [];
  for (const { versions } of registry.models) for (const { artifact } of versions) uris.push(artifact);
  const lengths = [...new Set(uris.map((uri) => uri.length))].sort((a, b) => a - b);
  let all: ReadonlySet<string> | undefined;
  return uris.some((uri) => {
    for (const length of lengths) {
      if (length >= uri.length) return false;
      if (uri.charCodeAt(length - 1) !== SLASH) continue;
      all ??= new Set(uris);
      if (all.has(uri.slice(0, length))) return true;
    }
    return false;
  });
}
