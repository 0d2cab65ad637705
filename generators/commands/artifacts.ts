/** Tier T6 for a compiled project: lists and reads the artifacts and hands them to the rules. */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { type MlModelFacts, readMlModel } from '../artifact/mlmodel.ts';
import { readOnnx } from '../artifact/onnx.ts';
import { type ModelSummary, summaryOf } from '../artifact/summary.ts';
import type { Results } from '../artifact/uses.ts';
import {
  type ArtifactStore,
  openStore,
  type StoredObject,
  StoreRefused,
  type StoreSettings,
} from '../outside/artifact-store.ts';
import { type FactsCache, factsCache } from '../outside/facts-cache.ts';
import { allow, fault, type Problem } from '../problem.ts';
import { checkArtifact } from '../verify/artifact.ts';
import type { KernelTable, OperatorTable } from '../verify/artifact-graph.ts';
import { type ArtifactTarget, artifactTargets, versionKey } from './artifact-targets.ts';
import type { Compiled } from './compile.ts';
import { REGISTRY } from './compile-files.ts';

export interface ArtifactOptions {
  /** `auto`: a store that cannot be reached makes the tier "not run"; `on`: it is an error. */
  readonly mode: 'auto' | 'on';
  /** Entries to look at; all without it. */
  readonly only?: ReadonlySet<string> | undefined;
  /** In place of each cluster's own: the embedded server, tests. */
  readonly store?: StoreSettings | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cacheFolder?: string | undefined;
  readonly progress?: ((step: string) => void) | undefined;
}

export interface ArtifactRun {
  readonly problems: readonly Problem[];
  /** Undefined when the tier ran. */
  readonly notRun?: string;
  readonly versions: number;
  /** Model files that were read; the others were known from an earlier run. */
  readonly read: number;
  /** Versions with an error, by `versionKey`. */
  readonly faulty: ReadonlySet<string>;
}

const require = createRequire(import.meta.url);
const operators = require('../../schemas/onnx-operators.json') as OperatorTable;
const kernels = require('../../schemas/onnx-kernels.json') as KernelTable & { readonly results: Results };
/** Changes with the form of ModelSummary, and with what its readers find. */
const FORM = 2;
/** At once; model files of several hundred megabytes lie in memory whole. */
const LISTINGS = 16;
const READS = 4;

export async function checkArtifacts(compiled: Compiled, options: ArtifactOptions): Promise<ArtifactRun> {
  const targets = artifactTargets(compiled, options.only);
  const stores = createStores(compiled, options);
  const cache = factsCache<ModelSummary>(FORM, options.cacheFolder);
  const counts = { done: 0, read: 0 };
  const reads = createGate(READS);
  try {
    const results = await bounded(targets, LISTINGS, async (target) => {
      const found = await checkOne(target, { stores, cache, counts, reads });
      counts.done += 1;
      options.progress?.(`artifacts: ${counts.done} of ${targets.length}`);
      return found;
    });
    const refused = results.find((result) => 'refused' in result);
    if (refused !== undefined && 'refused' in refused && options.mode === 'auto') {
      return { problems: [], notRun: refused.refused.message, versions: 0, read: counts.read, faulty: new Set() };
    }
    const problems = results.flatMap((result) => ('refused' in result ? [unreachable(result)] : result.problems));
    const faulty = targets.filter((_, position) => hasError(results[position]));
    const keys = new Set(faulty.map(({ model, version }) => versionKey(model.name, version.version)));
    return { problems, versions: targets.length, read: counts.read, faulty: keys };
  } finally {
    stores.close();
  }
}

interface Refused {
  readonly target: ArtifactTarget;
  readonly refused: StoreRefused;
}

function hasError(result: { problems: Problem[] } | Refused | undefined): boolean {
  return result !== undefined && ('refused' in result || !allow(result.problems));
}

interface Tools {
  readonly stores: Stores;
  readonly cache: FactsCache<ModelSummary>;
  readonly counts: { read: number };
  readonly reads: Gate;
}

async function checkOne(target: ArtifactTarget, tools: Tools): Promise<{ problems: Problem[] } | Refused> {
  try {
    const problems = checkArtifact(await findArtifact(target, tools));
    if (target.clusters.length > 0) return { problems };
    // Nobody serves it: it must not stop a merge, but a rollback to it would fail.
    return { problems: problems.map((problem) => ({ ...problem, severity: 'warning' })) };
  } catch (error) {
    if (error instanceof StoreRefused) return { target, refused: error };
    throw error;
  }
}

