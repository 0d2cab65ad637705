/** From a source to a model that has run once: fetch, find, verify, open, name, warm up. */
import { readFile } from 'node:fs/promises';
import type { Signature } from '../protocol/signature.ts';
import { openSession, type Session } from '../runtime/session.ts';
import { verifiedDigest } from './digest.ts';
import { exampleFeeds, zeroFeeds } from './example.ts';
import { LoadError, reasonOf } from './fault.ts';
import { type Fetcher, withLocalFolder } from './fetch.ts';
import { type FoundModel, findModel } from './find.ts';
import { conventionalRoles, inputNames, outputNames } from './names.ts';
import { propertiesOf } from './properties.ts';
import type { Report } from './report.ts';
import type { ModelSource } from './source.ts';

export interface LoadedModel {
  readonly name: string;
  readonly version: string;
  readonly signature: Signature;
  readonly properties: Readonly<Record<string, string>>;
  readonly session: Session;
}

export interface LoadSettings {
  readonly fetcher: Fetcher;
  /** Threads within one run, where the model's own description does not set it. */
  readonly intraOpThreads: number;
  readonly report: Report;
}

/** Rejects with LoadError. A model that came from S3 leaves no file behind. */
export async function loadModel(source: ModelSource, settings: LoadSettings): Promise<LoadedModel> {
  const started = performance.now();
  const { name, version } = source;
  settings.report('model-loading', { model: name, version, location: source.location });
  try {
    const model = await withLocalFolder(settings.fetcher, source.location, (path) => loadFrom(path, source, settings));
    settings.report('model-loaded', { model: name, version, milliseconds: Math.round(performance.now() - started) });
    return model;
  } catch (error) {
    if (error instanceof LoadError) throw error;
    throw new LoadError(reasonOf(error), { cause: error });
  }
}

async function loadFrom(path: string, source: ModelSource, settings: LoadSettings): Promise<LoadedModel> {
  const found = await findModel(path, source.location);
  const bytes = await readFile(found.file);
  const sha256 = verifiedDigest(bytes, source.sha256);
  const options = { intraOpThreads: settings.intraOpThreads, ...found.mlModel?.session };
  const session = await openSession(found.file, bytes, options);
  try {
    const signature = signatureOf(session, source);
    const properties = propertiesOf(session, source, found.mlModel?.columns ?? [], sha256);
    await warmUp(session, found, source, settings.report);
    return { name: source.name, version: source.version, signature, properties, session };
  } catch (error) {
    await session.release();
    throw error;
  }
}

function signatureOf(session: Session, source: ModelSource): Signature {
  const { inputs, outputs, facts } = session;
  const tensors = [...inputs, ...outputs].map((spec) => spec.name);
  const stranger = Object.keys(source.aliases).find((tensor) => !tensors.includes(tensor));
  if (stranger !== undefined)
    throw new LoadError(`alias for "${stranger}", but the model's tensors are ${tensors.join(', ')}`);
  const roles = conventionalRoles(outputs, {
    ...(facts.labelOutput === undefined ? {} : { label: facts.labelOutput }),
    ...(facts.scoreOutput === undefined ? {} : { scores: facts.scoreOutput }),
  });
  return {
    inputs,
    outputs,
    inputNames: inputNames(inputs, source.aliases),
    outputNames: outputNames(outputs, source.aliases, roles),
  };
}

/** A model that cannot run its own example is not served. Zeros are only a guess, so a model may refuse them. */
async function warmUp(session: Session, found: FoundModel, source: ModelSource, report: Report): Promise<void> {
  const example = await exampleFeeds(found.folder, session.inputs);
  const outputs = session.outputs.map((spec) => spec.name);
  const started = performance.now();
  try {
    await session.run(example ?? zeroFeeds(session.inputs), outputs);
  } catch (error) {
    if (example !== undefined) throw new LoadError(`the model cannot run its input example: ${reasonOf(error)}`);
    report('warm-up-refused', { model: source.name, version: source.version, reason: reasonOf(error) });
    return;
  }
  const microseconds = Math.round((performance.now() - started) * 1000);
  const hidden = session.hiddenOutputs.length === 0 ? {} : { hiddenOutputs: session.hiddenOutputs };
  const inputs = example === undefined ? 'zeros' : 'example';
  report('model-warmed-up', { model: source.name, version: source.version, inputs, microseconds, ...hidden });
}
