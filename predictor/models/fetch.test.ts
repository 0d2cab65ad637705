import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { LoadError } from './fault.ts';
import { createFetcher, type Fetcher, localFolder } from './fetch.ts';
import { repositorySources } from './repository.ts';

/** Objects of bucket `b`. A store with pages of two keys, and one that lies about the length of `cut`. */
const objects = new Map<string, string>();
let store: Server;
let fetcher: Fetcher;
const told: string[] = [];

function listing(query: URLSearchParams): string {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter');
  const below = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  if (delimiter !== null) {
    const names = new Set(
      below
        .map((key) => key.slice(prefix.length).split('/'))
        .filter((parts) => parts.length > 1)
        .map(([name]) => name),
    );
    return [...names].map((name) => `<CommonPrefixes><Prefix>${prefix}${name}/</Prefix></CommonPrefixes>`).join('');
  }
  const start = Number(query.get('continuation-token') ?? 0);
  const page = below
    .slice(start, start + 2)
    .map((key) => `<Contents><Key>${key}</Key><Size>${objects.get(key)?.length}</Size></Contents>`);
  const more =
    start + 2 < below.length
      ? `<IsTruncated>true</IsTruncated><NextContinuationToken>${start + 2}</NextContinuationToken>`
      : '';
  return page.join('') + more;
}

before(async () => {
  store = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://store');
    const key = decodeURIComponent(url.pathname.slice('/b/'.length));
    if (!url.pathname.startsWith('/b'))
      return void response.writeHead(404).end('<Error><Code>NoSuchBucket</Code><Message>no bucket</Message></Error>');
    if (url.searchParams.has('list-type'))
      return void response.end(`<ListBucketResult>${listing(url.searchParams)}</ListBucketResult>`);
    const content = objects.get(key) ?? '';
    response.end(key.endsWith('cut') ? content.slice(1) : content);
  });
  await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(store.address() as AddressInfo).port}`;
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' });
  fetcher = createFetcher({ endpoint, region: 'us-east-1', maxFolderBytes: 100, maxFolderObjects: 5 }, (event) =>
    told.push(event),
  );
});

after(() => {
  fetcher.close();
  store.closeAllConnections();
  store.close();
});

const put = (...keys: string[]) => {
  objects.clear();
  for (const key of keys) objects.set(key, `content of ${key.split('/').at(-1)}`);
};
const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith('predictor-')).length;
const refused = (uri: string, message: RegExp) =>
  assert.rejects(fetcher.fetch(uri), (error) => error instanceof LoadError && message.test(error.message));

test('a folder comes whole, page after page, and no neighbour with it', async () => {
  put('m/1/MLmodel', 'm/1/data/model.onnx', 'm/1/z.json', 'm/1/folder/', 'm/10/other');
  for (const uri of ['s3://b/m/1', 's3://b/m/1/']) {
    const folder = await fetcher.fetch(uri);
    assert.deepEqual(readdirSync(folder).sort(), ['MLmodel', 'data', 'z.json']);
    assert.equal(readFileSync(join(folder, 'data/model.onnx'), 'utf8'), 'content of model.onnx');
    rmSync(dirname(folder), { recursive: true });
  }
  assert.deepEqual(told.slice(0, 2), ['fetched', 'fetched']);
});

test('what was fetched is gone after its removal, and what was not fetched stays', async () => {
  put('m/a');
  const existing = leftovers();
  const folder = await localFolder(fetcher, 's3://b/m/');
  assert.deepEqual(readdirSync(folder.path), ['a']);
  await folder.remove();
  put('m/cut');
  await refused('s3://b/m/', /object "m\/cut" came with 13 of 14 bytes/);
  assert.equal(leftovers(), existing);
  const local = await localFolder(fetcher, tmpdir());
  await local.remove();
  assert.ok(existsSync(local.path));
});

test('faults say which place', async () => {
  put('m/../../evil');
  await refused('s3://b/m/', /would be written outside the model's folder/);
  put('m/1', 'm/2', 'm/3', 'm/4', 'm/5', 'm/6');
  await refused('s3://b/m/', /more than 5 objects/);
  objects.clear();
  objects.set('m/1', 'x'.repeat(101));
  await refused('s3://b/m/', /^s3:\/\/b\/m\/ holds 101 bytes, at most 100 are fetched/);
  await refused('s3://b/none', /^s3:\/\/b\/none\/ holds no objects/);
  await refused('s3://other/m', /^cannot fetch s3:\/\/other\/m: NoSuchBucket/);
  await refused('s3:///m', /not of the form s3:\/\/bucket\/prefix\//);
});

test('a repository in S3 lists models and versions', async () => {
  put('repo/a/1/model.onnx', 'repo/a/2/model.onnx', 'repo/b/x/model.onnx', 'repo/readme');
  const sources = await repositorySources('s3://b/repo/', fetcher);
  assert.deepEqual(
    sources.map((source) => [source.name, source.version, source.location]),
    [
      ['a', '1', 's3://b/repo/a/1'],
      ['a', '2', 's3://b/repo/a/2'],
      ['b', 'x', 's3://b/repo/b/x'],
    ],
  );
  await assert.rejects(repositorySources('s3://b/none', fetcher), /holds no <model>\/<version>\/ folder/);
});
