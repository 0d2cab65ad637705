/** Tier T6 on a real S3 server: a good artifact, and one of each fault, with its place in models.yaml. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type OneNode, oneNode } from '../../predictor/runtime/one-node.ts';
import type { Problem } from '../problem.ts';
import { type ArtifactProject, type Draft, sampleEntry, withArtifacts } from '../testdata/artifact-project.ts';
import { type ArtifactRun, checkArtifacts } from './artifacts.ts';
import { createLocate } from './locate.ts';

function check(project: ArtifactProject, mode: 'auto' | 'on' = 'on'): Promise<ArtifactRun> {
  const { compiled, store, root } = project;
  return checkArtifacts(compiled, { mode, store, environment: {}, cacheFolder: join(root, 'cache') });
}

/** `CODE line-of-models.yaml`, with `warning` behind it. */
function told({ compiled }: ArtifactProject, problems: readonly Problem[]): string[] {
  const locate = createLocate(compiled.sources, () => undefined);
  return problems.map((problem) => {
    assert.match(problem.message, /^[A-Z].*[^.\s]$/);
    assert.match(problem.repair, /^[A-Z].*[^.\s]$/);
    assert.doesNotMatch(problem.message + problem.repair, /undefined|NaN|\[object/);
    const line = locate(problem.where)?.text.trim() ?? '';
    return `${problem.code} ${line}${problem.severity === 'warning' ? ' warning' : ''}`;
  });
}

function iris(change: (entry: Draft) => void = () => undefined): Draft {
  const entry = sampleEntry('iris-classifier');
  entry.serve = { local: { version: '2' } };
  change(entry);
  return entry;
}

for (const name of ['iris-classifier', 'wine-cultivar', 'diabetes-progression', 'digits', 'iris-classifier-sklearn']) {
  test(`the artifacts of ${name} are as the registry says`, async () => {
    const entry = sampleEntry(name);
    entry.serve = { local: { version: entry.versions.at(-1)?.version ?? '' } };
    await withArtifacts({ entry }, async (project) => {
      const first = await check(project);
      assert.deepEqual(told(project, first.problems), []);
      assert.deepEqual([first.versions, first.read], [entry.versions.length, entry.versions.length]);
      assert.equal((await check(project)).read, 0, 'what was read is known by its ETag');
    });
  });
}

const ARTIFACT = 'artifact: s3://nsa2-sf-ml-models/mlflow/1/models/m-3ac8001387b34ce98758d82654a4d56f/artifacts/';
const model = (folder: string) => join(folder, 'model.onnx');

/** Replaces the model file, and the digest and size that the registry holds of it, so that only its content is wrong. */
function replaced(bytes: Uint8Array): { entry: Draft; spoil: (folder: string) => void } {
  const entry = iris((draft) => {
    const version = draft.versions[1];
    assert.ok(version);
    version.sha256 = createHash('sha256').update(bytes).digest('hex');
    version.size = bytes.length;
    delete draft.signature;
    delete draft.example;
    delete draft.client;
    for (const each of draft.versions) delete each.expect;
  });
  return { entry, spoil: (folder) => writeFileSync(model(folder), bytes) };
}

interface Fault {
  readonly expected: readonly string[];
  readonly entry?: Draft;
  readonly spoil?: (folder: string) => void;
}

const faults: Readonly<Record<string, Fault>> = {
  'nothing below the address': {
    expected: [`ARTIFACT_ABSENT ${ARTIFACT}`],
    spoil: (folder) => rmSync(folder, { recursive: true }),
  },
  'no model file': {
    expected: [`ARTIFACT_INCOMPLETE ${ARTIFACT}`],
    spoil: (folder) => rmSync(model(folder)),
  },
  'no conda.yaml, which only people read': {
    expected: [`ARTIFACT_INCOMPLETE ${ARTIFACT} warning`],
    spoil: (folder) => rmSync(join(folder, 'conda.yaml')),
  },
  'a model file cut short': {
    expected: [
      'ARTIFACT_SIZE size: 776',
      'ARTIFACT_HASH sha256: dfd8f24b4d56e0b7f7d68c8f58b2c5ea8cfcc10186bae771ee907e0b10a5f934',
      `ARTIFACT_BROKEN ${ARTIFACT}`,
    ],
    spoil: (folder) => truncateSync(model(folder), 500),
  },
  'an empty model file': {
    expected: [
      'ARTIFACT_SIZE size: 776',
      'ARTIFACT_HASH sha256: dfd8f24b4d56e0b7f7d68c8f58b2c5ea8cfcc10186bae771ee907e0b10a5f934',
      `ARTIFACT_BROKEN ${ARTIFACT}`,
    ],
    spoil: (folder) => writeFileSync(model(folder), ''),
  },
  'an MLmodel file that is none': {
    expected: [`ARTIFACT_BROKEN ${ARTIFACT}`],
    spoil: (folder) => writeFileSync(join(folder, 'MLmodel'), 'flavors: ['),
  },
  'another format': {
    expected: [`ARTIFACT_FORMAT ${ARTIFACT}`],
    spoil: (folder) => {
      const text = readFileSync(join(folder, 'MLmodel'), 'utf8')
        .replace('  onnx:', '  sklearn:')
        .replace('data: model.onnx', 'pickled_model: model.onnx');
      writeFileSync(join(folder, 'MLmodel'), text);
    },
  },
  'a folder without any model': {
    expected: [`ARTIFACT_FORMAT ${ARTIFACT}`],
    spoil: (folder) => {
      rmSync(join(folder, 'MLmodel'));
      renameSync(model(folder), join(folder, 'readme.md'));
    },
  },
  'a second model in the folder': {
    expected: [`ARTIFACT_NEIGHBOUR ${ARTIFACT}`],
    spoil: (folder) => copyFileSync(model(folder), join(folder, 'other.onnx')),
  },
  'a model in a folder below': {
    expected: [`ARTIFACT_NEIGHBOUR ${ARTIFACT} warning`],
    spoil: (folder) => {
      mkdirSync(join(folder, 'old'));
      copyFileSync(join(folder, 'MLmodel'), join(folder, 'old/MLmodel'));
    },
  },
  'a byte more': {
    expected: [
      'ARTIFACT_SIZE size: 776',
      'ARTIFACT_HASH sha256: dfd8f24b4d56e0b7f7d68c8f58b2c5ea8cfcc10186bae771ee907e0b10a5f934',
    ],
    // An unknown field of length 0: still the same model.
    spoil: (folder) => appendFileSync(model(folder), Uint8Array.of(0xfa, 0x07, 0x00)),
  },
  'another digest in the registry': {
    expected: [`ARTIFACT_HASH sha256: ${'e'.repeat(64)}`],
    entry: iris(({ versions: [, version] }) => {
      if (version !== undefined) version.sha256 = 'e'.repeat(64);
    }),
  },
  'an input that the graph does not have': {
    expected: ['MODEL_SIGNATURE - name: features'],
    entry: iris((entry) => rename(entry, 'X', 'features')),
  },
  'another datatype': {
    expected: ['MODEL_SIGNATURE datatype: FP64'],
    entry: iris((entry) =>
      edit(
        entry,
        '"datatype":"FP32","shape":[-1,4]',
        '"datatype":"FP64","shape":[-1,4]',
        '"datatype":"FP32","data"',
        '"datatype":"FP64","data"',
      ),
    ),
  },
  'another number of columns': {
    expected: ['MODEL_SIGNATURE - -1', 'MODEL_SIGNATURE - sepal_length'],
    entry: iris((entry) => {
      edit(
        entry,
        '"shape":[-1,4]',
        '"shape":[-1,3]',
        '"petal_length","petal_width"',
        '"petal_length"',
        '[[4,3.9,2.3,0.6]]',
        '[[4,3.9,2.3]]',
        '"shape":[1,4]',
        '"shape":[1,3]',
      );
      delete entry.client;
    }),
  },
  'labels for fewer classes than the graph has': {
    expected: ['MODEL_SIGNATURE - -1', 'MODEL_SIGNATURE - Setosa'],
    entry: iris((entry) =>
      edit(
        entry,
        '"shape":[-1,3],"labels":["Setosa","Versicolor","Virginica"]',
        '"shape":[-1,2],"labels":["Setosa","Versicolor"]',
        '[[0.999949,0.000052,0]]',
        '[[0.999949,0.000052]]',
      ),
    ),
  },
  'too little memory': {
    expected: ['MODEL_MEMORY memory: 128Mi'],
    entry: iris((entry) => {
      entry.resources = { cpu: '100m', memory: '128Mi' };
    }),
  },
  'just enough memory': {
    expected: ['MODEL_MEMORY memory: 192Mi warning'],
    entry: iris((entry) => {
      entry.resources = { cpu: '100m', memory: '192Mi' };
    }),
  },
  'an example that the graph does not take, without a signature': {
    expected: ['MODEL_EXAMPLE - name: petals'],
    entry: iris((entry) => {
      delete entry.signature;
      delete entry.client;
      edit(entry, '"inputs":[{"name":"input-0"', '"inputs":[{"name":"petals"');
    }),
  },
  'a fault in a version that nobody serves is a warning': {
    expected: [
      'ARTIFACT_ABSENT artifact: s3://nsa2-sf-ml-models/mlflow/1/models/m-dbe25bac70294350912e0b1d2c3a75da/artifacts/ warning',
    ],
    spoil: (folder) => rmSync(join(folder, '../../m-dbe25bac70294350912e0b1d2c3a75da'), { recursive: true }),
  },
};

function edit(entry: Draft, ...pairs: string[]): void {
  let text = JSON.stringify(entry);
  for (let index = 0; index < pairs.length; index += 2) {
    const from = pairs[index] ?? '';
    assert.ok(text.includes(from), `the entry does not hold ${from}`);
    text = text.replace(from, pairs[index + 1] ?? '');
  }
  Object.assign(entry, JSON.parse(text));
}

function rename(entry: Draft, from: string, to: string): void {
  edit(entry, `"name":"${from}"`, `"name":"${to}"`);
}

for (const [name, { expected, entry, spoil }] of Object.entries(faults)) {
  test(name, async () => {
    await withArtifacts({ entry: entry ?? iris(), spoil, version: 1 }, async (project) => {
      assert.deepEqual(told(project, (await check(project)).problems), expected);
    });
  });
}

const good = { domain: 'ai.onnx', operator: 'Relu', opset: 17, irVersion: 9 };
const graphs: Readonly<Record<string, { change: Partial<OneNode>; code: string; says: RegExp }>> = {
  'an IR version that the runtime does not read': {
    change: { irVersion: 99 },
    code: 'MODEL_OPSET',
    says: /IR version 99/,
  },
  'an opset that the runtime does not have': {
    change: { opset: 99 },
    code: 'MODEL_OPSET',
    says: /opset 99 of ai\.onnx/,
  },
  'an operator that no runtime has': { change: { operator: 'Guess' }, code: 'MODEL_OPERATOR', says: /ai\.onnx Guess/ },
  'an operator newer than the opset': { change: { operator: 'Gelu' }, code: 'MODEL_OPERATOR', says: /ai\.onnx Gelu/ },
  // Erf is known, and of DOUBLE there is no kernel: the predictor would fail to load it.
  'an operator without a kernel for its type': {
    change: { operator: 'Erf', element: 11 },
    code: 'MODEL_OPERATOR',
    says: /has no ai\.onnx Erf of DOUBLE \(it has it of FLOAT\)$/,
  },
  'an operator that computes with BF16': {
    change: { operator: 'Erf', element: 16 },
    code: 'MODEL_OPERATOR',
    says: /has no ai\.onnx Erf of BFLOAT16 \(it has it of FLOAT\)$/,
  },
  'an operator of somebody else': {
    change: { domain: 'org.example', opset: 1 },
    code: 'MODEL_OPERATOR',
    says: /org\.example Relu/,
  },
};
for (const [name, { change, code, says }] of Object.entries(graphs)) {
  test(name, async () => {
    await withArtifacts({ ...replaced(oneNode({ ...good, ...change })), version: 1 }, async (project) => {
      const { problems } = await check(project);
      assert.deepEqual(told(project, problems), [`${code} ${ARTIFACT}`]);
      assert.match(problems[0]?.message ?? '', says);
    });
  });
}

test('the same operator of the type that has a kernel has no fault', async () => {
  await withArtifacts({ ...replaced(oneNode({ ...good, operator: 'Erf' })), version: 1 }, async (project) => {
    assert.deepEqual(told(project, (await check(project)).problems), []);
  });
});

test('a plain graph of one node has no fault', async () => {
  await withArtifacts({ ...replaced(oneNode(good)), version: 1 }, async (project) => {
    assert.deepEqual(told(project, (await check(project)).problems), []);
  });
});

const WEIGHTS = 'artifact: s3://nsa2-sf-ml-models/mlflow/4/models/m-bd09236c5d224fd6afdde4a83d076be5/artifacts/';
const weights: readonly [name: string, expected: string, spoil: (file: string) => void][] = [
  ['weights beside the model that are not there', 'ARTIFACT_INCOMPLETE', (file) => rmSync(file)],
  ['weights beside the model that are cut short', 'ARTIFACT_TRUNCATED', (file) => truncateSync(file, 14_000)],
];
for (const [name, expected, spoil] of weights) {
  test(name, async () => {
    const setting = { entry: sampleEntry('digits'), spoil: (folder: string) => spoil(join(folder, 'model.onnx.data')) };
    setting.entry.serve = { local: { version: '1' } };
    await withArtifacts(setting, async (project) => {
      assert.deepEqual(told(project, (await check(project)).problems), [`${expected} ${WEIGHTS}`]);
    });
  });
}

test('a store that does not answer is an error with --artifacts, and else "not run"', async () => {
  await withArtifacts({ entry: iris() }, async (project) => {
    const closed = { ...project, store: { ...project.store, endpoint: 'http://127.0.0.1:1' } };
    const forced = await check(closed);
    assert.deepEqual([...new Set(forced.problems.map(({ code }) => code))], ['ARTIFACT_UNREACHABLE']);
    const auto = await check(closed, 'auto');
    assert.deepEqual(auto.problems, []);
    assert.match(auto.notRun ?? '', /^s3:\/\/nsa2-sf-ml-models: .*ECONNREFUSED/);
  });
});
