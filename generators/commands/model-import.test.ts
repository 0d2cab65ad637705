/** Imports of the sample artifacts from a real S3 server in this process; MLflow itself is in `generators/story`. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { Model } from '../../schemas/types/models.d.ts';
import { type S3Server, startS3Server } from '../outside/s3-server.ts';
import { layOutBase, within } from '../testdata/project.ts';
import { type ImportWish, importModel } from './model-import.ts';
import type { Outcome } from './outcome.ts';

const BUCKET = 'example-models';
const samples = fileURLToPath(new URL('../../examples/artifacts/nsa2-sf-ml-models/mlflow', import.meta.url));
const iris1 = '1/models/m-dbe25bac70294350912e0b1d2c3a75da/artifacts';
const iris2 = '1/models/m-3ac8001387b34ce98758d82654a4d56f/artifacts';
const sklearn = '1/models/m-db9322e835334410a85263ded5846e4e/artifacts';
const digits = '4/models/m-bd09236c5d224fd6afdde4a83d076be5/artifacts';
const same = (text: string) => text;

let s3: S3Server;
const folder = mkdtempSync(join(tmpdir(), 'import-'));

before(async () => {
  const bucket = join(folder, BUCKET);
  cpSync(samples, bucket, { recursive: true });
  cpSync(join(samples, digits), join(bucket, 'no-weights'), { recursive: true });
  rmSync(join(bucket, 'no-weights/model.onnx.data'));
  for (const name of ['text', 'two', 'plain']) mkdirSync(join(bucket, name));
  writeFileSync(join(bucket, 'text/readme.txt'), 'nothing here');
  for (const name of ['two/a.onnx', 'two/b.onnx', 'plain/m.onnx'])
    cpSync(join(samples, iris2, 'model.onnx'), join(bucket, name));
  s3 = await startS3Server(0, [BUCKET]);
  await s3.fill(folder);
  // The SDK reads its keys from the environment, as it does for people.
  Object.assign(process.env, s3.environment);
});
after(async () => {
  await s3.stop();
  rmSync(folder, { recursive: true });
});

function run(root: string, source: string, changes: Partial<ImportWish> = {}): Promise<Outcome> {
  const wish = { source, clusters: [], expect: false, environment: s3.environment, ...changes };
  const paint = { red: same, green: same, dim: same };
  return importModel(wish, { root, dryRun: false, now: new Date('2026-12-01T00:00:00Z'), paint });
}

function models(root: string): Model[] {
  return (parse(readFileSync(join(root, 'models.yaml'), 'utf8')) as { models: Model[] }).models;
}

const named = { name: 'flower', owner: 'flowers', description: 'Species of an iris.' };

test('a new model: digest, tensors, labels, example, and the answer of the real predictor', async () => {
  await within(layOutBase(), async (root) => {
    const outcome = await run(root, `s3://${BUCKET}/${iris2}`, { ...named, clusters: ['alpha'], expect: true });
    assert.deepEqual(outcome.problems, []);
    const model = models(root).at(-1);
    assert.deepEqual(model?.versions, [
      {
        version: '1',
        artifact: `s3://${BUCKET}/${iris2}/`,
        sha256: 'dfd8f24b4d56e0b7f7d68c8f58b2c5ea8cfcc10186bae771ee907e0b10a5f934',
        size: 776,
        source: {
          mlflow: { run: '16083c0df81f46b386a8eb60072ce40f', loggedModel: 'm-3ac8001387b34ce98758d82654a4d56f' },
        },
      },
    ]);
    // The sample's own entry was written by hand from the same artifact.
    const byHand = (parse(readFileSync(new URL('../../models.yaml', import.meta.url), 'utf8')) as { models: Model[] })
      .models[0];
    assert.deepEqual(model.signature, byHand?.signature);
    assert.deepEqual(model.example, byHand?.example);
    assert.deepEqual(model.serve, { alpha: { version: '1' } });
  });
});

test('the README shows the entry that its command writes', async () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, command = ''] = /\$ npm run model -- (import s3:(?:.*\\\n)*.*)\n/.exec(readme) ?? [];
  const [, shown = ''] = /```yaml\n( {2}- name: iris-tree\n[\s\S]*?)```/.exec(readme) ?? [];
  const value = (flag: string) =>
    new RegExp(`--${flag} (?:"([^"]*)"|(\\S+))`)
      .exec(command)
      ?.slice(1)
      .find((text) => text !== undefined) ?? '';
  // The bucket of the base project stands for that of the samples.
  const source = /s3:\/\/nsa2-sf-ml-models\/mlflow\/(\S+)/.exec(command)?.[1] ?? '';
  await within(layOutBase(), async (root) => {
    const wish = { name: value('name'), owner: 'flowers', description: value('description'), clusters: ['alpha'] };
    const outcome = await run(root, `s3://${BUCKET}/${source}`, { ...wish, expect: command.includes('--expect') });
    assert.deepEqual(outcome.problems, []);
    const [written] = parse(shown) as Model[];
    const words = JSON.stringify(written)
      .replace('nsa2-sf-ml-models/mlflow', BUCKET)
      .replace('ml-platform', 'flowers')
      .replace('"local"', '"alpha"');
    assert.deepEqual(models(root).at(-1), JSON.parse(words));
  });
});

test('a further version changes nothing else, and takes the next number', async () => {
  await within(layOutBase(), async (root) => {
    await run(root, `s3://${BUCKET}/${iris1}/`, named);
    const text = readFileSync(join(root, 'models.yaml'), 'utf8');
    const outcome = await run(root, `s3://${BUCKET}/${iris2}/`, { name: 'flower' });
    assert.deepEqual(outcome.problems, []);
    assert.deepEqual(
      models(root)
        .at(-1)
        ?.versions.map(({ version }) => version),
      ['1', '2'],
    );
    const kept = (outcome.notes ?? []).filter((line) => /^-(?!-)/.test(line));
    assert.deepEqual(kept, [], 'no line goes');
    assert.ok(
      readFileSync(join(root, 'models.yaml'), 'utf8').startsWith(
        text.slice(0, text.indexOf('    signature:\n      inputs:\n        - name: X')),
      ),
    );
    const again = await run(root, `s3://${BUCKET}/${iris2}/`, { name: 'flower', version: '2' });
    assert.deepEqual(
      again.problems.map(({ code }) => code),
      ['VERSION_TAKEN'],
    );
  });
});

test('with --expect a further version that answers otherwise says so, and has its own answer written', async () => {
  await within(layOutBase(), async (root) => {
    await run(root, `s3://${BUCKET}/${iris1}/`, { ...named, expect: true });
    const other = await run(root, `s3://${BUCKET}/${iris2}/`, { name: 'flower', expect: true });
    assert.deepEqual(other.problems, []);
    assert.ok(
      other.notes?.some((line) =>
        /output_probability \[\[0.999949,0.000052,0\]\], the example expects \[\[1,0,0\]\]/.test(line),
      ),
      other.notes?.join('\n'),
    );
    const [first, second] = models(root).at(-1)?.versions ?? [];
    assert.deepEqual(second?.expect, { output_label: [0], output_probability: [[0.999949, 0.000052, 0]] });
    assert.equal(first?.expect, undefined);
    const same = await run(root, `s3://${BUCKET}/${iris1}/`, { name: 'flower', expect: true, version: '3' });
    assert.ok(!same.notes?.some((line) => line.includes('answers the example')));
    assert.equal(models(root).at(-1)?.versions.at(-1)?.expect, undefined);
  });
});

test('other tensors under the same name would break clients', async () => {
  await within(layOutBase(), async (root) => {
    await run(root, `s3://${BUCKET}/${iris1}/`, named);
    const outcome = await run(root, `s3://${BUCKET}/${digits}/`, { name: 'flower' });
    assert.deepEqual(
      outcome.problems.map(({ code }) => code),
      ['SOURCE_SIGNATURE'],
    );
    assert.match(outcome.problems[0]?.message ?? '', /inputs are X FP32 \[-1, 64\], before X FP32 \[-1, 4\]/);
  });
});

test('scikit-learn by its MLmodel file, a plain .onnx file without one', async () => {
  await within(layOutBase(), async (root) => {
    assert.deepEqual((await run(root, `s3://${BUCKET}/${sklearn}/`, { ...named, name: 'pickled' })).problems, []);
    const pickled = models(root).at(-1);
    assert.deepEqual([pickled?.format, pickled?.signature?.inputs[0]?.shape], ['sklearn', [-1, 4]]);
    const plain = await run(root, `s3://${BUCKET}/plain/`, { ...named, name: 'plain' });
    assert.deepEqual(plain.problems, []);
    assert.ok(plain.notes?.includes('the artifact holds no input example that fits; none is written'));
    assert.deepEqual(models(root).at(-1)?.signature?.outputs[1]?.labels, ['0', '1', '2']);
  });
});

test('what cannot be imported says why and what to do, and nothing is written', async () => {
  await within(layOutBase(), async (root) => {
    const before = readFileSync(join(root, 'models.yaml'), 'utf8');
    const cases: [source: string, code: string, words: RegExp, changes?: Partial<ImportWish>][] = [
      [`s3://${BUCKET}/none/`, 'SOURCE_UNKNOWN', /there is nothing in s3:\/\/example-models\/none\//],
      ['s3://no-such-bucket/a/', 'SOURCE_UNKNOWN', /NoSuchBucket/],
      [`s3://${BUCKET}/text/`, 'SOURCE_FORMAT', /neither an MLmodel file nor one .onnx file, but readme.txt/],
      [`s3://${BUCKET}/two/`, 'SOURCE_FORMAT', /2 .onnx files: a.onnx, b.onnx/],
      [`s3://${BUCKET}/no-weights/`, 'SOURCE_FORMAT', /weights in "model.onnx.data", which is not there/],
      [`s3://${BUCKET}/${iris1}/`, 'SOURCE_UNKNOWN', /not registered under a name/, { name: undefined }],
      [
        `s3://${BUCKET}/${iris1}/`,
        'FIELD_MISSING',
        /it has no owner, description/,
        { owner: undefined, description: undefined },
      ],
      [`s3://${BUCKET}/${iris1}/`, 'FIELD_PATTERN', /Iris Model/, { name: 'Iris Model' }],
      [`s3://${BUCKET}/${iris1}/`, 'CLUSTER_UNKNOWN', /nowhere/, { clusters: ['nowhere'] }],
      ['models:/iris@champion', 'SOURCE_UNKNOWN', /no MLflow server is named/],
      ['models:/iris@champion', 'SOURCE_UNKNOWN', /127.0.0.1:9 does not answer/, { trackingUri: 'http://127.0.0.1:9' }],
      ['models:/iris/Production', 'SOURCE_UNKNOWN', /stages and "latest" change under the same name/],
      ['iris', 'SOURCE_UNKNOWN', /no name of a model: write models:/],
    ];
    for (const [source, code, words, changes] of cases) {
      const { problems, done } = await run(root, source, { ...named, ...changes });
      assert.deepEqual([problems[0]?.code, done], [code, 'nothing written'], source);
      assert.match(problems[0]?.message ?? '', words);
    }
    assert.equal(readFileSync(join(root, 'models.yaml'), 'utf8'), before);
  });
});
