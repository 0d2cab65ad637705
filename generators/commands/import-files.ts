/** The files of an artifact, read from S3 where that is allowed, and through MLflow where it is not. */
import { openStore, StoreRefused, type StoreSettings } from '../outside/artifact-store.ts';
import type { Mlflow, MlflowRefused } from '../outside/mlflow.ts';

export interface ArtifactFiles {
  /** `s3://<bucket>/<prefix>/`, as the registry names it. */
  readonly uri: string;
  /** Path below the folder → bytes. */
  readonly sizes: ReadonlyMap<string, number>;
  read(path: string): Promise<Uint8Array>;
  /** What a person has to know about the way the files were read. */
  readonly notes: readonly string[];
  close(): void;
}

/** Why an artifact cannot be read; `message` ends without a full stop, `repair` is an imperative. */
export class ImportRefused extends Error {
  readonly repair: string;

  constructor(message: string, repair: string, cause?: unknown) {
    super(message, { cause });
    this.repair = repair;
  }
}

export interface Place {
  readonly bucket: string;
  /** With its final slash. */
  readonly prefix: string;
}

/** Where `mlflow-artifacts:/X` lies: MLflow keeps it as `<destination>/X`, and does not tell the destination. */
export function placeOf(artifactUri: string, destination: string | undefined): Place {
  const proxied = proxiedPath(artifactUri);
  if (proxied !== undefined && destination === undefined) {
    throw new ImportRefused(
      `cannot tell in which bucket MLflow keeps "${artifactUri}"`,
      "Say the server's own setting: --artifacts-destination s3://<bucket>/<prefix>",
    );
  }
  const uri = proxied === undefined ? artifactUri : `${destination?.replace(/\/+$/, '')}/${proxied}`;
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  if (bucket === undefined || key === undefined) {
    throw new ImportRefused(
      `the artifact lies in "${uri}", which is no folder in S3`,
      'Log it to a store that the clusters can read',
    );
  }
  return { bucket, prefix: `${key.replace(/\/+$/, '')}/` };
}

/** The path behind `mlflow-artifacts:`, with or without a host. */
export function proxiedPath(uri: string): string | undefined {
  return /^mlflow-artifacts:\/(?:\/[^/]*)?\/*(.+?)\/*$/.exec(uri)?.[1];
}

export async function openFiles(
  place: Place,
  settings: StoreSettings,
  fallback: { readonly mlflow: Mlflow; readonly path: string } | undefined,
): Promise<ArtifactFiles> {
  const uri = `s3://${place.bucket}/${place.prefix}`;
  const store = openStore(settings);
  try {
    const objects = await store.list(place.bucket, place.prefix);
    if (objects.length === 0) throw await nothingThere(uri, fallback);
    const sizes = new Map(objects.map(({ key, bytes }) => [key.slice(place.prefix.length), bytes]));
    const read = (path: string) => store.read(place.bucket, `${place.prefix}${path}`);
    return { uri, sizes, read, notes: [], close: () => store.close() };
  } catch (error) {
    store.close();
    if (!(error instanceof StoreRefused)) throw error;
    if (fallback === undefined) {
      throw new ImportRefused(`cannot read ${uri}: ${error.message}`, STORE_REPAIR, error);
    }
    return throughMlflow(uri, fallback, error);
  }
}

const STORE_REPAIR =
  'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE, and AWS_ENDPOINT_URL for a store other than AWS';

/** Files that MLflow has but the bucket has not lie elsewhere. */
async function nothingThere(uri: string, fallback: { readonly mlflow: Mlflow; readonly path: string } | undefined) {
  const message = `there is nothing in ${uri}`;
  const files = fallback === undefined ? [] : await fallback.mlflow.list(fallback.path);
  if (files.length === 0) return new ImportRefused(message, 'Choose a folder that holds a model');
  return new ImportRefused(
    `${message}, but MLflow has the files`,
    "Say where MLflow keeps them: --artifacts-destination s3://<bucket>/<prefix>, the server's own setting",
  );
}

async function throughMlflow(
  uri: string,
  { mlflow, path }: { readonly mlflow: Mlflow; readonly path: string },
  refused: StoreRefused,
): Promise<ArtifactFiles> {
  const files = await mlflow.list(path);
  if (files.length === 0) throw new ImportRefused(`MLflow has no files in "${path}"`, 'Log the model again', refused);
  return {
    uri,
    sizes: new Map(files.map((file) => [file.path, file.bytes])),
    read: (file) => mlflow.read(`${path}/${file}`),
    notes: [
      `read through MLflow, since the bucket cannot be read (${refused.message}); that ${uri} is the place was not seen`,
    ],
    close: () => undefined,
  };
}

const NAME_REPAIR = 'Check the name; MLflow shows it on the page of the model';

/** Faults of MLflow in the same words as those of the store. */
export function mlflowRefused(error: MlflowRefused): ImportRefused {
  const repairs: Readonly<Record<number, string>> = {
    0: 'Check --tracking-uri or MLFLOW_TRACKING_URI',
    401: 'Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN',
    403: 'Ask for the right to read it, or set other MLFLOW_TRACKING_ credentials',
    // MLflow answers 400 for an alias that it does not have, 404 for everything else.
    400: NAME_REPAIR,
    404: NAME_REPAIR,
  };
  return new ImportRefused(error.message, repairs[error.status] ?? 'Look at the log of the MLflow server', error);
}
