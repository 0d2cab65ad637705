/** `npm run model -- import`: a model that was logged to MLflow, or lies in S3, as an entry of the registry. */
import type { Model, Version } from '../../schemas/types/models.d.ts';
import { signatureChanges } from '../artifact/signature.ts';
import { type ParsedSource, parseSourceName } from '../artifact/source.ts';
import { findEntry, place } from '../edit/operations.ts';
import { StoreRefused } from '../outside/artifact-store.ts';
import { type Mlflow, MlflowRefused, openMlflow } from '../outside/mlflow.ts';
import { fault, type Problem } from '../problem.ts';
import { FormatRefused, type Imported, readArtifact } from './import-artifact.ts';
import { type Asked, askExample } from './import-expect.ts';
import { type ArtifactFiles, ImportRefused, mlflowRefused, openFiles, placeOf, proxiedPath } from './import-files.ts';
import { findOrigin, type Origin } from './import-origin.ts';
import { type Addition, addVersion, nextVersion } from './model-add.ts';
import { type EditOptions, finishEdit, openRegistry, type Session, type TextEdit, unreadable } from './model-edit.ts';
import type { Outcome } from './outcome.ts';

export interface ImportWish {
  readonly source: string;
  readonly name?: string | undefined;
  readonly owner?: string | undefined;
  readonly description?: string | undefined;
  readonly version?: string | undefined;
  readonly clusters: readonly string[];
  readonly trackingUri?: string | undefined;
  readonly artifactsDestination?: string | undefined;
  /** Run the predictor and write its answer: to the example of a new entry, else to the version that answers otherwise. */
  readonly expect: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export async function importModel(wish: ImportWish, options: EditOptions): Promise<Outcome> {
  const session = await openRegistry(options);
  if (session.before.compiled.registry === undefined) return unreadable(session.before.compiled);
  const label = wish.name ?? wish.source;
  try {
    const { edit, name } = await imported(wish, session, options.progress ?? (() => undefined));
    return finishEdit(edit, name, session, options);
  } catch (error) {
    return finishEdit({ problems: [refusal(wish.source, error)], words: [] }, label, session, options);
  }
}

/** What the world refused, as a problem; anything else is a bug and goes on. */
function refusal(source: string, error: unknown): Problem {
  const known = error instanceof MlflowRefused ? mlflowRefused(error) : error;
  const where = { file: 'models.yaml' };
  if (known instanceof FormatRefused) {
    const repair = 'Log the model in a format that a runtime serves, such as mlflow.onnx.log_model';
    return fault('SOURCE_FORMAT', where, `Cannot serve "${source}": ${known.message}`, repair);
  }
  if (known instanceof StoreRefused) {
    return fault('SOURCE_UNKNOWN', where, `Cannot import "${source}": ${known.message}`, 'Try again');
  }
  if (!(known instanceof ImportRefused)) throw known;
  return fault('SOURCE_UNKNOWN', where, `Cannot import "${source}": ${known.message}`, known.repair);
}

async function imported(
  wish: ImportWish,
  session: Session,
  step: (text: string) => void,
): Promise<{ edit: TextEdit; name: string }> {
  const parsed = parseSourceName(wish.source);
  if (parsed.value === undefined) throw new ImportRefused(parsed.fault, 'Write the name as above');
  step(`asking for ${wish.source}`);
  const { origin, files } = await locate(parsed.value, wish, session);
  try {
    const artifact = await readArtifact(files, step);
    const name = nameOf(wish, origin);
    const found = findEntry(session.before.models, name);
    const entry = 'code' in found ? undefined : found;
    const clash = entry === undefined ? undefined : changedTensors(entry.model, artifact);
    if (entry !== undefined && clash !== undefined) {
      const repair = `Import it under another name with --name, so that clients of "${name}" go on working`;
      const message = `Cannot add this as a version of "${name}": its ${clash}`;
      const where = { ...place(entry, 'signature'), key: true };
      return { name, edit: { problems: [fault('SOURCE_SIGNATURE', where, message, repair)], words: [] } };
    }
    const asked = wish.expect ? await askExample(files, artifact, entry?.model, step) : { notes: [] };
    const edit = addVersion(session.before, additionOf(wish, name, entry?.model, { origin, artifact, files, asked }));
    const left = !wish.expect && artifact.inputs !== undefined && entry === undefined && artifact.format === 'onnx';
    const hint = left ? ['the example has no expected answer yet: --expect asks the predictor for it'] : [];
    return { name, edit: { ...edit, notes: [...files.notes, ...artifact.notes, ...hint, ...asked.notes] } };
  } finally {
    files.close();
  }
}

async function locate(
  { source, trackingUri }: ParsedSource,
  wish: ImportWish,
  session: Session,
): Promise<{ origin: Origin; files: ArtifactFiles }> {
  const { environment } = wish;
  const endpoint =
    environment['AWS_ENDPOINT_URL_S3'] ?? environment['AWS_ENDPOINT_URL'] ?? environment['MLFLOW_S3_ENDPOINT_URL'];
  const region = environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'] ?? regionOf(session);
  const settings = { region, endpoint };
  if (source.kind === 's3') {
    const origin = { artifactUri: `s3://${source.bucket}/${source.prefix}`, metrics: {} };
    return { origin, files: await openFiles(source, settings, undefined) };
  }
  const address = wish.trackingUri ?? trackingUri ?? environment['MLFLOW_TRACKING_URI'];
  if (address === undefined || !/^https?:\/\//.test(address)) {
    throw new ImportRefused('no MLflow server is named', 'Say its address with --tracking-uri or MLFLOW_TRACKING_URI');
  }
  const mlflow: Mlflow = openMlflow({ trackingUri: address.replace(/\/+$/, ''), environment });
  const origin = await findOrigin(source, mlflow);
  const proxied = proxiedPath(origin.artifactUri);
  const where = placeOf(origin.artifactUri, wish.artifactsDestination ?? destinationOf(wish, session));
  const fallback = proxied === undefined ? undefined : { mlflow, path: proxied };
  return { origin, files: await openFiles(where, settings, fallback) };
}

/** Where the clusters' own MLflow keeps artifacts; undefined when they do not agree. */
function destinationOf({ clusters }: ImportWish, { before }: Session): string | undefined {
  const sites = before.compiled.platforms.map(({ site }) => site);
  const mine = sites.filter(({ cluster }) => clusters.length === 0 || clusters.includes(cluster));
  const places = new Set(mine.map(({ storage }) => `s3://${storage.bucket}/${storage.mlflowPath}`));
  return places.size === 1 ? [...places][0] : undefined;
}

function regionOf({ before }: Session): string {
  return before.compiled.platforms[0]?.site.storage.region ?? 'us-east-1';
}

function nameOf({ name }: ImportWish, { registered }: Origin): string {
  const found = name ?? registered?.name;
  if (found !== undefined) return found;
  throw new ImportRefused('it is not registered under a name', 'Say the name of the entry with --name');
}

function changedTensors(model: Model, { format, signature }: Imported): string | undefined {
  if (format !== model.format) return `format is ${format}, before ${model.format}`;
  if (model.signature === undefined || signature === undefined) return undefined;
  const changes = signatureChanges(model.signature, signature);
  return changes.length === 0 ? undefined : changes.join(', and ');
}

function additionOf(
  wish: ImportWish,
  name: string,
  entry: Model | undefined,
  parts: { origin: Origin; artifact: Imported; files: ArtifactFiles; asked: Asked },
): Addition {
  const { origin, artifact, files, asked } = parts;
  const { registered } = origin;
  const run = origin.run ?? artifact.mlModel?.runId;
  const loggedModel = origin.loggedModel ?? artifact.mlModel?.modelId;
  const mlflow = {
    ...(registered === undefined ? {} : { model: registered.name, version: registered.version }),
    ...(run === undefined ? {} : { run }),
    ...(loggedModel === undefined ? {} : { loggedModel }),
  };
  const version: Version = {
    version: wish.version ?? registered?.version ?? nextVersion(entry),
    artifact: files.uri,
    sha256: artifact.sha256,
    size: artifact.size,
    ...(Object.keys(mlflow).length === 0 ? {} : { source: { mlflow } }),
    ...(Object.keys(origin.metrics).length === 0 ? {} : { metrics: origin.metrics }),
    ...(asked.own === undefined ? {} : { expect: asked.own }),
  };
  const { signature, inputs, format } = artifact;
  const owner = wish.owner ?? origin.owner;
  const description = wish.description ?? origin.description;
  return {
    ...{ name, version, clusters: wish.clusters },
    entry: {
      ...(owner === undefined ? {} : { owner }),
      ...(description === undefined ? {} : { description }),
      format,
      ...(signature === undefined ? {} : { signature }),
      ...(inputs === undefined
        ? {}
        : { example: { inputs, ...(asked.expect === undefined ? {} : { expect: asked.expect }) } }),
    },
  };
}
