import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Datatype } from '../protocol/datatype.ts';
import { elementRule } from '../protocol/elements.ts';
import { inferRequestSchema } from './schemas.ts';

interface Bounds {
  readonly exclusiveMinimum: number;
  readonly exclusiveMaximum: number;
}

function boundsOf(datatype: Datatype): Bounds {
  const inputs = [{ name: 'in', datatype, shape: [-1] }];
  const schema = inferRequestSchema({ name: 'm', versions: ['1'], platform: '', inputs, outputs: [], properties: {} });
  const { properties } = schema as unknown as {
    properties: { inputs: { items: { properties: { data: { items: Bounds } } } } };
  };
  return properties.inputs.items.properties.data.items;
}

test('bounds of floats are where elements begin to be refused', () => {
  for (const datatype of ['FP16', 'BF16', 'FP32'] as const) {
    const { exclusiveMinimum, exclusiveMaximum } = boundsOf(datatype);
    const { read } = elementRule(datatype, 'text');
    for (const bound of [exclusiveMinimum, exclusiveMaximum]) {
      assert.equal(read(bound), undefined, `${datatype} ${bound}`);
      assert.notEqual(read(bound * (1 - 2 ** -53)), undefined, `${datatype} ${bound}`);
    }
  }
});
