/** From a source to a model that has run: fetch, find, open in a process of its own, verify, name, warm up, place. */
import { type CheckedRequest, createChecker } from '../protocol/check.ts';
import type { InferRequest } from '../protocol/messages.ts';
import type { Columns, Signature } from '../protocol/signature.ts';
import type { NamedTensor } from '../protocol/tensor.ts';
import type { Probe } from '../runtime/probe.ts';
import { type ModelProcess, ProcessLost } from '../runtime/process.ts';
import type { Description } from '../runtime/session.ts';
import type { OpenRequest } from '../runtime/words.ts';
import { exampleFeeds, zeroFeeds } from './example.ts';
import { LoadError, reasonOf } from './fault.ts';
import { type Fetcher, localFolder } from './fetch.ts';
import { type FoundModel, findModel } from './find.ts';
import { conventionalRoles, inputNames, outputNames } from './names.ts';
import { type Placed, type PlaceSettings, placeModel } from './place.ts';
import { labelsOf, propertiesOf } from './properties.ts';
import type { Report } from './report.ts';
import type { ModelSource } from './source.ts';
import { createStatistics, type Statistics } from './statistics.ts';

export interface LoadedModel extends Placed {
  readonly name: string;
  readonly version: string;
  readonly signature: Signature;
  readonly properties: Readonly<Record<string, string>>;
  /** Output → class labels. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
  readonly statistics: Statistics;
  /** Throws ServeError. */
  check(request: InferRequest): CheckedRequest;
}

export interface LoadSettings extends PlaceSettings {
  readonly fetcher: Fetcher;
  /** Threads within one run, where the model's own description does not set it. */
  readonly intraOpThreads: number;
}

/** Rejects with LoadError. A model that came from S3 leaves no file behind when it is released. */
export async function loadModel(source: ModelSource, settings: LoadSettings): Promise<LoadedModel> {
  const started = performance.now();
  const { name, version } = source;
  settings.report('model-loading', { model: name, version, location: source.location });
  try {
    const folder = await localFolder(settings.fetcher, source.location);
    const model = await loadFrom(folder.path, source, settings).catch(async (error: unknown) => {
      await folder.remove();
      throw error;
    });
    const placed = { place: model.lanes.place, batching: model.scheduler.batches() };
    const milliseconds = Math.round(performance.now() - started);
    settings.report('model-loaded', { model: name, version, milliseconds, ...placed });
    // A process that is started later reads the file again.
    return { ...model, release: () => model.release().finally(folder.remove) };
  } catch (error) {
    if (error instanceof LoadError) throw error;
    throw new LoadError(reasonOf(error), { cause: error });
  }
}

async function loadFrom(path: string, source: ModelSource, settings: LoadSettings): Promise<LoadedModel> {
  const found = await findModel(path, source.location);
  const options = { intraOpThreads: settings.intraOpThreads, ...found.mlModel?.session };
  const open: OpenRequest = {
    file: found.file,
    ...(source.sha256 === undefined ? {} : { sha256: source.sha256 }),
    options,
  };
  let trial = settings.trials.take();
  try {
    const opened = await trial.open(open);
    const { description, sha256 } = opened;
    const columns = found.mlModel?.columns ?? [];
    const properties = propertiesOf(description, source, columns, sha256);
    const { probe, warmUp } = await tryOut(trial, description, found, source, settings.report);
    const empty = warmUp === undefined ? 'runs' : await tryEmpty(trial, description, warmUp);
    if (empty === 'ends the process') {
      trial = settings.trials.take();
      await trial.open(open);
    }
    const refusesEmpty = empty !== 'runs';
    if (refusesEmpty) settings.report('no-rows-refused', { ...modelOf(source), reason: empty });
    const signature = { ...signatureOf(description, source, columns), refusesEmpty };
    const title = `model '${source.name}' version '${source.version}'`;
    const statistics = createStatistics();
    const plan = { opened, open, trial, probe, warmUp, statistics, title, model: modelOf(source) };
    const placed = await placeModel(plan, settings);
    const labels = labelsOf(description, source);
    const { name, version } = source;
    const check = createChecker(signature);
    return { name, version, signature, properties, labels, statistics, check, ...placed };
  } catch (error) {
    // What it refuses in good order leaves a process as good as new.
    await trial.release().then(
      () => settings.trials.give(trial),
      () => trial.end(),
    );
    throw error;
  }
}

