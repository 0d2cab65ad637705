import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { sealedSecret } from '../kube/sealed-secret.ts';
import { readSealedValue, type SealingTarget, scopes, sealingLabel } from '../kube/sealed-value.ts';
import { kubeseal, withoutKubeseal } from '../testdata/sealing/kubeseal.ts';
import { fixture, fixturePath, unseal } from '../testdata/sealing/unseal.ts';
import { sealValue } from './sealing.ts';

const certificate = fixture('certificate.pem');
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
const anyTarget = fc.record({ namespace: name, name, scope: fc.constantFrom(...scopes) });

test('any bytes come back from every scope, and their number can be read without the key', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), anyTarget, (bytes, target) => {
      const sealed = sealValue(Buffer.from(bytes), certificate, target);
      assert.deepEqual(unseal(sealed, sealingLabel(target)), Buffer.from(bytes));
      const read = readSealedValue(sealed);
      assert.ok('rsaBytes' in read);
      assert.equal(read.rsaBytes, 512);
      assert.equal(read.plaintextBytes, bytes.length);
    }),
    { numRuns: 60 },
  );
});

test('a value does not open under another label', () => {
  fc.assert(
    fc.property(anyTarget, anyTarget, (target, other) => {
      fc.pre(sealingLabel(target) !== sealingLabel(other));
      const sealed = sealValue(Buffer.from('secret'), certificate, target);
      assert.throws(() => unseal(sealed, sealingLabel(other)));
    }),
    { numRuns: 25 },
  );
});

test('the same value never looks the same twice', () => {
  const target: SealingTarget = { namespace: 'a', name: 'b', scope: 'strict' };
  const seals = Array.from({ length: 8 }, () => sealValue(Buffer.from('secret'), certificate, target));
  assert.equal(new Set(seals).size, seals.length);
});

for (const scope of scopes) {
  test(`kubeseal opens what was sealed ${scope}`, { skip: withoutKubeseal }, () => {
    const target: SealingTarget = { namespace: 'ml-platform', name: 'mlops-aws-credentials', scope };
    const values = {
      TEXT: Buffer.from('wJalrXUtnFEMI'),
      BYTES: Buffer.from([0, 255, 10, 128]),
    };
    const data = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, sealValue(value, certificate, target)]),
    );
    const text = stringify(sealedSecret(target, 'f'.repeat(64), data, { note: 'x' }), { lineWidth: 0 });
    const opened = kubeseal(['--recovery-unseal', '--recovery-private-key', fixturePath('key.pem')], text);
    const secret = JSON.parse(opened) as {
      data: Record<string, string>;
      metadata: Record<string, unknown>;
      type: string;
    };
    const encoded = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value.toString('base64')]));
    assert.deepEqual(secret.data, encoded);
    assert.equal(secret.type, 'Opaque');
    assert.equal(secret.metadata['name'], target.name);
    assert.equal(secret.metadata['namespace'], target.namespace);
  });
}

test('kubeseal refuses a copy under another name', { skip: withoutKubeseal }, () => {
  const target: SealingTarget = { namespace: 'a', name: 'b', scope: 'strict' };
  const data = { K: sealValue(Buffer.from('secret'), certificate, target) };
  const moved = stringify(sealedSecret({ ...target, name: 'c' }, 'f'.repeat(64), data, {}));
  assert.throws(() => kubeseal(['--recovery-unseal', '--recovery-private-key', fixturePath('key.pem')], moved));
});
