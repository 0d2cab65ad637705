/** Platform → configuration of the predictor that stands for a cluster on this machine. */

import type { Catalogue } from '../../schemas/types/client-catalogue.d.ts';
import type { Model, Registry } from '../../schemas/types/models.d.ts';
import { shownEntry } from '../resolve/catalogue.ts';
import type { Platform, ServedModel } from '../resolve/platform.ts';

/** As `schemas/predictor-config.schema.json` describes it. */
export interface PredictorFile {
  readonly models: readonly PredictorModel[];
}

interface PredictorModel {
  readonly name: string;
  readonly version: string;
  readonly uri: string;
  readonly sha256?: string;
  readonly labels?: Readonly<Record<string, readonly string[]>>;
  readonly aliases?: Readonly<Record<string, string>>;
}

export interface PredictorConfig {
  readonly file: PredictorFile;
  /** Registry entries of the served models, by name. */
  readonly entries: ReadonlyMap<string, Model>;
  /** Models of the cluster that another runtime serves. */
  readonly elsewhere: readonly ServedModel[];
}

export function predictorConfig(platform: Platform, registry: Registry): PredictorConfig {
  const entries = new Map(registry.models.map((model) => [model.name, model]));
  const mine = platform.models.filter(({ runtime, suspended }) => runtime.name === 'onnx-node' && !suspended);
  return {
    file: { models: mine.map((model) => describeVersion(model, entries.get(model.name))) },
    entries: new Map(mine.flatMap(({ name }) => [[name, entries.get(name)] as const]).filter(hasEntry)),
    elsewhere: platform.models.filter(({ runtime }) => runtime.name !== 'onnx-node'),
  };
}

function hasEntry(pair: readonly [string, Model | undefined]): pair is readonly [string, Model] {
  return pair[1] !== undefined;
}

/** One version of a model for the predictor, with the names and labels of its entry. */
export function describeVersion(
  model: Pick<ServedModel, 'name' | 'version' | 'artifact' | 'sha256'>,
  entry: Model | undefined,
): PredictorModel {
  const outputs = entry?.signature?.outputs ?? [];
  const tensors = [...(entry?.signature?.inputs ?? []), ...outputs];
  const labels = Object.fromEntries(
    outputs.flatMap(({ name, labels }) => (labels === undefined ? [] : [[name, labels]])),
  );
  const aliases = Object.fromEntries(
    tensors.flatMap(({ name, alias }) => (alias === undefined ? [] : [[name, alias]])),
  );
  return {
    name: model.name,
    version: model.version,
    uri: model.artifact,
    ...(model.sha256 === undefined ? {} : { sha256: model.sha256 }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(Object.keys(aliases).length === 0 ? {} : { aliases }),
  };
}

/** The catalogue of the client that stands for the cluster's: every model at the predictor on this machine. */
export function startCatalogue(
  platform: Platform,
  { file, entries }: PredictorConfig,
  { url, grpc }: { readonly url: string; readonly grpc: string | undefined },
): Catalogue {
  const addresses = { url, publicUrl: url, ...(grpc === undefined ? {} : { grpc }), protocol: 'v2' as const };
  const models = file.models.flatMap(({ name, version }) => {
    const entry = entries.get(name);
    return entry === undefined ? [] : [{ ...shownEntry(entry), version, ...addresses }];
  });
  return { cluster: platform.site.cluster, models };
}
