/**
 * From a model logged to a real MLflow to its retirement, with the commands that people type: after each the registry
 * generates and verifies, and the difference that git sees is the one of `story.md`. `UPDATE_GOLDEN=1` writes that anew.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { Model } from '../../schemas/types/models.d.ts';
import { generate } from '../commands/generate.ts';
import { verify } from '../commands/verify.ts';
import { commit, git, layOutRepository } from '../testdata/repository.ts';
import { testVariants } from './broken.ts';
import { startWorld, type World } from './mlflow-server.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const GOLDEN = fileURLToPath(new URL('./story.md', import.meta.url));
const BUCKET = 'example-models';
const now = new Date('2026-12-01T00:00:00Z');

let world: World;
let root: string;

before(async () => {
  world = await startWorld(BUCKET);
  root = await layOutRepository(now);
});
after(async () => world.stop());

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function model(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = world.environment,
  folder = root,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const command = ['--import', 'tsx', MAIN, 'model', ...args, '--root', folder];
    const child = spawn(process.execPath, command, {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', (part: Buffer) => {
      output += part.toString('utf8');
    });
    child.stderr.on('data', (part: Buffer) => {
      errors += part.toString('utf8');
    });
    child.on('error', reject);
    child.on('close', (code) => (code === 2 ? reject(new Error(errors)) : resolve({ code, output })));
  });
}

/** What differs from run to run: ids, ports, commits, days. */
function stable(text: string): string {
  const names = world.logged.flatMap(({ run, model, version }) => [
    [model, `m-<model ${version}>`],
    [run, `<run ${version}>`],
  ]);
  return names
    .reduce((before, [id, name]) => before.replaceAll(id ?? '', name ?? ''), text)
    .replaceAll(world.trackingUri, 'http://mlflow')
    .replace(/\b[0-9a-f]{12} of \d{4}-\d\d-\d\d/g, '<commit> of <day>')
    .replace(/^index .*\n/gm, '');
}

const steps: readonly (readonly string[])[] = [
  ['import', 'models:/iris-species/1', '--cluster', 'alpha', '--expect'],
  ['import', 'models:/iris-species@champion'],
  ['promote', 'iris-species', '--version', '2', '--to', 'alpha'],
  ['promote', 'iris-species', '--version', '1', '--to', 'beta'],
  ['canary', 'iris-species', '--cluster', 'beta', '--version', '2', '--weight', '10'],
  ['canary', 'iris-species', '--cluster', 'beta', '--weight', '50'],
  ['canary', 'iris-species', '--cluster', 'beta', '--promote'],
  ['rollback', 'iris-species', '--cluster', 'beta'],
  ['suspend', 'iris-species', '--cluster', 'beta'],
  ['suspend', 'iris-species', '--cluster', 'beta', '--resume'],
  ['retire', 'iris-species'],
  ['retire', 'iris-species', '--delete'],
];

test('from MLflow to retirement', async () => {
  const begin = readFileSync(join(root, 'models.yaml'), 'utf8');
  const pages: string[] = [];
  for (const args of steps) {
    const name = `npm run model -- ${args.join(' ')}`;
    const { code, output } = await model(args);
    assert.equal(code, 0, `${name}\n${output}`);
    const diff = git(root, 'diff', '--', 'models.yaml');
    assert.notEqual(diff, '', `${name} changes nothing`);
    const made = await generate(root, { now });
    assert.deepEqual(made.problems, [], name);
    const checked = await verify(root, { now });
    assert.deepEqual(
      checked.problems.filter(({ severity }) => severity === 'error'),
      [],
      name,
    );
    commit(root);
    const words = output.split('\n').filter((line) => line.startsWith('iris-species: '));
    pages.push(`## ${name}\n\n${stable(words.join('\n'))}\n\n\`\`\`diff\n${stable(diff)}\`\`\`\n`);
  }
  assert.equal(readFileSync(join(root, 'models.yaml'), 'utf8'), begin, 'nothing is left behind');
  const page = `${pages.join('\n')}`;
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(GOLDEN, page);
  assert.equal(page, readFileSync(GOLDEN, 'utf8'));
});

