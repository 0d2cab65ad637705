/** TLS as a client sees it, before and after the certificate is renewed; REST has the same files. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'node:tls';
import type { DataPlane } from '../data-plane.ts';
import type { Certificate, Tls } from '../operate/tls.ts';
import { watchTls } from '../operate/tls.ts';
import { pairs } from '../testdata/certificates.ts';
import { createGrpcServer } from './server.ts';

const pair = (index: 0 | 1): Certificate => ({
  cert: Buffer.from(pairs[index].cert),
  key: Buffer.from(pairs[index].key),
});

function serialAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

test('a new certificate is used for new connections', async () => {
  let current = pair(0);
  let renew = (_: Certificate) => {};
  const tls: Tls = {
    current: () => current,
    onChange: (listener) => {
      renew = listener;
    },
    close: () => {},
  };
  const plane = { ready: () => true } as DataPlane;
  const server = createGrpcServer(plane, {
    tls,
    maxMessageBytes: 1000,
    outputForm: 'mirror',
    admin: false,
    log: () => {},
  });
  const port = await server.listen('127.0.0.1', 0);
  assert.equal(await serialAt(port), '01');
  current = pair(1);
  renew(current);
  assert.equal(await serialAt(port), '02');
  await server.close();
});

test('files that are no pair are refused at the start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'));
  const files = { certFile: join(folder, 'c'), keyFile: join(folder, 'k') };
  assert.throws(() => watchTls(files, () => {}), /ENOENT/);
  writeFileSync(files.certFile, pairs[0].cert);
  writeFileSync(files.keyFile, pairs[1].key);
  assert.throws(() => watchTls(files, () => {}), /key values mismatch/);
  writeFileSync(files.keyFile, pairs[0].key);
  const tls = watchTls(files, () => {});
  assert.deepEqual(tls.current(), pair(0));
  tls.close();
  rmSync(folder, { recursive: true });
});
