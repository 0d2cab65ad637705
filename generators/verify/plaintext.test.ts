import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPlaintext } from './plaintext.ts';

const file = 'clusters/prod/cluster.yaml';
// Put together here, so that this file does not look like a leak itself.
const id = ['AKIA', 'QWERTYUIOPASDFGH'].join('');
const secret = 'abcdefghij0123456789ABCDEFGHIJ/+abcdefgh';

test('an access key is found in any text, and not repeated', () => {
  for (const key of [id, id.replace('AKIA', 'ASIA')]) {
    const problems = findPlaintext({ file, text: `# was: ${key}\n` });
    assert.deepEqual(
      problems.map(({ code, where }) => [code, where]),
      [['SECRET_PLAINTEXT', { file, offset: 7 }]],
    );
    assert.ok(!JSON.stringify(problems).includes(key.slice(4)));
  }
});

test('a secret key is found where it is assigned', () => {
  for (const text of [`aws_secret_access_key = ${secret}`, `"AWS_SECRET_ACCESS_KEY": "${secret}"`]) {
    const problems = findPlaintext({ file, text });
    assert.equal(problems.length, 1, text);
    assert.ok(!JSON.stringify(problems).includes(secret));
  }
});

test('names of keys, the examples of the documentation and ciphertext are no secrets', () => {
  const texts = [
    'AWS_SECRET_ACCESS_KEY: AgBy8hCF8zQ0dCq0uTtV1yZzDxWq5l5n1x9bGZ0o3XW4l8k7j6h5g4f3d2s1a0',
    'AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    `image@sha256:${'0123456789abcdef'.repeat(4)}`,
    `x${id} ${id}x`,
  ];
  for (const text of texts) assert.deepEqual(findPlaintext({ file, text }), [], text);
});

test('private keys of every kind are found', () => {
  for (const kind of ['', 'RSA ', 'EC ', 'OPENSSH ', 'ENCRYPTED ']) {
    assert.equal(findPlaintext({ file, text: `-----BEGIN ${kind}PRIVATE KEY-----` }).length, 1, kind);
  }
  assert.deepEqual(findPlaintext({ file, text: '-----BEGIN CERTIFICATE-----' }), []);
});

test('an unsealed Secret is found at any depth', () => {
  const open = { kind: 'Secret', data: { a: 'Yg==' }, stringData: { c: 'd' } };
  const value = { extraObjects: [{ kind: 'Secret', type: 'Opaque' }, open], kind: 'List' };
  assert.deepEqual(
    findPlaintext({ file, text: '', value }).map(({ where }) => where.pointer),
    [
      ['extraObjects', 1, 'data'],
      ['extraObjects', 1, 'stringData'],
    ],
  );
});

test('a Secret without values, or a reference to one, is fine', () => {
  const value = { kind: 'Secret', data: {}, secretRef: { kind: 'Secret', name: 'x' } };
  assert.deepEqual(findPlaintext({ file, text: '', value }), []);
});
