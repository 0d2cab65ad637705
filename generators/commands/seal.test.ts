import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parse } from 'yaml';
import { credentialKeys, type SealedSecret, storageAnnotations } from '../kube/sealed-secret.ts';
import { InputRefused } from '../outside/secret-input.ts';
import type { Problem } from '../problem.ts';
import { fixture, fixturePath, unseal } from '../testdata/sealing/unseal.ts';
import { checkSealed } from '../verify/sealed.ts';
import { type SealIo, type SealOptions, seal } from './seal.ts';

const id = 'AKIAIOSFODNN7EXAMPLE';
const key = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const env = { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: key };
const secret = 'mlops-aws-credentials';
const storage = { region: 'ca-central-1' };
const targets = ['ml-platform', 'mlflow'].map((namespace) => ({ namespace, secret }));
const sealed = 'clusters/prod/sealed';
const files = targets.map(({ namespace }) => `${sealed}/${namespace}.${secret}.yaml`);
const now = new Date('2026-12-01T00:00:00Z');
const fromEnv = Object.keys(env);

async function repository(t: TestContext, certificate?: string): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'seal-'));
  t.after(() => rm(root, { recursive: true }));
  await mkdir(join(root, sealed), { recursive: true });
  if (certificate !== undefined) await copyFile(fixturePath(certificate), join(root, sealed, 'certificate.pem'));
  return root;
}

/** A world in which only what is given exists. */
function world(given: { stdin?: string; typed?: Record<string, string>; env?: Record<string, string> } = {}): SealIo {
  return {
    env: given.env ?? {},
    async readStdin() {
      if (given.stdin === undefined) throw new Error('stdin was read');
      return Buffer.from(given.stdin);
    },
    async prompt(label) {
      const text = given.typed?.[label];
      if (text === undefined) throw new InputRefused('there is no terminal to ask on');
      return Buffer.from(text);
    },
  };
}

function options(root: string, changes: Partial<SealOptions> = {}): SealOptions {
  return { root, cluster: 'prod', targets, credentials: secret, storage, now, ...changes };
}

async function readSealed(root: string, file: string): Promise<SealedSecret> {
  return parse(await readFile(join(root, file), 'utf8')) as SealedSecret;
}

/** What the controller would make of a sealed file. */
function open({ metadata, spec }: SealedSecret): Record<string, string> {
  const label = `${metadata.namespace}/${metadata.name}`;
  return Object.fromEntries(
    Object.entries(spec.encryptedData).map(([name, value]) => [name, unseal(value, label).toString()]),
  );
}

function codes(problems: readonly Problem[]): string[] {
  return problems.map(({ code }) => code);
}

test('the credentials are sealed for every namespace, with the certificate, and pass T9', async (t) => {
  const root = await repository(t);
  const given = options(root, { cert: fixturePath('certificate.pem'), fromEnv });
  const { note, problems, written } = await seal(given, world({ env }));
  assert.deepEqual(problems, []);
  assert.deepEqual(written, [...files, `${sealed}/certificate.pem`]);
  assert.match(note[0] ?? '', /^Certificate sha256 [0-9a-f]{64}, valid until 2056-11-14, stored$/);
  const secrets = await Promise.all(files.map(async (file) => ({ file, value: await readSealed(root, file) })));
  for (const { value } of secrets) assert.deepEqual(open(value), env);
  const pem = await readFile(join(root, sealed, 'certificate.pem'), 'utf8');
  assert.equal(pem, fixture('certificate.pem'));
  const wanted = { keys: credentialKeys(storage), annotations: storageAnnotations(storage), because: { file: 'x' } };
  const needs = targets.map((target) => ({ ...target, ...wanted }));
  const certificate = { file: `${sealed}/certificate.pem`, pem };
  assert.deepEqual(checkSealed({ cluster: 'prod', certificate, secrets, needs, now }), []);
});

