/** Where the models come from while the client runs: a file that changes, and servers that come, change and go. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort } from '../bench/serving/server.ts';
import type { CatalogueAnswer, ModelDetail } from './contract.ts';
import { readCatalogue } from './server/catalogue-file.ts';
import { ask, failureOf, post, runClient, runPredictor, sample, type TestClient, until } from './testdata/run.ts';

const URL_ = 'http://127.0.0.1:9';
const namesOf = async (client: TestClient) =>
  ((await (await ask(client, 'api/catalogue')).json()) as CatalogueAnswer).models.map(({ name }) => name);
const text = (...names: string[]) =>
  JSON.stringify({ cluster: 'test', models: names.map((name) => ({ name, url: URL_, protocol: 'v2' })) });
const events = (client: TestClient, event: string) => client.log.filter((line) => line['event'] === event);
const valid = async (client: TestClient) =>
  /^client_catalogue_valid (\d)$/m.exec(
    await (await fetch(`http://127.0.0.1:${client.operationsPort}/metrics`)).text(),
  )?.[1];

test('an edited catalogue takes over, a faulty one leaves the old and is told', async () => {
  const client = await runClient([{ name: 'a', url: URL_, protocol: 'v2' }]);
  try {
    assert.deepEqual(await namesOf(client), ['a']);
    client.rewrite(text('b', 'c'));
    await until(
      () => namesOf(client),
      (names) => names.join() === 'b,c',
    );
    assert.equal((await failureOf(await post(client, 'api/models/a/infer', '{}'))).code, 'MODEL_UNKNOWN');
    assert.equal(events(client, 'catalogue-read')[0]?.['models'], 2);
    for (const fault of ['{', '{"cluster":"test"}', text('b', 'b')]) {
      const before = events(client, 'catalogue-failed').length;
      client.rewrite(fault);
      await until(
        () => Promise.resolve(events(client, 'catalogue-failed').length),
        (count) => count > before,
      );
      assert.deepEqual(await namesOf(client), ['b', 'c']);
      assert.equal(await valid(client), '0');
    }
    assert.match(
      String(events(client, 'catalogue-failed').at(-1)?.['msg']),
      /the old one stays: .*repeats the model "b"/,
    );
    client.rewrite(text('d'));
    await until(
      () => namesOf(client),
      (names) => names.join() === 'd',
    );
    assert.equal(await valid(client), '1');
  } finally {
    await client.stop();
  }
});

test('a mounted ConfigMap, whose folder is exchanged behind a link, is followed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'configmap-'));
  const mount = (version: string, content: string) => {
    mkdirSync(join(folder, version));
    writeFileSync(join(folder, version, 'catalogue.json'), content);
    symlinkSync(version, join(folder, 'next'));
    renameSync(join(folder, 'next'), join(folder, '..data'));
  };
  mount('..1', text('a'));
  symlinkSync('..data/catalogue.json', join(folder, 'catalogue.json'));
  const client = await runClient(undefined, '--catalogue', join(folder, 'catalogue.json'));
  try {
    assert.deepEqual(await namesOf(client), ['a']);
    mount('..2', text('b'));
    await until(
      () => namesOf(client),
      (names) => names.join() === 'b',
    );
  } finally {
    await client.stop();
    rmSync(folder, { recursive: true });
  }
});

const faults: readonly (readonly [catalogue: unknown, message: RegExp])[] = [
  [[], /: \/ is \[\]: must be object/],
  [{ models: [] }, /: \/ lacks "cluster"/],
  [{ cluster: 'a', models: [{}] }, /\/models\/0 lacks "name"; \/models\/0 lacks "url"/],
  [{ cluster: 'a', models: [], extra: 1 }, /\/ has unknown member "extra"/],
  [{ cluster: 'a', models: [{ name: 'm', url: URL_, protocol: 'v3' }] }, /\/models\/0\/protocol is "v3": .*: v1, v2/],
  [{ cluster: 'a', models: [{ name: 'm', url: 'file:///etc', protocol: 'v2' }] }, /\/models\/0\/url/],
  [{ cluster: 'a', models: [{ name: 'm', url: 'http://u:p@a', protocol: 'v2' }] }, /\/models\/0\/url/],
  [
    {
      cluster: 'a',
      models: [
        { name: 'm', url: URL_, protocol: 'v2', hostnames: ['m.example'] },
        { name: 'n', url: URL_, protocol: 'v2', hostnames: ['M.example'] },
      ],
    },
    /\/models\/1\/hostnames claims "m.example", which is the host of "m"/,
  ],
  [
    {
      cluster: 'a',
      models: [
        {
          name: 'm',
          url: URL_,
          protocol: 'v2',
          targets: [
            { name: 't', url: URL_ },
            { name: 't', url: URL_ },
          ],
        },
      ],
    },
    /\/models\/0\/targets\/1 repeats the target "t"/,
  ],
];
for (const [catalogue, message] of faults) {
  test(`a faulty catalogue: ${message.source}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'catalogue-'));
    const file = join(folder, 'catalogue.json');
    writeFileSync(file, JSON.stringify(catalogue));
    try {
      assert.throws(() => readCatalogue(file), message);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

test('a catalogue that is not there ends the start', async () => {
  await assert.rejects(runClient(undefined, '--catalogue', '/nowhere.json'), /\/nowhere\.json cannot be read: ENOENT/);
});

test('the models of a predictor are found with their versions, each of which can be asked', async () => {
  const predictor = await runPredictor();
  const client = await runClient(undefined, '--server', predictor.url);
  try {
    const names = await namesOf(client);
    for (const name of ['iris-classifier', 'digits']) assert.ok(names.includes(name), name);
    const detail = (await (await ask(client, 'api/models/iris-classifier')).json()) as ModelDetail;
    assert.deepEqual(
      detail.targets.map(({ name, label }) => [name, label]),
      [
        ['stable', 'latest'],
        ['1', 'version 1'],
        ['2', 'version 2'],
      ],
    );
    assert.ok((detail.targets[0]?.signature.inputs.length ?? 0) > 0);
    const body = JSON.stringify({ inputs: sample('iris-classifier').example.inputs });
    for (const [target, version] of [
      ['1', '1'],
      ['stable', '2'],
    ] as const) {
      const response = await post(client, `api/models/iris-classifier/infer?target=${target}`, body);
      assert.equal(((await response.json()) as { model_version: string }).model_version, version);
    }
  } finally {
    await client.stop();
    await predictor.stop();
  }
});

async function serve(listener: RequestListener, port = 0): Promise<{ server: Server; url: string }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function stop({ server }: { server: Server }): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** Answers these addresses with JSON, everything else with 404. */
const answers =
  (known: () => Readonly<Record<string, unknown>>): RequestListener =>
  (request, response) => {
    const value = known()[`${request.method} ${request.url}`];
    request.resume().on('end', () => {
      response.writeHead(value === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(value ?? { error: 'not found' }));
    });
  };