test('every name of a version leads to the same entry, and so does the way through MLflow without rights in S3', async () => {
  const [, second] = world.logged;
  assert.ok(second);
  const sources = [
    'models:/iris-species/2',
    `models:/${second.model}`,
    `runs:/${second.run}/model`,
    `${world.trackingUri}/#/models/iris-species/versions/2`,
    `${world.trackingUri}/#/experiments/1/models/${second.model}`,
    `${world.trackingUri}/#/experiments/1/runs/${second.run}`,
    `s3://example-models/mlflow/1/models/${second.model}/artifacts`,
  ];
  const said = [
    '--name',
    'iris-two',
    '--owner',
    'flowers',
    '--description',
    'Two.',
    '--version',
    '2',
    '--format',
    'json',
    '--dry-run',
  ];
  const entries: Model[] = [];
  for (const source of sources) entries.push(entryOf(await model(['import', source, ...said])));
  const barred = { ...world.environment, AWS_ACCESS_KEY_ID: 'unknown' };
  const through = await model(['import', sources[0] ?? '', ...said], barred);
  entries.push(entryOf(through));
  for (const entry of entries) {
    const [version] = entry.versions;
    assert.equal(version.sha256, 'dfd8f24b4d56e0b7f7d68c8f58b2c5ea8cfcc10186bae771ee907e0b10a5f934');
    assert.equal(version.artifact, `s3://example-models/mlflow/1/models/${second.model}/artifacts/`);
    assert.deepEqual(entry.signature, entries[0]?.signature);
    assert.deepEqual(entry.example, entries[0]?.example);
  }
  assert.deepEqual(entries[0]?.versions[0].metrics, { accuracy: 0.947368 });
  const text = await model(
    ['import', sources[0] ?? '', ...said.filter((word) => word !== '--format' && word !== 'json')],
    barred,
  );
  assert.match(text.output, /read through MLflow, since the bucket cannot be read/);
});

function entryOf({ code, output }: Ended): Model {
  assert.equal(code, 0, output);
  const { diff } = JSON.parse(output) as { diff: string };
  const added = diff.split('\n').filter((line) => /^\+(?!\+)/.test(line));
  const models = (parse(`models:\n${added.map((line) => line.slice(1)).join('\n')}\n`) as { models: Model[] }).models;
  assert.equal(models.length, 1);
  return models[0] as Model;
}

test('what MLflow does not have is told in its words', async () => {
  const cases: [string, RegExp][] = [
    ['models:/iris-species@nobody', /answers 400: Registered model alias nobody not found/],
    ['models:/iris-species/9', /answers 404: Model Version \(name=iris-species, version=9\) not found/],
    [`models:/m-${'0'.repeat(32)}`, /answers 404: .*not found/],
    [`runs:/${'0'.repeat(32)}/model`, /answers 404: Run with id=0+ not found/],
  ];
  for (const [source, words] of cases) {
    const { code, output } = await model(['import', source, '--name', 'x']);
    assert.equal(code, 1, source);
    assert.match(output, /SOURCE_UNKNOWN/);
    assert.match(output, words);
  }
  const destination = ['--artifacts-destination', 's3://example-models/elsewhere', '--dry-run'];
  const { output } = await model(['import', 'models:/iris-species/1', ...destination]);
  assert.match(output, /there is nothing in s3:\/\/example-models\/elsewhere\/.*, but MLflow has the files/);
});

testVariants({
  world: () => world,
  bucket: BUCKET,
  model: async (folder, args) => {
    const { code, output } = await model(args, world.environment, folder);
    assert.equal(code, 0, output);
    return output;
  },
  stable,
});