test('the file reads as a person would write it', async (t) => {
  const root = await repository(t, 'certificate.pem');
  await seal(options(root, { fromEnv }), world({ env }));
  const text = await readFile(join(root, files[0] ?? ''), 'utf8');
  assert.equal(
    text.replace(/"?Ag[A-Za-z0-9+/=]{600,}"?/g, '<sealed>').replace(/[0-9a-f]{64}/, '<sha256>'),
    `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: mlops-aws-credentials
  namespace: ml-platform
  annotations:
    kserve-gitops/certificate-sha256: <sha256>
spec:
  encryptedData:
    AWS_ACCESS_KEY_ID: <sealed>
    AWS_SECRET_ACCESS_KEY: <sealed>
  template:
    metadata:
      name: mlops-aws-credentials
      namespace: ml-platform
      annotations:
        serving.kserve.io/s3-region: ca-central-1
        serving.kserve.io/s3-usehttps: "1"
    type: Opaque
`,
  );
});

const ways: [name: string, changes: Partial<SealOptions>, io: SealIo][] = [
  ['a prompt', {}, world({ typed: env })],
  ['a JSON object on stdin', { stdin: true }, world({ stdin: JSON.stringify(env) })],
  ['lines on stdin', { stdin: true }, world({ stdin: `AWS_ACCESS_KEY_ID=${id}\n\nAWS_SECRET_ACCESS_KEY=${key}\n` })],
  [
    'Windows lines on stdin',
    { stdin: true },
    world({ stdin: `AWS_SECRET_ACCESS_KEY=${key}\r\nAWS_ACCESS_KEY_ID=${id}` }),
  ],
  [
    'variables of other names',
    { fromEnv: ['AWS_ACCESS_KEY_ID=ID', 'AWS_SECRET_ACCESS_KEY=KEY'] },
    world({ env: { ID: id, KEY: key } }),
  ],
  [
    'a variable and a single value on stdin',
    { keys: ['AWS_SECRET_ACCESS_KEY'], fromEnv: ['AWS_ACCESS_KEY_ID'], stdin: true },
    world({ env, stdin: key }),
  ],
];
for (const [name, changes, io] of ways) {
  test(`values come in by ${name}`, async (t) => {
    const root = await repository(t, 'certificate.pem');
    const { problems, written } = await seal(options(root, changes), io);
    assert.deepEqual(problems, []);
    assert.deepEqual(written, files);
    assert.deepEqual(open(await readSealed(root, files[0] ?? '')), env);
  });
}

const refusals: [name: string, code: string, changes: Partial<SealOptions>, io: SealIo][] = [
  ['a value among the arguments', 'SECRET_PLAINTEXT', { keys: [`AWS_SECRET_ACCESS_KEY=${key}`] }, world()],
  ['a bare value among the arguments', 'SECRET_PLAINTEXT', { keys: [key] }, world()],
  ['a value for a variable', 'SECRET_PLAINTEXT', { fromEnv: [`AWS_SECRET_ACCESS_KEY=${key}`] }, world()],
  ['a key with blanks', 'SECRET_KEYS', { keys: ['my key'] }, world()],
  ['a variable that is not set', 'SECRET_KEYS', { fromEnv: ['TOKEN'] }, world()],
  ['no terminal', 'SECRET_KEYS', {}, world()],
  ['a swapped pair', 'SECRET_LENGTH', { fromEnv: ['AWS_ACCESS_KEY_ID=B'] }, world({ env: { B: key } })],
  ['a newline', 'SECRET_LENGTH', { stdin: true, keys: ['AWS_SECRET_ACCESS_KEY'] }, world({ stdin: `${key}\n` })],
  ['quotes', 'SECRET_LENGTH', { stdin: true, keys: ['AWS_ACCESS_KEY_ID'] }, world({ stdin: `"${id}"` })],
  ['nothing on stdin', 'SECRET_LENGTH', { stdin: true, keys: ['TOKEN'] }, world({ stdin: '' })],
  ['broken JSON', 'SECRET_KEYS', { stdin: true }, world({ stdin: `{"AWS_SECRET_ACCESS_KEY": ${key}` })],
  ['JSON of numbers', 'SECRET_KEYS', { stdin: true }, world({ stdin: '{"AWS_SECRET_ACCESS_KEY": 5}' })],
  ['a line without key', 'SECRET_KEYS', { stdin: true }, world({ stdin: `${id}\n${key}\n` })],
  ['an unknown key', 'SECRET_KEYS', { stdin: true }, world({ stdin: JSON.stringify({ ...env, [key]: 'x' }) })],
  ['a key twice', 'SECRET_KEYS', { stdin: true }, world({ stdin: `AWS_ACCESS_KEY_ID=${id}\nAWS_ACCESS_KEY_ID=${id}` })],
  ['a Secret of unknown keys', 'SECRET_KEYS', { targets: [{ namespace: 'a', secret: 'b' }] }, world()],
  ['a path for a namespace', 'SECRET_NAME', { targets: [{ namespace: '../x', secret }] }, world({ env })],
];
for (const [name, code, changes, io] of refusals) {
  test(`${name} is refused without being repeated`, async (t) => {
    const root = await repository(t, 'certificate.pem');
    const result = await seal(options(root, changes), io);
    assert.deepEqual([...new Set(codes(result.problems))], [code], JSON.stringify(result.problems));
    for (const { repair } of result.problems) assert.match(repair, /[^.]$/);
    const told = JSON.stringify(result);
    assert.ok(!told.includes(id) && !told.includes(key));
    assert.deepEqual(result.written, []);
    assert.deepEqual(await readdir(join(root, sealed)), ['certificate.pem']);
  });
}

