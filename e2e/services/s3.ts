/**
 * A real S3 server on this machine, where pods and programs of the host reach it: versitygw over a folder. It checks
 * signatures, and knows multipart uploads, ranges, checksums and paging.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type Daemon, startDaemon } from './daemon.ts';
import { goProgram } from './go-program.ts';

const VERSITYGW = { module: 'github.com/versity/versitygw', folder: 'cmd/versitygw', version: 'v1.8.0' };

export interface S3Options {
  /** Address to listen on, which is part of the endpoint that pods use. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly region: string;
  readonly log: (line: string) => void;
  /** Keeps objects and credentials for the next server; a temporary folder without it. */
  readonly folder?: string;
}

export interface S3Server {
  readonly endpoint: string;
  readonly region: string;
  /** Made for this server alone. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** What AWS' tools, MLflow and this repository's commands read. */
  readonly environment: Readonly<Record<string, string>>;
  readonly client: S3Client;
  /** File with the server's output. */
  readonly logFile: string;
  createBucket(bucket: string): Promise<void>;
  /** Puts every file below a folder to `<prefix><path>`; how many there were. */
  putFolder(bucket: string, prefix: string, folder: string): Promise<number>;
  /** Ends the server and keeps what it holds. */
  stop(): Promise<void>;
  /** Starts it again at the same address with the same credentials; nothing if it runs. */
  start(): Promise<void>;
  restart(): Promise<void>;
  /** Ends it and drops what it holds. */
  remove(): Promise<void>;
}

/** Starts a server, empty but for what its folder kept, and builds the program before if need be. */
export async function startS3({ host, port: wanted, region, log, folder: kept }: S3Options): Promise<S3Server> {
  const program = await goProgram(VERSITYGW, log);
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'kserve-gitops-s3-'));
  const objects = join(folder, 'objects');
  mkdirSync(objects, { recursive: true });
  const port = wanted === 0 ? await freePort(host) : wanted;
  const endpoint = `http://${host}:${port}`;
  const credentials = credentialsIn(folder);
  const { accessKeyId, secretAccessKey } = credentials;
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  const logFile = join(folder, 'versitygw.log');
  let daemon: Daemon | undefined;

  const start = async () => {
    daemon ??= await startDaemon({
      name: 'versitygw',
      command: program,
      args: ['--port', `${host}:${port}`, '--region', region, '--quiet', 'posix', objects],
      environment: { ROOT_ACCESS_KEY_ID: accessKeyId, ROOT_SECRET_ACCESS_KEY: secretAccessKey },
      log: logFile,
      // With our credentials: another server at the port would answer, too.
      ready: () => client.send(new ListBucketsCommand({})).then(() => true),
    });
  };
  const stop = async () => {
    await daemon?.stop();
    daemon = undefined;
  };
  await start();
  return {
    endpoint,
    region,
    accessKeyId,
    secretAccessKey,
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_DEFAULT_REGION: region,
      AWS_REGION: region,
    },
    client,
    logFile,
    createBucket: async (bucket) => {
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
    },
    putFolder: (bucket, prefix, from) => putFolder(client, bucket, prefix, from),
    start,
    stop,
    restart: async () => {
      await stop();
      await start();
    },
    remove: async () => {
      await stop();
      client.destroy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

function credentialsIn(folder: string): Credentials {
  const file = join(folder, 'credentials.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Credentials;
  const made = {
    accessKeyId: `E2E${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(24).toString('base64url'),
  };
  writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
  return made;
}

async function putFolder(client: S3Client, bucket: string, prefix: string, folder: string): Promise<number> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const entry of entries) {
    const file = join(entry.parentPath, entry.name);
    const key = `${prefix}${file.slice(folder.length).replace(/^\/+/, '')}`;
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: readFileSync(file) }));
  }
  return entries.length;
}

async function freePort(host: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error(`no free port on ${host}`);
  return address.port;
}
