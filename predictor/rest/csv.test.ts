import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Datatype } from '../protocol/datatype.ts';
import { csvFrame } from './csv.ts';

const read = (text: string, datatype: Datatype = 'BYTES') => csvFrame(Buffer.from(text), () => datatype);

test('lines end as they like, and the last may be open', () => {
  for (const end of ['\n', '\r\n', '\r']) {
    for (const tail of ['', end]) {
      const { columns, rows } = read(`a,b${end}1,"x,""y"""${end}${tail}`);
      assert.deepEqual([columns, rows], [['a', 'b'], [['1', 'x,"y"']]]);
    }
  }
});

test('elements suit the datatype', () => {
  const row = (text: string, datatype: Datatype) => read(`a,b,c\n${text}`, datatype).rows[0];
  assert.deepEqual(row('1,-2.5e3,', 'FP32'), [1, -2500, null]);
  assert.deepEqual(row('NaN,.5, 7 ', 'FP64'), [null, 0.5, 7]);
  assert.deepEqual(row('9007199254740993,1,-2', 'INT64'), [9007199254740993n, 1, -2]);
  assert.deepEqual(row('12345678901234567,1,2', 'FP32'), [12345678901234568, 1, 2]);
  assert.deepEqual(row('true,FALSE,1', 'BOOL'), [true, false, 1]);
  assert.deepEqual(row('1,,x', 'BYTES'), ['1', '', 'x']);
});

test('whatever the texts, they come back', () => {
  const texts = fc.array(fc.array(fc.string({ unit: 'binary' }), { minLength: 3, maxLength: 3 }), { minLength: 1 });
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  fc.assert(
    fc.property(texts, (rows) => {
      const text = ['a,b,c', ...rows.map((row) => row.map(quoted).join(','))].join('\n');
      assert.deepEqual(read(text).rows, rows);
    }),
  );
});