test('another S3 server gets its address and keys of any length', async (t) => {
  const root = await repository(t, 'certificate.pem');
  const minio = { region: 'local', endpoint: 'http://minio.storage:9000' };
  const typed = { AWS_ACCESS_KEY_ID: 'minio', AWS_SECRET_ACCESS_KEY: 'password' };
  const { problems } = await seal(options(root, { storage: minio }), world({ typed }));
  assert.deepEqual(problems, []);
  const object = await readSealed(root, files[0] ?? '');
  assert.deepEqual(open(object), typed);
  assert.deepEqual(object.spec.template.metadata.annotations, storageAnnotations(minio));
});

test('another Secret takes the keys that are named, and nothing about storage', async (t) => {
  const root = await repository(t, 'certificate.pem');
  const given = options(root, { targets: [{ namespace: 'ml-platform', secret: 'registry' }], keys: ['token'] });
  const { written } = await seal(given, world({ typed: { token: 'abc' } }));
  assert.deepEqual(written, [`${sealed}/ml-platform.registry.yaml`]);
  const object = await readSealed(root, written[0] ?? '');
  assert.deepEqual(open(object), { token: 'abc' });
  assert.equal(object.spec.template.metadata.annotations, undefined);
});

test('a wider scope is written down, and cluster-wide is warned of', async (t) => {
  const root = await repository(t, 'certificate.pem');
  const wide = await seal(options(root, { fromEnv, scope: 'namespace-wide' }), world({ env }));
  assert.deepEqual(wide.problems, []);
  const { metadata, spec } = await readSealed(root, files[0] ?? '');
  for (const { annotations } of [metadata, spec.template.metadata]) {
    assert.equal(annotations?.['sealedsecrets.bitnami.com/namespace-wide'], 'true');
  }
  assert.equal(unseal(spec.encryptedData['AWS_ACCESS_KEY_ID'] ?? '', 'ml-platform').toString(), id);
  const everywhere = await seal(options(root, { fromEnv, scope: 'cluster-wide' }), world({ env }));
  assert.deepEqual(codes(everywhere.problems), ['SECRET_SCOPE']);
  assert.deepEqual(everywhere.written, files);
});

test('a file with more keys than are sealed now is not replaced', async (t) => {
  const root = await repository(t, 'certificate.pem');
  await seal(options(root, { fromEnv }), world({ env }));
  const before = await readFile(join(root, files[0] ?? ''), 'utf8');
  const { problems } = await seal(options(root, { fromEnv: ['AWS_ACCESS_KEY_ID'] }), world({ env }));
  assert.deepEqual(codes(problems), ['SECRET_KEYS', 'SECRET_KEYS']);
  assert.match(problems[0]?.message ?? '', /it also holds "AWS_SECRET_ACCESS_KEY"$/);
  assert.equal(await readFile(join(root, files[0] ?? ''), 'utf8'), before);
});

