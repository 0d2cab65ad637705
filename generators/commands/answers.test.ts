/** Tier T7: the real predictor with an artifact from a real S3 server, asked the entry's example. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { oneNode } from '../../predictor/runtime/one-node.ts';
import { type Draft, sampleEntry, withArtifacts } from '../testdata/artifact-project.ts';
import { checkAnswer, type Trial } from '../verify/answer.ts';
import { type AnswerRun, checkAnswers } from './answers.ts';
import { checkArtifacts } from './artifacts.ts';

function iris(change: (entry: Draft) => void = () => undefined): Draft {
  const entry = sampleEntry('iris-classifier');
  entry.serve = { local: { version: '2' } };
  // What a process takes differs between releases of Node, and is the matter of one test alone.
  entry.resources = { cpu: '100m', memory: '1Gi' };
  change(entry);
  return entry;
}

async function answersOf(entry: Draft, spoil?: (folder: string) => void): Promise<AnswerRun> {
  let run: AnswerRun | undefined;
  await withArtifacts({ entry, spoil, version: 1 }, async ({ compiled, environment }) => {
    const off = { GRPC_PORT: 'off', METRICS_PORT: 'off' };
    run = await checkAnswers(compiled, { environment: { ...environment, ...off } });
  });
  assert.ok(run);
  return run;
}

function told({ problems }: AnswerRun): string[] {
  return problems.map(({ code, severity, where }) => `${code} ${severity} ${(where.pointer ?? []).slice(2).join('.')}`);
}

test('a served version answers its example; time and memory are measured', async () => {
  const run = await answersOf(iris());
  assert.deepEqual(told(run), []);
  const [measured] = run.measured;
  assert.deepEqual([measured?.model, measured?.version, run.measured.length], ['iris-classifier', '2', 1]);
  assert.ok((measured?.milliseconds ?? 0) > 0);
  if (process.platform === 'linux') assert.ok((measured?.bytes ?? 0) > 50 * 2 ** 20);
});

test('another answer than the example expects', async () => {
  const run = await answersOf(
    iris((entry) => {
      assert.ok(entry.example);
      entry.example = { ...entry.example, expect: { output_label: [1], 'output-1': [[0.999949, 0.000052, 0]] } };
    }),
  );
  assert.deepEqual(told(run), ['ANSWER_DIFFERENT error example.expect.output_label']);
  assert.match(run.problems[0]?.message ?? '', /in "output_label": 0, expected 1 within/);
});

test('a version with an answer of its own is held against that, also where it is not served', async () => {
  const expect = { output_label: [2], output_probability: [[0.999949, 0.000052, 0]] };
  const run = await answersOf(
    iris((entry) => {
      const [first, second] = entry.versions;
      assert.ok(entry.example && first && second);
      entry.example = { ...entry.example, expect: { output_label: [2] } };
      second.expect = { output_label: [0], output_probability: [[0.999949, 0.000052, 0]] };
      first.expect = expect;
      entry.serve = { local: { version: '2', canary: { version: '1', weight: 10 } } };
    }),
  );
  assert.deepEqual(told(run), [
    'ANSWER_DIFFERENT error versions.0.expect.output_label',
    'ANSWER_DIFFERENT error versions.0.expect.output_probability',
  ]);
  assert.match(run.problems[1]?.message ?? '', /1 at position 0, expected 0.999949 within/);
});

test('every version of the repository answers what the repository says of it', async () => {
  for (const version of ['1', '2']) {
    const run = await answersOf(
      iris((entry) => {
        entry.serve = { local: { version } };
      }),
    );
    assert.deepEqual([told(run), run.measured.map((one) => one.version)], [[], [version]]);
  }
});

test('an answer without the output that is expected, and of another length', async () => {
  const { problems } = await answersOf(
    iris((entry) => {
      delete entry.signature;
      delete entry.client;
      assert.ok(entry.example);
      entry.example = { ...entry.example, expect: { elsewhere: [1], output_probability: [[1, 0]] } };
    }),
  );
  assert.deepEqual(
    problems.map(({ message }) => message.split(': ')[1]),
    ['it is not in the answer', '3 values, expected 2'],
  );
});

test('a request that the model does not take', async () => {
  const run = await answersOf(
    iris((entry) => {
      delete entry.signature;
      delete entry.client;
      assert.ok(entry.example);
      entry.example = { inputs: [{ name: 'input-0', shape: [1, 3], datatype: 'FP32', data: [[1, 2, 3]] }] };
    }),
  );
  assert.deepEqual(told(run), ['ANSWER_STATUS error example.inputs']);
  assert.match(run.problems[0]?.message ?? '', /: 400, \S/);
});

test('a model that the predictor refuses, with its reason', async () => {
  const bytes = oneNode({ domain: 'ai.onnx', operator: 'Guess', opset: 17, irVersion: 9 });
  const entry = iris((draft) => {
    const version = draft.versions[1];
    assert.ok(version);
    version.sha256 = createHash('sha256').update(bytes).digest('hex');
  });
  const run = await answersOf(entry, (folder) => writeFileSync(join(folder, 'model.onnx'), bytes));
  assert.deepEqual(told(run), ['ANSWER_LOAD error versions.1.artifact']);
  assert.match(run.problems[0]?.message ?? '', /Guess/);
});

test('a kernel that the runtime lacks is told before T7 starts a predictor, which would say the same', async () => {
  const bytes = oneNode({ domain: 'ai.onnx', operator: 'Erf', opset: 17, irVersion: 9, element: 11 });
  const entry = iris((draft) => {
    const version = draft.versions[1];
    assert.ok(version);
    version.sha256 = createHash('sha256').update(bytes).digest('hex');
    version.size = bytes.length;
    delete draft.signature;
    delete draft.client;
  });
  const spoil = (folder: string) => writeFileSync(join(folder, 'model.onnx'), bytes);
  await withArtifacts({ entry, spoil, version: 1 }, async ({ compiled, environment, root, store }) => {
    const cacheFolder = join(root, 'cache');
    const found = await checkArtifacts(compiled, { mode: 'on', store, environment: {}, cacheFolder });
    assert.ok(found.problems.some(({ message }) => /Erf of DOUBLE/.test(message)));
    const off = { GRPC_PORT: 'off', METRICS_PORT: 'off' };
    const options = { environment: { ...environment, ...off } };
    const left = await checkAnswers(compiled, { ...options, except: found.faulty });
    assert.deepEqual([left.problems, left.measured, left.left], [[], [], ['iris-classifier 2']]);
    const asked = await checkAnswers(compiled, options);
    assert.match(asked.problems[0]?.message ?? '', /Could not find an implementation for Erf/);
  });
});

test('a model without an example is loaded, and named', async () => {
  const run = await answersOf(
    iris((entry) => {
      delete entry.example;
      for (const version of entry.versions) delete version.expect;
    }),
  );
  assert.deepEqual(told(run), []);
  assert.deepEqual(run.without, ['iris-classifier']);
  assert.equal(run.measured[0]?.milliseconds, undefined);
});

test('memory is held against each limit: above it an error, above four fifths a warning', () => {
  const model = sampleEntry('iris-classifier') as unknown as Parameters<typeof checkAnswer>[0]['model'];
  const { expect: _, ...version } = model.versions[0];
  const trial: Trial = { kind: 'answered', outputs: [], milliseconds: 1, bytes: 200 * 2 ** 20 };
  const limits = [190, 240, 256].map((mebibytes) => ({ cluster: `c${mebibytes}`, bytes: mebibytes * 2 ** 20 }));
  const input = { file: 'models.yaml', index: 0, versionIndex: 0, version, trial, limits, served: true, tolerance: 0 };
  const problems = checkAnswer({ ...input, model: { ...model, example: undefined } as unknown as typeof model });
  assert.deepEqual(
    problems.map(({ code, severity, repair }) => [code, severity, repair]),
    [
      ['ANSWER_MEMORY', 'error', 'Give it at least 320Mi'],
      ['ANSWER_MEMORY', 'warning', 'Give it at least 320Mi'],
    ],
  );
});

test('values are compared with the tolerance, exactly where they are no numbers', () => {
  const model = sampleEntry('iris-classifier') as unknown as Parameters<typeof checkAnswer>[0]['model'];
  const judge = (wanted: unknown[], found: unknown[], tolerance = 0.1) => {
    const trial: Trial = {
      kind: 'answered',
      outputs: [{ name: 'y', datatype: 'FP32', data: found }],
      bytes: undefined,
    };
    const example = { inputs: model.example?.inputs ?? [], expect: { y: wanted } } as unknown as typeof model.example;
    const input = {
      file: 'models.yaml',
      index: 0,
      versionIndex: 0,
      version: model.versions[1] ?? model.versions[0],
      trial,
      limits: [],
    };
    return checkAnswer({ ...input, model: { ...model, ...(example && { example }) }, served: true, tolerance }).length;
  };
  assert.equal(judge([1, 2], [1.05, 1.95]), 0);
  assert.equal(judge([1, 2], [1.05, 2.15]), 1);
  assert.equal(judge(['a'], ['a']), 0);
  assert.equal(judge(['a'], ['b']), 1);
  assert.equal(judge([null], [null]), 0);
  assert.equal(judge([1], [null]), 1);
  assert.equal(judge([true], [1]), 1);
  assert.equal(judge([[1], [2]], [1, 2]), 0);
});
