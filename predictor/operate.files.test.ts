/** Files that change while the program runs: certificate, authorities of callers, API keys. REST and gRPC alike. */
import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'node:tls';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { pairs } from './testdata/certificates.ts';
import { method } from './testdata/grpc.ts';
import { identity, write } from './testdata/onnx.ts';
import { endPrograms, startProgram } from './testdata/program.ts';

const root = mkdtempSync(join(tmpdir(), 'files-test-'));
after(() => {
  endPrograms();
  rmSync(root, { recursive: true });
});

type Index = 0 | 1;
const place = (name: string) => join(root, name);
/** As a rename, so that no half-written file is ever seen. */
const put = (name: string, text: string) => {
  writeFileSync(place(`${name}.new`), text);
  renameSync(place(`${name}.new`), place(name));
};
const both = pairs.map(({ cert }) => cert).join('');

/** The status, or why the connection failed. */
function rest(port: number, path: string, own?: Index, key = ''): Promise<number | string> {
  const shown = own === undefined ? {} : { cert: pairs[own].cert, key: pairs[own].key };
  const options = { host: '127.0.0.1', port, path, ca: both, servername: 'localhost', agent: false, ...shown };
  return new Promise((resolve) => {
    const sent = request({ ...options, headers: key === '' ? {} : { 'x-api-key': key } });
    sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    sent.on('response', (response: IncomingMessage) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.end();
  });
}

/** The gRPC status code. */
function grpc(port: number, name: string, own?: Index, key = ''): Promise<number> {
  const pem = (text: string) => Buffer.from(text);
  const shown = own === undefined ? ([] as const) : ([pem(pairs[own].key), pem(pairs[own].cert)] as const);
  const client = new Client(`localhost:${port}`, credentials.createSsl(pem(both), ...shown), {
    'grpc.use_local_subchannel_pool': 1,
  });
  const { path, requestSerialize, responseDeserialize } = method(name);
  const metadata = new Metadata();
  if (key !== '') metadata.set('x-api-key', key);
  return new Promise((resolve) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, metadata, (error) => {
      client.close();
      resolve(error?.code ?? 0);
    });
  });
}

/** Serial number of the certificate that the server shows. */
function serial(port: number, own: Index, protocol: string): Promise<string> {
  const { cert, key } = pairs[own];
  return new Promise((resolve, reject) => {
    const socket = connect({
      port,
      host: '127.0.0.1',
      cert,
      key,
      rejectUnauthorized: false,
      ALPNProtocols: [protocol],
    });
    socket.on('secureConnect', () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await holds()) return;
    await pause(50);
  }
  assert.fail(`waited in vain until ${what}`);
}

const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

test('certificate, callers and keys are followed while the program runs', async () => {
  write(root, { 'm/m.onnx': identity('FP32', [-1]), keys: 'key-1\n', ca: pairs[0].cert });
  write(root, { cert: pairs[0].cert, key: pairs[0].key });
  const tls = ['--tls-cert-file', place('cert'), '--tls-key-file', place('key'), '--tls-client-ca', place('ca')];
  const model = ['--model-name', 'm', '--model-dir', place('m'), '--http-host', '127.0.0.1', '--http-port', '0'];
  const program = startProgram([...model, ...tls, '--api-keys-file', place('keys')]);
  const listening = await program.next('listening');
  const [http, rpc] = [Number(listening['port']), Number(listening['grpc'])];
  await program.next('ready');

  assert.equal(await rest(http, '/v2/health/live', 0), 200);
  assert.match(String(await rest(http, '/v2/health/live')), /CERTIFICATE_REQUIRED|ECONNRESET/);
  assert.match(String(await rest(http, '/v2/health/live', 1)), /UNKNOWN_CA|ECONNRESET/);
  assert.equal(await grpc(rpc, 'ServerLive', 0), 0);
  assert.equal(await grpc(rpc, 'ServerLive'), UNAVAILABLE);
  assert.equal(await grpc(rpc, 'ServerLive', 1), UNAVAILABLE);

  put('ca', both);
  await until('REST takes the new authority', async () => (await rest(http, '/v2/health/live', 1)) === 200);
  await until('gRPC takes the new authority', async () => (await grpc(rpc, 'ServerLive', 1)) === 0);
  put('ca', 'none');
  assert.match(String((await program.next('file-refused'))['msg']), /ca has no certificate of an authority/);
  assert.equal(await rest(http, '/v2/health/live', 1), 200);
  put('ca', both);

  assert.deepEqual([await serial(http, 0, 'http/1.1'), await serial(rpc, 0, 'h2')], ['01', '01']);
  put('cert', pairs[1].cert);
  put('key', pairs[1].key);
  await until('REST shows the new certificate', async () => (await serial(http, 0, 'http/1.1')) === '02');
  await until('gRPC shows the new certificate', async () => (await serial(rpc, 0, 'h2')) === '02');

  assert.deepEqual([await rest(http, '/v2', 0, 'key-1'), await grpc(rpc, 'ServerMetadata', 0, 'key-1')], [200, 0]);
  put('keys', 'key-2\n');
  await until('the old key is refused', async () => (await rest(http, '/v2', 0, 'key-1')) === 401);
  assert.equal(await grpc(rpc, 'ServerMetadata', 0, 'key-1'), UNAUTHENTICATED);
  assert.deepEqual([await rest(http, '/v2', 0, 'key-2'), await grpc(rpc, 'ServerMetadata', 0, 'key-2')], [200, 0]);
  put('keys', '# none\n');
  assert.match(String((await program.next('file-refused'))['msg']), /the file of API keys has no key/);
  assert.equal(await rest(http, '/v2', 0, 'key-2'), 200);
  program.child.kill('SIGTERM');
  assert.equal(await program.exit, 0);
});
