import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readSealedValue, sealingLabel } from './sealed-value.ts';

test('the label of each scope is the one of Sealed Secrets', () => {
  const target = { namespace: 'ml-platform', name: 'credentials' };
  assert.equal(sealingLabel({ ...target, scope: 'strict' }), 'ml-platform/credentials');
  assert.equal(sealingLabel({ ...target, scope: 'namespace-wide' }), 'ml-platform');
  assert.equal(sealingLabel({ ...target, scope: 'cluster-wide' }), '');
});

test('lengths are read back from any well-formed value', () => {
  const rsaPart = fc.uint8Array({ maxLength: 600 });
  fc.assert(
    fc.property(rsaPart, fc.nat(300), (rsa, plaintextBytes) => {
      const header = Buffer.alloc(2);
      header.writeUInt16BE(rsa.length);
      const text = Buffer.concat([header, rsa, Buffer.alloc(plaintextBytes + 16)]).toString('base64');
      const number = BigInt(`0x0${Buffer.from(rsa).toString('hex')}`);
      assert.deepEqual(readSealedValue(text), { rsaBytes: rsa.length, rsa: number, plaintextBytes });
    }),
  );
});

test('any text is either read or refused with a reason', () => {
  const anything = fc.oneof(
    fc.string(),
    fc.base64String(),
    fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')),
  );
  fc.assert(
    fc.property(anything, (text) => {
      const read = readSealedValue(text);
      assert.ok('reason' in read ? read.reason !== '' : read.plaintextBytes >= 0);
    }),
  );
});

test('what is not base64, or shorter than it claims, is refused', () => {
  for (const text of ['', 'AgB!', 'AgB', ' AgBc', 'AgBc\n', 'Ag==x']) {
    assert.deepEqual(readSealedValue(text), { reason: 'not base64' }, JSON.stringify(text));
  }
  assert.deepEqual(readSealedValue('Ag=='), { reason: '1 bytes, too short to hold anything' });
  const short = Buffer.from([2, 0, 1, 2, 3]).toString('base64');
  assert.deepEqual(readSealedValue(short), { reason: '5 bytes, at least 530 by its own header' });
});
