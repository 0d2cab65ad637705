import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { type SealedSecret, sealedSecret, storageAnnotations } from '../kube/sealed-secret.ts';
import type { SealingTarget } from '../kube/sealed-value.ts';
import { sealValue } from '../outside/sealing.ts';
import type { Pointer, Problem, Where } from '../problem.ts';
import { kubeseal, withoutKubeseal } from '../testdata/sealing/kubeseal.ts';
import { fixture, fixturePath } from '../testdata/sealing/unseal.ts';
import { checkSealed, type SealedInput } from './sealed.ts';
import { readSealingCertificate } from './sealing-certificate.ts';

const pem = fixture('certificate.pem');
const now = new Date('2026-12-01T00:00:00Z');
const target: SealingTarget = { namespace: 'ml-platform', name: 'mlops-aws-credentials', scope: 'strict' };
const file = 'clusters/prod/sealed/ml-platform.mlops-aws-credentials.yaml';
const certificate = { file: 'clusters/prod/sealed/certificate.pem', pem };
const storage = storageAnnotations({ region: 'ca-central-1' });
const because: Where = { file: 'clusters/prod/cluster.yaml', pointer: ['teams', 0] };
const keys = { AWS_ACCESS_KEY_ID: { bytes: 20 }, AWS_SECRET_ACCESS_KEY: { bytes: 40 } };
const need = { namespace: target.namespace, secret: target.name, keys, annotations: storage, because };
const data = ['spec', 'encryptedData'] as const;
const template = ['spec', 'template', 'metadata'] as const;

function fingerprint(of: string): string {
  const read = readSealingCertificate(of);
  assert.ok('fingerprint' in read);
  return read.fingerprint;
}

const values = {
  AWS_ACCESS_KEY_ID: sealValue(Buffer.alloc(20, 'A'), pem, target),
  AWS_SECRET_ACCESS_KEY: sealValue(Buffer.alloc(40, 's'), pem, target),
};
const good = sealedSecret(target, fingerprint(pem), values, storage);

function check(changes: Partial<SealedInput>): Problem[] {
  return checkSealed({
    cluster: 'prod',
    certificate,
    secrets: [{ file, value: good }],
    needs: [need],
    now,
    ...changes,
  });
}

/** The problems of the good file with the value at `pointer` replaced; undefined removes it. */
function checkWith(pointer: Pointer, value: unknown, changes: Partial<SealedInput> = {}): Problem[] {
  const copy = structuredClone(good) as unknown as Record<string, unknown>;
  let node = copy;
  for (const step of pointer.slice(0, -1)) node = node[String(step)] as Record<string, unknown>;
  const last = String(pointer.at(-1));
  if (value === undefined) delete node[last];
  else node[last] = value;
  return check({ secrets: [{ file, value: copy }], ...changes });
}

/** Asserts one problem alone, with its place, and a repair that does not end in a full stop. */
function only(
  problems: readonly Problem[],
  code: string,
  where: Partial<Where>,
  message: RegExp,
  severity = 'error',
): void {
  assert.deepEqual(
    problems.map((problem) => problem.code),
    [code],
    JSON.stringify(problems, undefined, 1),
  );
  const [problem] = problems;
  assert.ok(problem);
  assert.equal(problem.severity, severity);
  assert.deepEqual(problem.where, where);
  assert.match(problem.message, message);
  assert.match(problem.repair, /[^.]$/);
}

test('what npm run seal writes has no problem', () => {
  assert.deepEqual(check({}), []);
});

test('a cluster that needs no secret needs no certificate', () => {
  assert.deepEqual(checkSealed({ cluster: 'prod', secrets: [], needs: [], now }), []);
});

test('SECRET_MISSING names the command, once for each Secret', () => {
  const token = { ...need, keys: { AWS_SESSION_TOKEN: {} }, because: { file: 'other' } };
  const problems = check({ secrets: [], needs: [need, token] });
  only(problems, 'SECRET_MISSING', because, /^Cannot run without the Secret "mlops-aws-credentials" in namespace/);
  assert.equal(
    problems[0]?.repair,
    'Run npm run seal -- --cluster prod --secret mlops-aws-credentials --namespace ml-platform AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN',
  );
});

test('SECRET_ORPHAN', () => {
  only(check({ needs: [] }), 'SECRET_ORPHAN', { file }, /^Nothing needs the Secret "mlops-aws-credentials"/, 'warning');
});

test('SECRET_KEYS: a missing key', () => {
  const problems = checkWith([...data, 'AWS_ACCESS_KEY_ID'], undefined);
  only(problems, 'SECRET_KEYS', { file, pointer: data }, /without the key "AWS_ACCESS_KEY_ID"$/);
  assert.match(problems[0]?.repair ?? '', /npm run seal -- .*AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY$/);
});

