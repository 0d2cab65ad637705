import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalQuantity, quantityOf } from './quantity.ts';

/** What the API server answered for each (apimachinery, quantity_test.go has more of the kind). */
const printed: [written: string | number, canonical: string][] = [
  ['0.5', '500m'],
  ['500m', '500m'],
  [1, '1'],
  ['1000m', '1'],
  ['1024Mi', '1Gi'],
  ['1.5Gi', '1536Mi'],
  ['1000Mi', '1000Mi'],
  ['1000M', '1G'],
  ['1500M', '1500M'],
  ['0.1Ki', '102400m'],
  ['100Ki', '100Ki'],
  ['1e3', '1e3'],
  ['12e3', '12e3'],
  ['1000e3', '1e6'],
  ['0', '0'],
  ['0Gi', '0'],
  ['-2048Mi', '-2Gi'],
  ['.5', '500m'],
  ['5.', '5'],
  ['0.0000000001', '1n'],
];
for (const [written, canonical] of printed) {
  test(`${JSON.stringify(written)} is printed as ${canonical}`, () => {
    assert.equal(canonicalQuantity(written), canonical);
  });
}

for (const text of ['', '.', 'Gi', '1 Gi', '1KiB', '1gi', '0x10']) {
  test(`"${text}" is no quantity`, () => {
    assert.equal(quantityOf(text), undefined);
    assert.equal(canonicalQuantity(text), text);
  });
}

test('the canonical form keeps the value and is canonical itself', () => {
  const number = fc.oneof(
    fc.integer({ min: 0, max: 100_000 }).map(String),
    fc.double({ min: 0, max: 9999, noNaN: true }).map((n) => n.toFixed(3)),
  );
  const suffix = fc.constantFrom('', 'm', 'k', 'M', 'G', 'T', 'Ki', 'Mi', 'Gi', 'Ti', 'e3', 'E2');
  fc.assert(
    fc.property(number, suffix, (digits, unit) => {
      const canonical = canonicalQuantity(digits + unit);
      assert.equal(quantityOf(canonical)?.nanos, quantityOf(digits + unit)?.nanos);
      assert.equal(canonicalQuantity(canonical), canonical);
    }),
  );
});