test('without a certificate nothing is asked', async (t) => {
  const root = await repository(t);
  const { problems } = await seal(options(root, { stdin: true }), world());
  assert.deepEqual(codes(problems), ['CERTIFICATE_MISSING']);
  assert.match(problems[0]?.repair ?? '', /--fetch-cert/);
});

test('a certificate that cannot be had or used is refused', async (t) => {
  const root = await repository(t);
  const faults: [Partial<SealOptions>, string][] = [
    [{ cert: '/no/such/file' }, 'CERTIFICATE_MISSING'],
    [{ fetchCert: true, fromKubeconfig: '/no/such/kubeconfig' }, 'CERTIFICATE_MISSING'],
    [{ cert: fixturePath('weak.pem') }, 'CERTIFICATE_INVALID'],
    [{ cert: fixturePath('README.md') }, 'CERTIFICATE_INVALID'],
    [{ cert: fixturePath('certificate.pem'), now: new Date('2057-01-01') }, 'CERTIFICATE_EXPIRED'],
  ];
  for (const [changes, code] of faults) {
    const { problems } = await seal(options(root, { fromEnv, ...changes }), world({ env }));
    assert.deepEqual(codes(problems), [code]);
  }
  assert.deepEqual(await readdir(join(root, sealed)), []);
});

test('another certificate replaces the stored one only when asked, and the rest is named', async (t) => {
  const root = await repository(t, 'certificate.pem');
  await seal(options(root, { fromEnv }), world({ env }));
  const given = options(root, { fromEnv, targets: targets.slice(0, 1), cert: fixturePath('another.pem') });
  const refused = await seal(given, world({ env }));
  assert.deepEqual(codes(refused.problems), ['CERTIFICATE_MISMATCH']);
  assert.equal(refused.problems[0]?.where.file, `${sealed}/certificate.pem`);
  assert.ok(refused.problems[0]?.repair.endsWith(`seal again what is not in this run: ${files[1]}`));
  const replaced = await seal({ ...given, replaceCertificate: true }, world({ env }));
  assert.deepEqual(replaced.problems, []);
  assert.deepEqual(replaced.written, [files[0], `${sealed}/certificate.pem`]);
  assert.deepEqual(replaced.note.slice(1), [`Seal again, the certificate has changed: ${files[1]}`]);
  assert.equal(await readFile(join(root, sealed, 'certificate.pem'), 'utf8'), fixture('another.pem'));
});

test('the same certificate given again is not written again', async (t) => {
  const root = await repository(t, 'certificate.pem');
  const { written } = await seal(options(root, { fromEnv, cert: fixturePath('certificate.pem') }), world({ env }));
  assert.deepEqual(written, files);
});

test('a cluster without stored credentials can store its certificate alone', async (t) => {
  const root = await repository(t);
  const { problems, written } = await seal(
    options(root, { targets: [], cert: fixturePath('certificate.pem') }),
    world(),
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(written, [`${sealed}/certificate.pem`]);
});

test('a private key beside the certificate is not stored', async (t) => {
  const root = await repository(t);
  const both = join(root, 'both.pem');
  await writeFile(both, `${fixture('certificate.pem')}${fixture('key.pem')}`);
  await seal(options(root, { fromEnv, cert: both }), world({ env }));
  assert.equal(await readFile(join(root, sealed, 'certificate.pem'), 'utf8'), fixture('certificate.pem'));
});

test('values are gone from memory afterwards', async (t) => {
  const root = await repository(t, 'certificate.pem');
  const read: Buffer[] = [];
  const io = world({ typed: env });
  const prompt = async (label: string) => {
    const value = await io.prompt(label);
    read.push(value);
    return value;
  };
  await seal(options(root), { ...io, prompt });
  assert.equal(read.length, 2);
  for (const value of read) assert.ok(value.every((byte) => byte === 0));
});