async function findArtifact(target: ArtifactTarget, tools: Tools) {
  const { index, versionIndex, model, version, bucket, prefix, clusters, limits } = target;
  const store = tools.stores.of(bucket);
  const listed = await store.list(bucket, prefix);
  const objects = listed.map(({ key, bytes }) => ({ path: key.slice(prefix.length), bytes }));
  const mlModel = await readDescription(
    store,
    bucket,
    listed.find(({ key }) => key === `${prefix}MLmodel`),
  );
  const path = modelPath(
    model.format,
    mlModel?.value,
    objects.map(({ path }) => path),
  );
  const object = path === undefined ? undefined : listed.find(({ key }) => key === `${prefix}${path}`);
  const summary = object === undefined ? undefined : await readModel(target, object, store, tools);
  return {
    ...{
      file: REGISTRY,
      index,
      versionIndex,
      model,
      version,
      objects,
      limits,
      operators,
      kernels,
      served: clusters.length > 0,
    },
    ...(mlModel === undefined ? {} : { mlModel }),
    ...(path === undefined || summary === undefined ? {} : { modelFile: path, summary }),
  };
}

async function readDescription(store: ArtifactStore, bucket: string, object: StoredObject | undefined) {
  if (object === undefined) return undefined;
  const text = Buffer.from(await store.read(bucket, object.key)).toString('utf8');
  const { value, fault } = readMlModel(text);
  return { ...(value === undefined ? {} : { value }), ...(fault === undefined ? {} : { fault }) };
}

/** What a server of the format takes for the model: MLmodel says it, else the file's name does. */
function modelPath(format: string, facts: MlModelFacts | undefined, paths: readonly string[]): string | undefined {
  const named = facts?.modelFile;
  if (named !== undefined) return paths.includes(named) ? named : undefined;
  const endings =
    format === 'onnx' ? /^[^/]+\.onnx$/ : /^(?:[^/]+\.(?:pkl|pickle|joblib|bst|ubj|pmml|pt)|model\.(?:json|txt))$/;
  const models = paths.filter((path) => endings.test(path));
  return models.find((path) => path.startsWith('model.')) ?? models[0];
}

/**
 * The digest, which T4 wants of every ONNX model, needs each byte once; after that the ETag tells whether the object is still the
 * same, and nothing is fetched. So ranged reads of the graph alone would save nothing: who knows the digest without the bytes
 * knows the rest, too. Weights in a file of their own are not fetched, only held against the lengths that the graph tells.
 */
async function readModel(
  { model, bucket }: ArtifactTarget,
  { key, etag, bytes }: StoredObject,
  store: ArtifactStore,
  { cache, counts, reads }: Tools,
): Promise<ModelSummary> {
  const name = JSON.stringify([bucket, key, etag, bytes, model.format === 'onnx']);
  const known = etag === '' ? undefined : await cache.get(name);
  if (known !== undefined) return known;
  const summary = await reads(async () => {
    const content = await store.read(bucket, key);
    counts.read += 1;
    const sha256 = createHash('sha256').update(content).digest('hex');
    if (model.format !== 'onnx') return { sha256 };
    const { value, fault: reason } = readOnnx(content, kernels.results);
    return value === undefined ? { sha256, fault: reason } : summaryOf(sha256, value);
  });
  await cache.put(name, summary);
  return summary;
}

function unreachable({ target, refused }: Refused): Problem {
  const { index, versionIndex } = target;
  const where = { file: REGISTRY, pointer: ['models', index, 'versions', versionIndex, 'artifact'] };
  const message = `Cannot look at "${target.version.artifact}": ${refused.message}`;
  const repair = 'Give credentials and address in the environment (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL, …)';
  return fault('ARTIFACT_UNREACHABLE', where, message, repair);
}

interface Stores {
  of(bucket: string): ArtifactStore;
  close(): void;
}

/** A bucket is reached as the cluster that names it says; the environment's address goes before. */
function createStores({ platforms }: Compiled, { store, environment }: ArtifactOptions): Stores {
  const open = new Map<string, ArtifactStore>();
  const settings = (bucket: string): StoreSettings => {
    if (store !== undefined) return store;
    const storage = platforms.map(({ site }) => site.storage).find((one) => one.bucket === bucket);
    const region = storage?.region ?? environment['AWS_REGION'] ?? 'us-east-1';
    return { region, endpoint: environment['AWS_ENDPOINT_URL'] ?? storage?.endpoint?.url };
  };
  return {
    of(bucket) {
      const known = open.get(bucket) ?? openStore(settings(bucket));
      open.set(bucket, known);
      return known;
    },
    close() {
      for (const one of open.values()) one.close();
    },
  };
}

type Gate = <T>(work: () => Promise<T>) => Promise<T>;

/** Lets at most `most` run at once; the others wait in their order. */
function createGate(most: number): Gate {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}

async function bounded<T, R>(items: readonly T[], most: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const gate = createGate(most);
  return Promise.all(items.map((item) => gate(() => work(item))));
}