test('SECRET_KEYS: a key too many', () => {
  const where = { file, pointer: [...data, 'aws_key'], key: true };
  only(
    checkWith([...data, 'aws_key'], values.AWS_ACCESS_KEY_ID),
    'SECRET_KEYS',
    where,
    /needs the key "aws_key"/,
    'warning',
  );
});

test('SECRET_KEYS: no key at all', () => {
  const problems = checkWith(data, {}, { needs: [] }).filter(({ code }) => code !== 'SECRET_ORPHAN');
  only(problems, 'SECRET_KEYS', { file, pointer: data }, /without encrypted values$/);
});

test('SECRET_NAME: the file is named for another Secret', () => {
  const other = 'clusters/prod/sealed/mlflow.mlops-aws-credentials.yaml';
  const problems = check({ secrets: [{ file: other, value: good }] });
  only(problems, 'SECRET_NAME', { file: other, pointer: ['metadata', 'name'] }, /its name says otherwise$/);
  assert.equal(problems[0]?.repair, `Rename the file to "${file}"`);
});

test('SECRET_NAME: no namespace', () => {
  const problems = checkWith(['metadata', 'namespace'], undefined, { needs: [] });
  const named = problems.filter(({ code }) => code === 'SECRET_NAME');
  only(named, 'SECRET_NAME', { file, pointer: ['metadata', 'namespace'] }, /without "namespace"/);
});

const garbled: [name: string, value: unknown, message: RegExp][] = [
  ['not text', 5, /: not text$/],
  ['not base64', 'Ag$$', /: not base64$/],
  ['cut off', values.AWS_ACCESS_KEY_ID.slice(0, 600), /: 450 bytes, at least 530 by its own header$/],
  [
    'for a key of another size',
    sealValue(Buffer.alloc(20), fixture('another.pem'), target),
    /of 256 bytes, .* has 512$/,
  ],
  [
    'above the modulus',
    Buffer.concat([Buffer.from([2, 0]), Buffer.alloc(512, 0xff), Buffer.alloc(36)]).toString('base64'),
    /sealed for another key than the certificate's$/,
  ],
];
for (const [name, value, message] of garbled) {
  test(`SECRET_STRUCTURE: ${name}`, () => {
    const pointer = [...data, 'AWS_ACCESS_KEY_ID'];
    only(checkWith(pointer, value), 'SECRET_STRUCTURE', { file, pointer }, message);
  });
}

test('SECRET_STRUCTURE: another kind in the folder', () => {
  const stray = 'clusters/prod/sealed/x.y.yaml';
  const problems = check({
    secrets: [
      { file, value: good },
      { file: stray, value: { kind: 'ConfigMap' } },
    ],
  });
  only(problems, 'SECRET_STRUCTURE', { file: stray, pointer: ['kind'] }, /"ConfigMap": a SealedSecret belongs here$/);
});

test('SECRET_LENGTH guesses what went wrong', () => {
  const pointer = [...data, 'AWS_ACCESS_KEY_ID'];
  const sealed = (bytes: number) => checkWith(pointer, sealValue(Buffer.alloc(bytes), pem, target));
  only(sealed(21), 'SECRET_LENGTH', { file, pointer }, /: 21 bytes: one more than expected, a trailing newline\?$/);
  only(sealed(40), 'SECRET_LENGTH', { file, pointer }, /: 40 bytes, must be 20$/);
  only(sealed(0), 'SECRET_LENGTH', { file, pointer }, /: 0 bytes, must be 20$/);
});

test('lengths are held only where they are known', () => {
  const anyLength = { ...need, keys: { AWS_ACCESS_KEY_ID: {}, AWS_SECRET_ACCESS_KEY: {} } };
  const sealed = sealValue(Buffer.from('minio'), pem, target);
  assert.deepEqual(checkWith([...data, 'AWS_ACCESS_KEY_ID'], sealed, { needs: [anyLength] }), []);
});

test('SECRET_SCOPE: cluster-wide is refused, namespace-wide is not', () => {
  const wide = (scope: SealingTarget['scope']): SealedSecret =>
    sealedSecret({ ...target, scope }, fingerprint(pem), values, storage);
  const problems = check({ secrets: [{ file, value: wide('cluster-wide') }] });
  only(problems, 'SECRET_SCOPE', { file, pointer: ['metadata', 'annotations'] }, /the scope "cluster-wide"/);
  assert.deepEqual(check({ secrets: [{ file, value: wide('namespace-wide') }] }), []);
});

test('SECRET_TEMPLATE: another name, namespace or scope', () => {
  for (const field of ['name', 'namespace']) {
    const pointer = [...template, field];
    only(checkWith(pointer, 'other'), 'SECRET_TEMPLATE', { file, pointer }, new RegExp(`with ${field} "other"`));
    assert.deepEqual(checkWith(pointer, undefined), []);
  }
  const annotations = { ...storage, 'sealedsecrets.bitnami.com/namespace-wide': 'true' };
  const pointer = [...template, 'annotations'];
  only(checkWith(pointer, annotations), 'SECRET_TEMPLATE', { file, pointer }, /of scope "namespace-wide"/);
});

