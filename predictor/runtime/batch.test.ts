import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { allocate, datatypes } from '../protocol/datatype.ts';
import type { NamedTensor } from '../protocol/tensor.ts';
import { joinRows, rowsOf } from './batch.ts';

/** Tensors of one datatype and width with any number of rows, each element unlike the others where the type allows. */
const parts = fc
  .tuple(
    fc.constantFrom(...datatypes),
    fc.array(fc.nat(4), { minLength: 1, maxLength: 6 }),
    fc.array(fc.nat(3), { maxLength: 2 }),
  )
  .map(([datatype, rows, inner]) => {
    let next = 0;
    return rows.map((count): NamedTensor => {
      const shape = [count, ...inner];
      const data = allocate(
        datatype,
        shape.reduce((product, size) => product * size, 1),
      );
      const target = data as unknown[];
      for (let index = 0; index < data.length; index++, next++) {
        target[index] = datatype === 'BYTES' ? `t${next}` : datatype.endsWith('INT64') ? BigInt(next) : next % 100;
      }
      return { name: 'x', datatype, shape, data };
    });
  });

test('what is joined comes apart again', () => {
  fc.assert(
    fc.property(parts, (tensors) => {
      const whole = joinRows(tensors);
      let start = 0;
      for (const { datatype, shape, data } of tensors) {
        const [rows = 0] = shape;
        assert.deepEqual(rowsOf(whole, start, rows), { datatype, shape, data });
        start += rows;
      }
      assert.equal(whole.shape[0], start);
    }),
  );
});
