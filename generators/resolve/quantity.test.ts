import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import clusterSchema from '../../schemas/cluster.schema.json' with { type: 'json' };
import { bytes, canonicalCpu, canonicalMemory, millicores } from './quantity.ts';

const { CpuQuantity, MemoryQuantity } = clusterSchema.$defs;

/** What the schema allows. */
const cpu = fc.oneof(
  fc.integer({ min: 1, max: 999_999 }).map((milli) => `${milli}m`),
  fc.integer({ min: 1, max: 999 }).map(String),
  fc
    .tuple(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 1, max: 999 }))
    .map(([whole, milli]) => `${whole}.${String(milli).padStart(3, '0')}`),
);
const memory = fc
  .tuple(fc.integer({ min: 1, max: 9000 }), fc.constantFrom('', 'k', 'M', 'G', 'T', 'Ki', 'Mi', 'Gi', 'Ti'))
  .map(([count, unit]) => `${count}${unit}`);

test('the canonical form of CPU keeps the value, is in the schema, and is canonical itself', () => {
  fc.assert(
    fc.property(cpu, (text) => {
      assert.match(text, new RegExp(CpuQuantity.pattern));
      const canonical = canonicalCpu(text);
      assert.equal(millicores(canonical), millicores(text));
      assert.match(canonical, new RegExp(CpuQuantity.pattern));
      assert.equal(canonicalCpu(canonical), canonical);
    }),
  );
});

test('the canonical form of memory keeps the value, is in the schema, and is canonical itself', () => {
  fc.assert(
    fc.property(memory, (text) => {
      const canonical = canonicalMemory(text);
      assert.equal(bytes(canonical), bytes(text));
      assert.match(canonical, new RegExp(MemoryQuantity.pattern));
      assert.equal(canonicalMemory(canonical), canonical);
    }),
  );
});

/** As the API server writes them back (apimachinery, resource.Quantity). */
const written: [canonical: (text: string) => string, text: string, expected: string][] = [
  [canonicalCpu, '0.5', '500m'],
  [canonicalCpu, '1000m', '1'],
  [canonicalCpu, '1.25', '1250m'],
  [canonicalCpu, '0.001', '1m'],
  [canonicalMemory, '1024Mi', '1Gi'],
  [canonicalMemory, '1536Mi', '1536Mi'],
  [canonicalMemory, '1000M', '1G'],
  [canonicalMemory, '1500M', '1500M'],
  [canonicalMemory, '1024', '1024'],
  [canonicalMemory, '4000000', '4M'],
];
for (const [canonical, text, expected] of written) {
  test(`${text} becomes ${expected}`, () => {
    assert.equal(canonical(text), expected);
  });
}
