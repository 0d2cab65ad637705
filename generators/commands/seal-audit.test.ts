/** Ages and certificates of sealed files, in a real git repository; and sealing all of them again. */
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { SealedSecret } from '../kube/sealed-secret.ts';
import { within } from '../testdata/project.ts';
import { edit, layOutRepository } from '../testdata/repository.ts';
import { unseal } from '../testdata/sealing/unseal.ts';
import { type AuditOptions, audit } from './seal-audit.ts';
import { type RotateOptions, rotate } from './seal-rotate.ts';
import { verify } from './verify.ts';

const now = new Date('2026-12-01T00:00:00Z');
const sealed = 'clusters/alpha/sealed';
const id = `AKIA${'B'.repeat(16)}`;
const key = 'k'.repeat(40);

function pem(name: string): string {
  return fileURLToPath(new URL(`../testdata/sealing/${name}`, import.meta.url));
}

async function codes(root: string, changes: Partial<AuditOptions> = {}): Promise<string[]> {
  const { problems } = await audit({ root, clusters: ['alpha'], days: 3650, now: new Date(), ...changes });
  return problems.map(({ code, severity }) => `${code} ${severity}`);
}

function notBefore(): Date {
  return new Date(Date.now() + 1000);
}

test('what was sealed with the stored certificate lately needs nothing', async () => {
  await within(await layOutRepository(now), async (root) => {
    const { audits, note } = await audit({ root, clusters: ['alpha'], days: 3650, now: notBefore() });
    assert.equal(audits[0]?.secrets.length, 2);
    assert.match(note[0] ?? '', /^alpha: certificate sha256 [0-9a-f]{64}, \d+ days old, valid until 2\d{3}-/);
    assert.match(note[1] ?? '', /: sealed \d{4}-\d\d-\d\d \(\d+ days ago\), with this certificate$/);
    assert.deepEqual(
      (await codes(root)).filter((code) => code.endsWith('error')),
      [],
    );
  });
});

test('values that are too old, and a certificate that the controller has left behind', async () => {
  await within(await layOutRepository(now), async (root) => {
    const later = new Date(Date.now() + 100 * 86_400_000);
    const { problems } = await audit({ root, clusters: ['alpha'], days: 90, now: later });
    assert.deepEqual(
      problems.map(({ code, severity }) => `${code} ${severity}`),
      ['CERTIFICATE_AGE warning', 'SECRET_AGE error', 'SECRET_AGE error'],
    );
    assert.match(problems[1]?.message ?? '', /sealed 100 days ago, more than 90/);
  });
});

