/** An S3 server in this process, holding a folder's files as objects: for a laptop without any cloud. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import S3rver from 's3rver';
import { listFiles, listFolders } from './files.ts';

/** The server's only account; s3rver has no other. */
const ACCOUNT = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' } as const;

export interface S3Server {
  readonly endpoint: string;
  /** Environment with which an AWS SDK reaches the server. */
  readonly environment: Readonly<Record<string, string>>;
  /** Puts every file of `folder/<bucket>/<key…>` that is new or has changed; the number of objects put. */
  fill(folder: string): Promise<number>;
  stop(): Promise<void>;
}

/** Starts on loopback; port 0 takes a free one. `buckets` are made in advance. */
export async function startS3Server(port: number, buckets: readonly string[]): Promise<S3Server> {
  const directory = await mkdtemp(join(tmpdir(), 'kserve-gitops-s3-'));
  const server = new S3rver({
    address: '127.0.0.1',
    port,
    silent: true,
    directory,
    configureBuckets: buckets.map((name) => ({ name, configs: [] })),
  });
  const address = await server.run();
  const endpoint = `http://127.0.0.1:${address.port}`;
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const client = new S3Client({ endpoint, region: 'us-east-1', credentials: ACCOUNT, forcePathStyle: true });
  const put = new Map<string, string>();
  return {
    endpoint,
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: ACCOUNT.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ACCOUNT.secretAccessKey,
      // The lock file pins an SDK that supports Node 20; its notice of later ones is for who updates it.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    async fill(folder) {
      let count = 0;
      for (const bucket of await listFolders(folder)) {
        if (!buckets.includes(bucket)) continue;
        for (const key of await listFiles(join(folder, bucket))) {
          const body = await readFile(join(folder, bucket, key));
          const content = body.toString('base64');
          if (put.get(`${bucket}/${key}`) === content) continue;
          await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
          put.set(`${bucket}/${key}`, content);
          count += 1;
        }
      }
      return count;
    },
    async stop() {
      client.destroy();
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