test('servers are asked in each of the ways in which servers list models', async () => {
  const index = [{ name: 'mlserver', state: 'READY' }, { name: 'unloaded', state: 'UNAVAILABLE' }, { name: 'old' }];
  const places = await Promise.all(
    [
      { 'GET /v2/models': { models: ['plain'] } },
      { 'POST /v2/repository/index': index },
      { 'GET /v1/models': { models: ['kserve', 'old'] } },
    ].map((known) => serve(answers(() => known))),
  );
  const client = await runClient(
    undefined,
    ...places.flatMap(({ url }) => ['--server', url]),
    '--model',
    `named=${URL_}`,
  );
  try {
    assert.deepEqual(await namesOf(client), ['named', 'plain', 'mlserver', 'old', 'kserve']);
    assert.match(String(events(client, 'model-twice')[0]?.['msg']), /Two servers list "old"/);
    assert.equal((await failureOf(await post(client, 'api/models/unloaded/infer', '{}'))).code, 'MODEL_UNKNOWN');
  } finally {
    await client.stop();
    await Promise.all(places.map(stop));
  }
});

test('a server may come after the client, change its models, and keeps them while it is silent', async () => {
  const port = await freePort();
  const client = await runClient(undefined, '--server', `http://127.0.0.1:${port}`);
  let known = ['a'];
  try {
    assert.deepEqual(await namesOf(client), []);
    assert.match(String(events(client, 'server-silent')[0]?.['msg']), /^Cannot list the models of .*ECONNREFUSED/);
    const place = await serve(
      answers(() => ({ 'GET /v2/models': { models: known } })),
      port,
    );
    await until(
      () => namesOf(client),
      (names) => names.join() === 'a',
    );
    known = ['b', 'c'];
    await until(
      () => namesOf(client),
      (names) => names.join() === 'b,c',
    );
    const silent = events(client, 'server-silent').length;
    await stop(place);
    await until(
      () => Promise.resolve(events(client, 'server-silent').length),
      (count) => count > silent,
    );
    assert.deepEqual(await namesOf(client), ['b', 'c']);
  } finally {
    await client.stop();
  }
});
