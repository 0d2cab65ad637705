import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CheckedRequest, createChecker } from './check.ts';
import { ServeError } from './error.ts';
import type { InferRequest } from './messages.ts';
import { pointer } from './pointer.ts';
import type { NamedSpec, Signature, TensorSpec } from './signature.ts';
import { countElements, type NamedTensor, zeros } from './tensor.ts';

const spec = (name: string, shape: number[], datatype: TensorSpec['datatype'] = 'FP32'): TensorSpec => ({
  name,
  datatype,
  shape,
  anyRank: false,
});
const named = (specs: TensorSpec[], extra: [string, NamedSpec][] = []): Map<string, NamedSpec> =>
  new Map([...specs.map((one): [string, NamedSpec] => [one.name, { spec: one, positional: false }]), ...extra]);

const a = spec('a', [-1, 4]);
const text = spec('text', [-1], 'BYTES');
const label = spec('label', [-1], 'INT64');
const scores = spec('scores', [-1, 3]);
const signature: Signature = {
  inputs: [a, text],
  outputs: [label, scores],
  inputNames: named(
    [a, text],
    [
      ['input-0', { spec: a, positional: true }],
      ['input-1', { spec: text, positional: true }],
      ['rows', { spec: a, positional: false }],
    ],
  ),
  outputNames: named(
    [label, scores],
    [
      ['output-0', { spec: label, positional: true }],
      ['output-1', { spec: scores, positional: true }],
      ['predict', { spec: label, positional: false }],
    ],
  ),
};

const check = createChecker(signature);
const rows: NamedTensor = { name: 'a', ...zeros('FP32', [2, 4]) };
const words: NamedTensor = { name: 'text', datatype: 'BYTES', shape: [2], data: ['x', 'y'] };
const request = (inputs: NamedTensor[], outputs: string[] = []): InferRequest => ({
  modelName: 'M',
  inputs,
  outputs: outputs.map((name) => ({ name })),
});
const inWords = ({ answers, wanted }: CheckedRequest) => answers.map((one) => `${wanted[one.at]}=${one.name}`);
const answers = (inputs: NamedTensor[], outputs: string[] = []) => inWords(check(request(inputs, outputs)));

function refuses(inputs: NamedTensor[], outputs: string[], code: string, message: string): void {
  assert.throws(
    () => check(request(inputs, outputs)),
    (error) => {
      assert.ok(error instanceof ServeError);
      assert.deepEqual([error.code, error.message], [code, message]);
      return true;
    },
  );
}

test('names of the answer follow the names of the request', () => {
  assert.deepEqual(answers([rows, words]), ['label=label', 'scores=scores']);
  const byPosition = [
    { ...rows, name: 'input-0' },
    { ...words, name: 'input-1' },
  ];
  assert.deepEqual(answers(byPosition), ['label=output-0', 'scores=output-1']);
  assert.deepEqual(answers([{ ...rows, name: 'input-0' }, words]), ['label=label', 'scores=scores']);
  assert.deepEqual(answers(byPosition, ['scores', 'predict', 'label']), [
    'scores=scores',
    'label=predict',
    'label=label',
  ]);
});

test("feeds carry the graph's own names, in its order", () => {
  const { feeds, rows: count } = check(
    request([
      { ...words, name: 'input-1' },
      { ...rows, name: 'rows' },
    ]),
  );
  assert.equal(count, 2);
  assert.deepEqual(
    feeds.map((feed) => feed.name),
    ['a', 'text'],
  );
});

test('each fault names its place', () => {
  refuses(
    [{ ...rows, name: 'z' }],
    [],
    'INPUT_UNKNOWN',
    "unexpected inference input 'z' for model 'M'. Expected 'a', 'text' (/inputs/0/name)",
  );
  refuses(
    [rows, { ...rows, name: 'input-0' }],
    [],
    'INPUT_REPEATED',
    "input 'input-0' already exists in request (/inputs/1/name)",
  );
  refuses([rows], [], 'INPUT_MISSING', "expected 2 inputs but got 1 inputs for model 'M'. Missing 'text' (/inputs)");
  refuses(
    [{ ...rows, datatype: 'FP64' }],
    [],
    'INPUT_DATATYPE',
    "inference input 'a' data-type is 'FP64', but model 'M' expects 'FP32' (/inputs/0/datatype)",
  );
  refuses(
    [{ ...rows, shape: [1, 3] }],
    [],
    'INPUT_SHAPE',
    "unexpected shape for input 'a' for model 'M'. Expected [-1,4], got [1,3] (/inputs/0/shape)",
  );
  refuses(
    [{ ...rows, shape: [4] }],
    [],
    'INPUT_SHAPE',
    "unexpected shape for input 'a' for model 'M'. Expected [-1,4], got [4] (/inputs/0/shape)",
  );
  refuses(
    [rows, words],
    ['zzz'],
    'OUTPUT_UNKNOWN',
    "unexpected inference output 'zzz' for model 'M'. Expected 'label', 'scores' (/outputs/0/name)",
  );
  refuses(
    [rows, words],
    ['label', 'label'],
    'OUTPUT_REPEATED',
    "output 'label' already exists in request (/outputs/1/name)",
  );
  refuses(
    [rows, { ...words, data: ['x', 'a\0b'] }],
    [],
    'INPUT_DATA',
    "element 1 of input 'text' holds a NUL, which an ONNX string cannot (/inputs/1/data)",
  );
  refuses(
    [rows, { ...words, data: ['\ud800', 'y'] }],
    [],
    'INPUT_DATA',
    "element 0 of input 'text' holds a lone surrogate, which an ONNX string cannot (/inputs/1/data)",
  );
});

test('an input of open rank takes any shape', () => {
  const open: TensorSpec = { ...spec('in', [-1]), anyRank: true };
  const wide: Signature = { inputs: [open], outputs: [open], inputNames: named([open]), outputNames: named([open]) };
  const anything = createChecker(wide);
  for (const shape of [[], [3], [2, 0, 2]]) anything(request([{ name: 'in', ...zeros('FP32', shape) }]));
});

test('shapes and pointers', () => {
  assert.equal(countElements([]), 1);
  assert.equal(countElements([2, 0, 3]), 0);
  assert.equal(pointer('a/b', 0, 'c~d'), '/a~1b/0/c~0d');
});