test('a file for another certificate, and a stored certificate that is not the newest', async () => {
  await within(await layOutRepository(now), async (root) => {
    const file = `${sealed}/flowers.mlops-aws-credentials.yaml`;
    const text = readFileSync(join(root, file), 'utf8');
    writeFileSync(
      join(root, file),
      text.replace(/certificate-sha256: [0-9a-f"]+/, `certificate-sha256: ${'f'.repeat(64)}`),
    );
    assert.ok((await codes(root)).includes('CERTIFICATE_MISMATCH error'));
    const asked = await audit({ root, clusters: ['alpha'], days: 3650, now: new Date(), cert: pem('another.pem') });
    assert.ok(asked.problems.some(({ message }) => /is not the controller's newest/.test(message)));
    const gone = await audit({ root, clusters: ['alpha'], days: 3650, now: new Date(), cert: '/no/such/file' });
    assert.ok(gone.problems.some(({ code }) => code === 'CERTIFICATE_MISSING'));
  });
});

test('a file that is not committed as it is has no day of sealing', async () => {
  await within(await layOutRepository(now), async (root) => {
    const file = `${sealed}/flowers.mlops-aws-credentials.yaml`;
    const dayOf = async () => {
      const { audits } = await audit({ root, clusters: ['alpha'], days: 3650, now: new Date() });
      return audits[0]?.secrets.find((secret) => secret.file === file)?.sealed;
    };
    assert.match((await dayOf()) ?? '', /^\d{4}-\d\d-\d\d$/);
    writeFileSync(join(root, file), `${readFileSync(join(root, file), 'utf8')}# edited\n`);
    assert.equal(await dayOf(), undefined);
  });
});

test('a cluster that seals nothing needs no certificate', async () => {
  await within(await layOutRepository(now), async (root) => {
    assert.deepEqual(await codes(root, { clusters: ['beta'] }), []);
  });
});

function options(root: string, changes: Partial<RotateOptions> = {}): RotateOptions {
  const storage = { region: 'eu-west-1' };
  return {
    root,
    cluster: 'alpha',
    credentials: 'mlops-aws-credentials',
    storage,
    stdin: false,
    fromEnv: [],
    now,
    ...changes,
  };
}

function world(given: { stdin?: string; typed?: Record<string, string> }) {
  return {
    env: {},
    readStdin: async () => Buffer.from(given.stdin ?? ''),
    prompt: async (label: string) => Buffer.from(given.typed?.[label] ?? ''),
  };
}

const both = { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: key };

function open(root: string, file: string): Record<string, string> {
  const { metadata, spec } = parse(readFileSync(join(root, file), 'utf8')) as SealedSecret;
  const label = `${metadata.namespace}/${metadata.name}`;
  return Object.fromEntries(
    Object.entries(spec.encryptedData).map(([name, text]) => [name, unseal(text, label).toString()]),
  );
}

test('rotate seals every file again with the new values; verify is content', async () => {
  await within(await layOutRepository(now), async (root) => {
    const before = readFileSync(join(root, `${sealed}/flowers.mlops-aws-credentials.yaml`), 'utf8');
    const { problems, written, note } = await rotate(options(root), world({ typed: both }));
    assert.deepEqual(problems, []);
    assert.deepEqual(written, [
      `${sealed}/flowers.mlops-aws-credentials.yaml`,
      `${sealed}/mlflow.mlops-aws-credentials.yaml`,
    ]);
    for (const file of written) assert.deepEqual(open(root, file), both);
    const after = readFileSync(join(root, written[0] ?? ''), 'utf8');
    const shape = (text: string) => text.replace(/Ag[A-Za-z0-9+/=]{600,}/g, '<sealed>');
    assert.equal(shape(after), shape(before), 'scope and annotations stay');
    assert.ok(!JSON.stringify([problems, written, note]).includes(key));
    assert.ok(!after.includes(key));
    const errors = (await verify(root, { now })).problems.filter(
      ({ code }) => code.startsWith('SECRET') || code.startsWith('CERT'),
    );
    assert.deepEqual(errors, []);
  });
});

test('rotate for another certificate stores it with the files', async () => {
  await within(await layOutRepository(now), async (root) => {
    const { problems, written } = await rotate(options(root, { cert: pem('another.pem') }), world({ typed: both }));
    assert.deepEqual(problems, []);
    assert.equal(written.at(-1), `${sealed}/certificate.pem`);
    assert.equal(
      readFileSync(join(root, `${sealed}/certificate.pem`), 'utf8'),
      readFileSync(pem('another.pem'), 'utf8'),
    );
    assert.ok(!(await codes(root)).includes('CERTIFICATE_MISMATCH error'));
  });
});

test('several Secrets come from one JSON object, and nothing is written when one is missing or wrong', async () => {
  await within(await layOutRepository(now), async (root) => {
    const other = `${sealed}/flowers.token.yaml`;
    copyFileSync(join(root, `${sealed}/flowers.mlops-aws-credentials.yaml`), join(root, other));
    edit(root, other, 'name: mlops-aws-credentials', 'name: token');
    edit(root, other, 'name: mlops-aws-credentials', 'name: token');
    const text = readFileSync(join(root, other), 'utf8');
    writeFileSync(
      join(root, other),
      text.replace(/^ {4}AWS_ACCESS_KEY_ID: .*\n/m, '').replace('AWS_SECRET_ACCESS_KEY', 'TOKEN'),
    );
    const before = readFileSync(join(root, other), 'utf8');
    const stdin = (value: unknown) => world({ stdin: JSON.stringify(value) });
    for (const wrong of [
      { token: { TOKEN: 'abc' } },
      { token: { TOKEN: 'abc' }, 'mlops-aws-credentials': { AWS_ACCESS_KEY_ID: id } },
      [],
    ]) {
      const { problems, written } = await rotate(options(root, { stdin: true }), stdin(wrong));
      assert.ok(problems.length > 0 && problems.every(({ code }) => code === 'SECRET_KEYS'), JSON.stringify(problems));
      assert.deepEqual(written, []);
      assert.equal(readFileSync(join(root, other), 'utf8'), before);
    }
    const good = { token: { TOKEN: 'abc' }, 'mlops-aws-credentials': both };
    const { problems, written } = await rotate(options(root, { stdin: true }), stdin(good));
    assert.deepEqual(problems, []);
    assert.equal(written.length, 3);
    assert.deepEqual(open(root, other), { TOKEN: 'abc' });
    assert.deepEqual(open(root, `${sealed}/mlflow.mlops-aws-credentials.yaml`), both);
  });
});

test('a cluster without sealed files cannot be rotated', async () => {
  await within(await layOutRepository(now), async (root) => {
    const { problems } = await rotate(options(root, { cluster: 'beta' }), world({}));
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['SECRET_MISSING'],
    );
  });
});
