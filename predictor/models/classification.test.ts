import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBfloat16 } from '../protocol/bfloat16.ts';
import { toFloat16 } from '../protocol/float16.ts';
import type { Tensor } from '../protocol/tensor.ts';
import { classify } from './classification.ts';

const scores: Tensor = { datatype: 'FP32', shape: [2, 3], data: Float32Array.of(0.25, 0.5, 0.25, 0, 1, Number.NaN) };

test('each row gives its highest classes with their labels', () => {
  assert.deepEqual(classify(scores, 2, ['cat', 'dog'], true), {
    datatype: 'BYTES',
    shape: [2, 2],
    data: ['0.5:1:dog', '0.25:0:cat', '1:1:dog', '0:0:cat'],
  });
  assert.deepEqual(classify(scores, 9, [], true).data, ['0.5:1', '0.25:0', '0.25:2', '1:1', '0:0', 'NaN:2']);
});

test('one item without rows, other datatypes, no rows', () => {
  const whole = (datatype: Tensor['datatype'], data: Tensor['data']) =>
    classify({ datatype, shape: [data.length], data }, 2, [], false);
  assert.deepEqual(whole('INT64', BigInt64Array.of(-1n, 2n ** 60n, 3n)), {
    datatype: 'BYTES',
    shape: [2],
    data: ['1152921504606846976:1', '3:2'],
  });
  assert.deepEqual(whole('FP16', Uint16Array.of(toFloat16(-2), toFloat16(0.5))).data, ['0.5:1', '-2:0']);
  assert.deepEqual(whole('BF16', Uint16Array.of(toBfloat16(-2), toBfloat16(0.5))).data, ['0.5:1', '-2:0']);
  assert.deepEqual(whole('UINT8', Uint8Array.of(7)).shape, [1]);
  assert.deepEqual(classify({ ...scores, shape: [0, 3], data: new Float32Array(0) }, 2, [], true), {
    datatype: 'BYTES',
    shape: [0, 0],
    data: [],
  });
});
