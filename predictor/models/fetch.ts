/** Brings model folders from S3, or any store that speaks its protocol, or from MLflow, to a temporary folder. */
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type { S3Client } from '@aws-sdk/client-s3';
import { LoadError, reasonOf } from './fault.ts';
import { createMlflow, isMlflowArtifact, isMlflowName, type Mlflow, type MlflowSettings } from './mlflow.ts';
import type { Report } from './report.ts';
import { isS3 } from './source.ts';

export interface S3Settings {
  /** Address of a store other than AWS; its buckets are then addressed by path. */
  readonly endpoint?: string;
  readonly region: string;
  /** Bytes that one model folder may have in all. */
  readonly maxFolderBytes: number;
  /** Objects that one model folder may have. */
  readonly maxFolderObjects: number;
  /** Absent when no MLflow server is known. */
  readonly mlflow?: MlflowSettings;
}

export interface Fetcher {
  /** Turns MLflow's name of a model into the place of its artifacts; other places are returned as they are. */
  resolve(location: string): Promise<string>;
  /** Downloads all below the prefix into a temporary folder of its own; the caller removes that folder's parent. */
  fetch(uri: string): Promise<string>;
  /** Names directly below the prefix that have objects below them. Rejects with LoadError. */
  folders(uri: string): Promise<string[]>;
  close(): void;
}

interface StoredObject {
  readonly key: string;
  readonly bytes: number;
}

export interface LocalFolder {
  readonly path: string;
  /** Removes what was fetched; what was on disk before stays. */
  readonly remove: () => Promise<void>;
}

/** `location` on this machine. */
export async function localFolder(fetcher: Fetcher, location: string): Promise<LocalFolder> {
  const place = await fetcher.resolve(location);
  if (place.startsWith('file:')) return { path: fileURLToPath(place), remove: () => Promise.resolve() };
  if (!isS3(place) && !isMlflowArtifact(place)) return { path: place, remove: () => Promise.resolve() };
  const path = await fetcher.fetch(place);
  return { path, remove: () => rm(dirname(path), { recursive: true, force: true }) };
}

/** Credentials come from the SDK's own chain: environment, web identity, instance metadata. */
export function createFetcher(settings: S3Settings, report: Report): Fetcher {
  let client: Promise<S3Client> | undefined;
  const connected = () => {
    client ??= connect(settings);
    return client;
  };
  const mlflow = settings.mlflow === undefined ? undefined : createMlflow(settings.mlflow, settings);
  const asked = (uri: string): Mlflow => {
    if (mlflow !== undefined) return mlflow;
    throw new LoadError(`"${uri}" is a name in MLflow, and MLFLOW_TRACKING_URI is not set`);
  };
  return {
    resolve: async (location) => {
      if (!isMlflowName(location)) return location;
      const place = await asked(location).resolve(location);
      report('resolved', { uri: location, place });
      return place;
    },
    fetch: async (uri) => {
      if (!isMlflowArtifact(uri))
        return told(uri, async () => download(await connected(), parseUri(uri), settings, report));
      const folder = await asked(uri).fetch(uri);
      report('fetched', { uri });
      return folder;
    },
    folders: (uri) => told(uri, async () => folders(await connected(), parseUri(uri))),
    close: () => void client?.then((open) => open.destroy()),
  };
}

/** The SDK takes a third of a second to load: only who fetches pays for it. */
async function connect(settings: S3Settings): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  const endpoint = settings.endpoint === undefined ? {} : { endpoint: settings.endpoint, forcePathStyle: true };
  return new S3Client({ region: settings.region, ...endpoint });
}

async function told<T>(uri: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LoadError) throw error;
    const name = error instanceof Error && error.name !== 'Error' ? `${error.name}: ` : '';
    throw new LoadError(`cannot fetch ${uri}: ${name}${reasonOf(error)}`, { cause: error });
  }
}

interface Place {
  readonly uri: string;
  readonly bucket: string;
  /** Ends with `/`, or is empty: `models/m-1` must not match the objects of `models/m-10`. */
  readonly prefix: string;
}

function parseUri(uri: string): Place {
  const [, bucket, path = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(uri) ?? [];
  if (bucket === undefined) throw new LoadError(`"${uri}" is not of the form s3://bucket/prefix/`);
  const prefix = path === '' || path.endsWith('/') ? path : `${path}/`;
  return { uri: `s3://${bucket}/${prefix}`, bucket, prefix };
}

async function download(client: S3Client, place: Place, settings: S3Settings, report: Report): Promise<string> {
  const objects = await list(client, place, settings);
  const bytes = objects.reduce((sum, object) => sum + object.bytes, 0);
  const limit = settings.maxFolderBytes;
  if (bytes > limit) throw new LoadError(`${place.uri} holds ${bytes} bytes, at most ${limit} are fetched`);
  const base = await mkdtemp(join(tmpdir(), 'predictor-'));
  const partial = join(base, 'partial');
  try {
    for (const object of objects) await save(client, place, object, partial);
    await rename(partial, join(base, 'model'));
  } catch (error) {
    await rm(base, { recursive: true, force: true });
    throw error;
  }
  report('fetched', { uri: place.uri, objects: objects.length, bytes });
  return join(base, 'model');
}

async function list(client: S3Client, place: Place, settings: S3Settings): Promise<StoredObject[]> {
  const { paginateListObjectsV2 } = await import('@aws-sdk/client-s3');
  const found: StoredObject[] = [];
  for await (const page of paginateListObjectsV2({ client }, { Bucket: place.bucket, Prefix: place.prefix })) {
    for (const { Key: key, Size: bytes } of page.Contents ?? []) {
      if (key !== undefined && !key.endsWith('/')) found.push({ key, bytes: bytes ?? 0 });
    }
    const limit = settings.maxFolderObjects;
    if (found.length > limit) throw new LoadError(`${place.uri} holds more than ${limit} objects: it is not one model`);
  }
  if (found.length === 0) throw new LoadError(`${place.uri} holds no objects`);
  return found;
}

async function save(client: S3Client, place: Place, object: StoredObject, folder: string): Promise<void> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  const file = resolve(folder, object.key.slice(place.prefix.length));
  if (!file.startsWith(folder + sep))
    throw new LoadError(`object "${object.key}" would be written outside the model's folder`);
  await mkdir(dirname(file), { recursive: true });
  const { Body: body } = await client.send(new GetObjectCommand({ Bucket: place.bucket, Key: object.key }));
  if (!(body instanceof Readable)) throw new LoadError(`object "${object.key}" came without content`);
  const sink = createWriteStream(file);
  await pipeline(body, sink);
  if (sink.bytesWritten !== object.bytes) {
    throw new LoadError(`object "${object.key}" came with ${sink.bytesWritten} of ${object.bytes} bytes`);
  }
}

async function folders(client: S3Client, place: Place): Promise<string[]> {
  const { paginateListObjectsV2 } = await import('@aws-sdk/client-s3');
  const names: string[] = [];
  const query = { Bucket: place.bucket, Prefix: place.prefix, Delimiter: '/' };
  for await (const page of paginateListObjectsV2({ client }, query)) {
    for (const { Prefix: prefix } of page.CommonPrefixes ?? []) {
      if (prefix !== undefined) names.push(prefix.slice(place.prefix.length, -1));
    }
  }
  return names.sort();
}
