/** `schemas/onnx-kernels.json` against the installed runtime: one model of a single node for each operator of one input. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { InferenceSession } from 'onnxruntime-node';
import { oneNode } from './one-node.ts';
import type { OperatorTable } from './operator-table.ts';

const require = createRequire(import.meta.url);
const operators = require('../../schemas/onnx-operators.json') as OperatorTable;
const table = require('../../schemas/onnx-kernels.json') as {
  readonly runtime: string;
  readonly kernels: Readonly<Record<string, Readonly<Record<string, readonly [number, number, readonly string[]][]>>>>;
};

/** Numbers of TensorProto.DataType. */
const ELEMENTS = { FLOAT: 1, INT32: 6, INT64: 7, DOUBLE: 11 } as const;
/** Their output has another type than their input, as an attribute says. */
const OF_OUTPUT = new Set(['RandomNormalLike', 'RandomUniformLike']);
const NO_KERNEL = /NOT_IMPLEMENTED|Could not find an implementation/;

async function answer(domain: string, operator: string, opset: number, element: number): Promise<string> {
  try {
    const bytes = oneNode({ domain, operator, opset, irVersion: operators.irVersion, element });
    await (await InferenceSession.create(bytes, { logSeverityLevel: 4 })).release();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

test('the table is of the installed release', () => {
  const { version } = require('onnxruntime-node/package.json') as { version: string };
  assert.equal(table.runtime, version, 'see predictor/kernels.py');
});

test('a type that the table names is taken, and one that it does not is not implemented or not allowed', async () => {
  const wrong: string[] = [];
  const counts = { loads: 0, lacks: 0 };
  for (const [domain, list] of Object.entries(table.kernels)) {
    for (const [operator, ranges] of Object.entries(list)) {
      if (OF_OUTPUT.has(operator)) continue;
      const [, last, types] = ranges.at(-1) ?? [0, 0, []];
      for (const [name, element] of Object.entries(ELEMENTS)) {
        const said = await answer(domain, operator, last, element);
        const taken = types.includes(name);
        const lacks = NO_KERNEL.test(said);
        if (taken ? lacks : said === '') wrong.push(`${domain} ${operator} ${last} ${name}: ${said || 'it loads'}`);
        if (said === '') counts.loads += 1;
        if (lacks) counts.lacks += 1;
      }
    }
  }
  assert.deepEqual(wrong, []);
  // Any other answer is about the node: too few inputs, a type that the standard does not allow.
  assert.ok(counts.loads > 150 && counts.lacks > 30, JSON.stringify(counts));
});
