/** Two states of a project → what a reviewer has to know: models, clusters, risks, objects, text. It cannot fail. */
import type { Registry } from '../../schemas/types/models.d.ts';
import type { Platform } from '../resolve/platform.ts';
import { type ClusterChange, clusterChanges } from './clusters.ts';
import { type Costs, costsOf, costWords } from './costs.ts';
import { entryChange } from './entry.ts';
import { type ModelChange, type ServedSide, servedChange } from './models.ts';
import { byApp, type FileChange, type ObjectChange, objectChanges, objectOf } from './objects.ts';
import { restartsRuntime } from './restarts.ts';
import { type Risk, risksOf, type SealedChange } from './risks.ts';

export interface Side {
  readonly registry?: Registry;
  readonly platforms: readonly Platform[];
}

export interface DiffInput {
  readonly before: Side;
  readonly after: Side;
  /** Made files that come, go or change. */
  readonly files: readonly FileChange[];
  readonly sealed: readonly SealedChange[];
}

export interface Diff {
  readonly models: readonly ModelChange[];
  readonly clusters: readonly ClusterChange[];
  readonly risks: readonly Risk[];
  readonly objects: readonly ObjectChange[];
  readonly files: readonly FileChange[];
}

export function diff(input: DiffInput): Diff {
  const { before, after, files, sealed } = input;
  const objects = objectChanges(files);
  const models = modelChanges(before, after, objects);
  return {
    models,
    clusters: clusterChanges(before.platforms, after.platforms, objects),
    risks: risksOf({ models, objects, sealed, before, after }),
    objects,
    files,
  };
}

function modelChanges(before: Side, after: Side, objects: readonly ObjectChange[]): ModelChange[] {
  const changes: ModelChange[] = [];
  const folders = byApp(objects);
  const runtimes = new Set(
    objects.filter(restartsRuntime).map((one) => `${one.cluster}/${objectOf(one).metadata.name}`),
  );
  for (const cluster of clusterNames(before, after)) {
    const [old, now] = [servedOn(before, cluster), servedOn(after, cluster)];
    const [oldCosts, costs] = costsOn([before, after], cluster);
    for (const name of new Set([...now.keys(), ...old.keys()])) {
      const mine = folders.get(`${cluster}/model-${name}`) ?? [];
      const restarts = runtimes.has(`${cluster}/${now.get(name)?.served.runtime.name}`);
      const change = servedChange(cluster, old.get(name), now.get(name), mine, restarts);
      if (change !== undefined)
        changes.push({ ...change, words: [...change.words, ...costWords(name, oldCosts, costs)] });
    }
  }
  return [...changes, ...entryChanges(before, after)].sort((a, b) =>
    a.model < b.model ? -1 : a.model > b.model ? 1 : 0,
  );
}

function clusterNames(before: Side, after: Side): string[] {
  return [...new Set([...after.platforms, ...before.platforms].map(({ site }) => site.cluster))].sort();
}

function costsOn(sides: readonly Side[], cluster: string): (Costs | undefined)[] {
  const platforms = sides.map(({ platforms }) => platforms.find(({ site }) => site.cluster === cluster));
  const prices = platforms.at(-1)?.site.prices;
  return platforms.map((platform) => platform && costsOf(platform, prices));
}

function servedOn({ registry, platforms }: Side, cluster: string): Map<string, ServedSide> {
  const entries = new Map((registry?.models ?? []).map((model) => [model.name, model]));
  const models = platforms.find(({ site }) => site.cluster === cluster)?.models ?? [];
  return new Map(models.map((served) => [served.name, { served, entry: entries.get(served.name) }]));
}

function entryChanges(before: Side, after: Side): ModelChange[] {
  if (before.registry === undefined || after.registry === undefined) return [];
  const old = new Map(before.registry.models.map((model) => [model.name, model]));
  const now = new Map(after.registry.models.map((model) => [model.name, model]));
  return [...new Set([...now.keys(), ...old.keys()])].flatMap(
    (name) => entryChange(old.get(name), now.get(name)) ?? [],
  );
}
