import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { request } from 'undici';
import { openHub } from './hub-session.ts';

const HOST = 'jupyter.e2e.test';

function certificate(): { cert: string; key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'kserve-gitops-hub-'));
  const [cert, key] = [join(folder, 'crt'), join(folder, 'key')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const name = ['-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`];
  execFileSync('openssl', ['req', '-x509', ...curve, ...name, '-days', '1', '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  });
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
}

test('a hub behind a Gateway is reached at the address of the Gateway, under its own name', async () => {
  const { cert, key } = certificate();
  const server = createServer({ cert, key }, (incoming, response) => {
    response.end(JSON.stringify([incoming.headers.host, (incoming.socket as TLSSocket).servername]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const connectTo = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  const trusting = openHub({ url: `https://${HOST}/`, connectTo, ca: cert });
  const wary = openHub({ url: `https://${HOST}`, connectTo });
  try {
    const { body } = await request(`${trusting.url}/hub/login`, { dispatcher: trusting.dispatcher });
    assert.deepEqual(await body.json(), [HOST, HOST]);
    await assert.rejects(request(`${wary.url}/hub/login`, { dispatcher: wary.dispatcher }), /self-signed certificate/);
  } finally {
    await Promise.all([trusting.close(), wary.close()]);
    await new Promise((resolve) => server.close(resolve));
  }
});