function modelOf({ name, version }: ModelSource): { readonly model: string; readonly version: string } {
  return { model: name, version };
}

function signatureOf(description: Description, source: ModelSource, columns: readonly string[]): Signature {
  const { inputs, outputs, facts } = description;
  const tensors = [...inputs, ...outputs].map((spec) => spec.name);
  const stranger = Object.keys(source.aliases).find((tensor) => !tensors.includes(tensor));
  if (stranger !== undefined)
    throw new LoadError(`alias for "${stranger}", but the model's tensors are ${tensors.join(', ')}`);
  const roles = conventionalRoles(outputs, {
    ...(facts.labelOutput === undefined ? {} : { label: facts.labelOutput }),
    ...(facts.scoreOutput === undefined ? {} : { scores: facts.scoreOutput }),
  });
  const table = columnsOf(description, columns);
  return {
    inputs,
    outputs,
    inputNames: inputNames(inputs, source.aliases),
    outputNames: outputNames(outputs, source.aliases, roles),
    ...(table === undefined ? {} : { columns: table }),
  };
}

function columnsOf({ inputs }: Description, names: readonly string[]): Columns | undefined {
  const [spec] = inputs;
  if (spec === undefined || inputs.length !== 1 || spec.shape.length !== 2) return undefined;
  const distinct = names.length > 0 && new Set(names).size === names.length;
  return distinct && spec.shape[1] === names.length ? { spec, names } : undefined;
}

interface TriedOut {
  readonly probe: Probe;
  /** Inputs that the model runs on. */
  readonly warmUp: readonly NamedTensor[] | undefined;
}

/** A model that cannot run its own example is not served. Zeros are only a guess, so a model may refuse them. */
async function tryOut(
  trial: ModelProcess,
  description: Description,
  found: FoundModel,
  source: ModelSource,
  report: Report,
): Promise<TriedOut> {
  const { name: model, version } = source;
  const example = await exampleFeeds(found.folder, description.inputs);
  const feeds = example ?? zeroFeeds(description.inputs);
  const probe = await trial.probe(feeds);
  if (probe.refusal !== undefined) {
    const reason = reasonOf(probe.refusal);
    if (example !== undefined) throw new LoadError(`the model cannot run its input example: ${reason}`);
    report('warm-up-refused', { model, version, reason });
    return { probe, warmUp: undefined };
  }
  const { hiddenOutputs } = description;
  report('model-warmed-up', {
    model,
    version,
    inputs: example === undefined ? 'zeros' : 'example',
    microseconds: Math.round(probe.firstUs),
    typicalMicroseconds: Math.round(probe.runUs),
    rowsApart: probe.rowsApart,
    gain: Math.round(probe.gain * 10) / 10,
    ...(hiddenOutputs.length === 0 ? {} : { hiddenOutputs }),
  });
  return { probe, warmUp: feeds };
}

/** What becomes of a run without rows: some graphs fail, and some kernels of onnxruntime divide by their number. */
async function tryEmpty(
  trial: ModelProcess,
  { inputs, outputs }: Description,
  feeds: readonly NamedTensor[],
): Promise<'runs' | 'fails' | 'ends the process'> {
  if (inputs.some((spec) => spec.shape[0] !== -1)) return 'runs';
  const none = feeds.map((feed) => ({ ...feed, shape: [0, ...feed.shape.slice(1)], data: feed.data.slice(0, 0) }));
  const names = outputs.map((spec) => spec.name);
  return trial.run(none as NamedTensor[], names).then(
    () => 'runs',
    (error: unknown) => (error instanceof ProcessLost ? 'ends the process' : 'fails'),
  );
}
