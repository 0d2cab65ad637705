/** Model artifacts where they lie, in S3 or a store that speaks its protocol: what is there, and the bytes of one object. */
import type { S3Client } from '@aws-sdk/client-s3';

export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  /** Changes with the content; empty where the store gives none. */
  readonly etag: string;
}

export interface StoreSettings {
  readonly region: string;
  /** Address of a store other than AWS. */
  readonly endpoint?: string | undefined;
  /** In place of the SDK's own chain: environment, profile, web identity, instance metadata. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

export interface ArtifactStore {
  /** Every object whose key begins with the prefix, as KServe's storage initializer lists it. Rejects with StoreRefused. */
  list(bucket: string, prefix: string): Promise<StoredObject[]>;
  read(bucket: string, key: string): Promise<Uint8Array>;
  close(): void;
}

/** The store did not answer as asked. `access`: it could not be reached, or does not let us in. */
export class StoreRefused extends Error {
  readonly access: boolean;

  constructor(message: string, access: boolean, cause: unknown) {
    super(message, { cause });
    this.access = access;
  }
}

/** A folder with more is no model. */
const MOST_OBJECTS = 10_000;

/** Whether the environment holds what an AWS SDK needs to reach a store; the reason why not. */
export function storeSettingsIn(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const any = [
    'AWS_ACCESS_KEY_ID',
    'AWS_PROFILE',
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  ].some((name) => (environment[name] ?? '') !== '');
  return any ? undefined : 'no credentials in the environment (AWS_ACCESS_KEY_ID, AWS_PROFILE, a web identity, …)';
}

export function openStore(settings: StoreSettings): ArtifactStore {
  let client: Promise<S3Client> | undefined;
  const connected = () => {
    client ??= connect(settings);
    return client;
  };
  return {
    list: (bucket, prefix) => told(bucket, async () => list(await connected(), bucket, prefix)),
    read: (bucket, key) => told(bucket, async () => read(await connected(), bucket, key)),
    close: () => void client?.then((open) => open.destroy()),
  };
}

async function connect({ region, endpoint, credentials }: StoreSettings): Promise<S3Client> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const { S3Client } = await import('@aws-sdk/client-s3');
  return new S3Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(credentials === undefined ? {} : { credentials }),
    requestHandler: { connectionTimeout: 5000, requestTimeout: 60_000 },
    maxAttempts: 3,
  });
}

async function list(client: S3Client, bucket: string, prefix: string): Promise<StoredObject[]> {
  const { ListObjectsV2Command } = await import('@aws-sdk/client-s3');
  const found: StoredObject[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        ...(token === undefined ? {} : { ContinuationToken: token }),
      }),
    );
    for (const { Key, Size, ETag } of page.Contents ?? []) {
      // Consoles make empty objects to show folders.
      if (Key !== undefined && !Key.endsWith('/')) found.push({ key: Key, bytes: Size ?? 0, etag: ETag ?? '' });
    }
    token = page.NextContinuationToken;
    if (found.length > MOST_OBJECTS)
      throw new StoreRefused(`it holds more than ${MOST_OBJECTS} objects`, false, undefined);
  } while (token !== undefined);
  return found;
}

async function read(client: S3Client, bucket: string, key: string): Promise<Uint8Array> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  if (Body === undefined) throw new StoreRefused('an object came without a body', false, undefined);
  return Body.transformToByteArray();
}

async function told<T>(bucket: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreRefused) throw error;
    throw new StoreRefused(`s3://${bucket}: ${reasonOf(error)}`, true, error);
  }
}

/** The SDK's errors carry their kind in the name, and some (an unknown host) nothing but a code. */
function reasonOf(error: unknown): string {
  const { name, message, code } = error as { name?: string; message?: string; code?: string };
  const kind = name === undefined || name === 'Error' ? (code ?? '') : name;
  const text = (message ?? '').replace(/[.\s]+$/, '');
  return [kind, text].filter((part) => part !== '' && part !== 'UnknownError').join(': ') || 'no answer';
}