test('SECRET_TEMPLATE: annotations that do not follow the storage', () => {
  const pointer = [...template, 'annotations'];
  const moved = { ...storage, 'serving.kserve.io/s3-region': 'us-east-1' };
  only(checkWith(pointer, moved), 'SECRET_TEMPLATE', { file, pointer }, /s3-region" must be "ca-central-1"$/);
});

test('SECRET_PLAINTEXT: the copy that kubectl keeps of an applied Secret', () => {
  const pointer = [...template, 'annotations', 'kubectl.kubernetes.io/last-applied-configuration'];
  only(
    checkWith(pointer, '{}'),
    'SECRET_PLAINTEXT',
    { file, pointer, key: true },
    /it holds the whole Secret, unsealed$/,
  );
});

test('SECRET_PLAINTEXT: an unsealed Secret in the folder', () => {
  const stray = 'clusters/prod/sealed/x.y.yaml';
  const value = { apiVersion: 'v1', kind: 'Secret', stringData: { a: 'b' } };
  const problems = check({
    secrets: [
      { file, value: good },
      { file: stray, value },
    ],
  });
  only(problems, 'SECRET_PLAINTEXT', { file: stray, pointer: ['stringData'], key: true }, /"stringData"/);
});

test('CERTIFICATE_MISSING', () => {
  const { certificate: _, ...rest } = {
    cluster: 'prod',
    certificate,
    secrets: [{ file, value: good }],
    needs: [need],
    now,
  };
  only(checkSealed(rest), 'CERTIFICATE_MISSING', { file: certificate.file }, /its sealing certificate is not in/);
});

test('CERTIFICATE_INVALID: not PEM, not RSA, too weak', () => {
  const broken: [string, RegExp][] = [
    ['nonsense', /: not a certificate in PEM$/],
    [fixture('elliptic.pem'), /: its key is ec, must be rsa$/],
    [fixture('weak.pem'), /: its key has 1024 bits, must have at least 2048$/],
  ];
  for (const [text, message] of broken) {
    const problems = check({ certificate: { ...certificate, pem: text } });
    only(problems, 'CERTIFICATE_INVALID', { file: certificate.file }, message);
  }
});

test('SECRET_PLAINTEXT: the private key beside the certificate', () => {
  const problems = check({ certificate: { ...certificate, pem: `${pem}${fixture('key.pem')}` } });
  only(problems, 'SECRET_PLAINTEXT', { file: certificate.file, offset: pem.length }, /a private key/);
});

test('CERTIFICATE_EXPIRED, with a warning in the last 30 days', () => {
  const where = { file: certificate.file };
  only(check({ now: new Date('2056-12-01') }), 'CERTIFICATE_EXPIRED', where, /it expired on 2056-11-14$/);
  only(check({ now: new Date('2056-11-01') }), 'CERTIFICATE_EXPIRED', where, /expires on 2056-11-14$/, 'warning');
  assert.deepEqual(check({ now: new Date('2056-10-01') }), []);
});

test('CERTIFICATE_MISMATCH: sealed for another certificate; its values are not judged by this one', () => {
  const other = fixture('another.pem');
  const resealed = Object.fromEntries(
    Object.entries(keys).map(([key, { bytes }]) => [key, sealValue(Buffer.alloc(bytes), other, target)]),
  );
  const value = sealedSecret(target, fingerprint(other), resealed, storage);
  const problems = check({ secrets: [{ file, value }] });
  only(
    problems,
    'CERTIFICATE_MISMATCH',
    { file, pointer: ['metadata', 'annotations'] },
    /the cluster has [0-9a-f]{12}…$/,
  );
});

for (const scope of ['strict', 'namespace-wide'] as const) {
  test(`what kubeseal seals ${scope} passes, but does not say for which certificate`, { skip: withoutKubeseal }, () => {
    const metadata = { name: target.name, namespace: target.namespace, annotations: storage };
    const stringData = { AWS_ACCESS_KEY_ID: 'A'.repeat(20), AWS_SECRET_ACCESS_KEY: 's'.repeat(40) };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', stringData };
    const args = ['--cert', fixturePath('certificate.pem'), '--scope', scope, '--format', 'yaml'];
    const value: unknown = parse(kubeseal(args, JSON.stringify(secret)));
    const problems = check({ secrets: [{ file, value }] });
    only(
      problems,
      'CERTIFICATE_MISMATCH',
      { file, pointer: ['metadata', 'annotations'] },
      /^Nothing says which/,
      'warning',
    );
  });
}
