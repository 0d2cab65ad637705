/** Every command on the base project, in a git repository of its own: the diff that it makes, and what it refuses. */
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as operations from '../edit/operations.ts';
import { within } from '../testdata/project.ts';
import { commit, edit, layOutRepository } from '../testdata/repository.ts';
import { addModel, deleteModel } from './model-add.ts';
import { type EditOptions, editModel } from './model-edit.ts';
import { listModels, showModel } from './model-list.ts';
import { rollbackModel } from './model-rollback.ts';
import type { Outcome } from './outcome.ts';

const now = new Date('2026-12-01T00:00:00Z');
const same = (text: string) => text;
const MODELS = 'models.yaml';

const options = (root: string, dryRun = false): EditOptions => ({
  root,
  dryRun,
  now,
  paint: { red: same, green: same, dim: same },
});

async function inRepository(use: (root: string) => Promise<void>): Promise<void> {
  await within(await layOutRepository(now), use);
}

/** Lines that go and come, as the outcome shows them. */
function changes({ notes, problems }: Outcome): string[] {
  assert.deepEqual(problems, []);
  return (notes ?? []).filter((line) => /^[-+](?![-+])/.test(line));
}

function codes({ problems, done }: Outcome): string[] {
  assert.equal(done, 'nothing written');
  return problems.map(({ code }) => code);
}

test('promote: one line, and the words for it; a dry run writes nothing', async () => {
  await inRepository(async (root) => {
    const before = readFileSync(join(root, MODELS), 'utf8');
    const promote = operations.promote({ from: 'alpha', to: 'beta' });
    const dry = await editModel('iris', promote, options(root, true));
    assert.equal(readFileSync(join(root, MODELS), 'utf8'), before);
    const outcome = await editModel('iris', promote, options(root));
    assert.deepEqual(changes(dry), changes(outcome));
    assert.deepEqual(changes(outcome), ['-      beta: {version: "1"}', '+      beta: {version: "2"}']);
    assert.ok(outcome.notes?.includes('iris: beta serves version 2, before 1'));
    assert.ok(outcome.notes?.includes('next: npm run generate && git add -A && git commit'));
    assert.equal(
      readFileSync(join(root, MODELS), 'utf8'),
      before.replace('beta: {version: "1"}', 'beta: {version: "2"}'),
    );
    const again = await editModel('iris', promote, options(root));
    assert.equal(again.done, 'iris is so already; nothing written');
  });
});

test('a canary from its first request to its promotion, and one that is aborted', async () => {
  await inRepository(async (root) => {
    const canary = (wish: Partial<operations.CanaryWish>) =>
      editModel('iris', operations.startCanary({ cluster: 'beta', ...wish }), options(root));
    assert.deepEqual(changes(await canary({ version: '2' })), [
      '-      beta: {version: "1"}',
      '+      beta: {version: "1", canary: {version: "2", weight: 10}}',
    ]);
    assert.deepEqual(changes(await canary({ weight: 50 })).slice(-1), [
      '+      beta: {version: "1", canary: {version: "2", weight: 50}}',
    ]);
    assert.deepEqual(changes(await canary({ header: { name: 'x-try', value: 'a: b' } })).slice(-1), [
      '+      beta: {version: "1", canary: {version: "2", weight: 50, header: {name: x-try, value: "a: b"}}}',
    ]);
    const refused = await editModel('iris', operations.promote({ to: 'beta', version: '1' }), options(root));
    assert.deepEqual(codes(refused), ['CANARY_RUNNING']);
    assert.match(refused.problems[0]?.repair ?? '', /canary iris --cluster beta --promote, or --abort/);
    const aborted = await editModel('iris', operations.abortCanary('beta'), options(root));
    assert.deepEqual(changes(aborted).slice(-1), ['+      beta: {version: "1"}']);
    assert.deepEqual(codes(await editModel('iris', operations.abortCanary('beta'), options(root))), ['CANARY_MISSING']);
    assert.deepEqual(codes(await editModel('iris', operations.promoteCanary('beta'), options(root))), [
      'CANARY_MISSING',
    ]);
    await canary({ version: '2', weight: 1 });
    const promoted = await editModel('iris', operations.promoteCanary('beta'), options(root));
    assert.deepEqual(changes(promoted).slice(-1), ['+      beta: {version: "2"}']);
  });
});

test('mirror and suspend come and go without a trace', async () => {
  await inRepository(async (root) => {
    const before = readFileSync(join(root, MODELS), 'utf8');
    const run = (operation: operations.Operation) => editModel('iris', operation, options(root));
    changes(await run(operations.startMirror('beta', '2', 20)));
    assert.match(
      readFileSync(join(root, MODELS), 'utf8'),
      /beta: \{version: "1", mirror: \{version: "2", percent: 20\}\}/,
    );
    changes(await run(operations.stopMirror('beta')));
    assert.deepEqual(codes(await run(operations.stopMirror('beta'))), ['CANARY_MISSING']);
    changes(await run(operations.suspend('beta', true)));
    assert.match(readFileSync(join(root, MODELS), 'utf8'), /beta: \{version: "1", suspended: true\}/);
    changes(await run(operations.suspend('beta', false)));
    assert.equal(readFileSync(join(root, MODELS), 'utf8'), before);
  });
});

test('a mirror says that Traefik copies no gRPC requests, once', async () => {
  const told = /^iris: gRPC requests are not copied on beta/;
  await inRepository(async (root) => {
    const start = async (percent: number) =>
      (await editModel('iris', operations.startMirror('beta', '2', percent), options(root, true))).notes ?? [];
    assert.equal((await start(20)).filter((line) => told.test(line)).length, 1);
    edit(root, MODELS, 'beta: {version: "1"}', 'beta: {version: "1", mirror: {version: "2"}}');
    assert.ok(!(await start(30)).some((line) => told.test(line)), 'it was said before');
  });
  await inRepository(async (root) => {
    const other = 'gateway: {className: envoy}\nplatform: {traefik: {enabled: false}}';
    edit(root, 'clusters/beta/cluster.yaml', 'gateway: {}', other);
    const { notes = [], problems } = await editModel('iris', operations.startMirror('beta', '2', 20), options(root));
    assert.deepEqual(problems, []);
    assert.ok(!notes.some((line) => told.test(line)), 'this Gateway copies them');
  });
});

test('rollback: what git says was served before, whatever is being tried', async () => {
  await inRepository(async (root) => {
    const none = await rollbackModel('iris', 'beta', undefined, options(root));
    assert.deepEqual(codes(none), ['HISTORY_UNKNOWN']);
    assert.match(none.problems[0]?.message ?? '', /none of 1 commit of models.yaml/);
    await editModel('iris', operations.promote({ from: 'alpha', to: 'beta' }), options(root));
    commit(root);
    appendFileSync(join(root, MODELS), '# a comment\n');
    commit(root);
    const outcome = await rollbackModel('iris', 'beta', undefined, options(root));
    assert.deepEqual(changes(outcome), ['-      beta: {version: "2"}', '+      beta: {version: "1"}']);
    assert.ok(
      outcome.notes?.some((line) => /beta serves version 1, before 2; served until the commit after/.test(line)),
    );
    await editModel('iris', operations.startCanary({ cluster: 'beta', version: '2' }), options(root));
    const named = await rollbackModel('iris', 'beta', '1', options(root));
    assert.ok(named.notes?.includes('iris: beta tries version 2 no more'));
    assert.deepEqual(codes(await rollbackModel('wine', 'alpha', undefined, options(root))), ['MODEL_NOT_SERVED']);
  });
});

test('rollback outside of git says so', async () => {
  await inRepository(async (root) => {
    rmSync(join(root, '.git'), { recursive: true });
    const outcome = await rollbackModel('iris', 'beta', undefined, options(root));
    assert.deepEqual(codes(outcome), ['HISTORY_UNKNOWN']);
    assert.match(outcome.problems[0]?.message ?? '', /git says: .*not a git repository/);
  });
});

test('retire, then delete', async () => {
  await inRepository(async (root) => {
    assert.deepEqual(codes(await deleteModel('iris', options(root))), ['MODEL_SERVED']);
    assert.deepEqual(changes(await editModel('iris', operations.retire(['alpha']), options(root))), [
      '-      alpha: {version: "2"}',
    ]);
    assert.deepEqual(codes(await editModel('iris', operations.retire(['alpha']), options(root))), ['MODEL_NOT_SERVED']);
    assert.deepEqual(changes(await editModel('iris', operations.retire([]), options(root))), [
      '-    serve:',
      '-      beta: {version: "1"}',
    ]);
    const deleted = changes(await deleteModel('iris', options(root)));
    assert.ok(deleted.every((line) => line.startsWith('-')));
    assert.match(readFileSync(join(root, MODELS), 'utf8'), /^models:\n {2}- name: wine\n/);
  });
});

test('add: a model at the end, a version at its place', async () => {
  await inRepository(async (root) => {
    const version = { version: '3', artifact: 's3://example-models/iris/3/', sha256: 'c'.repeat(64) };
    const added = await addModel({ name: 'iris', version, entry: {}, clusters: ['beta'] }, options(root));
    assert.deepEqual(changes(added), [
      '+      - version: "3"',
      '+        artifact: s3://example-models/iris/3/',
      `+        sha256: ${'c'.repeat(64)}`,
      '-      beta: {version: "1"}',
      '+      beta: {version: "3"}',
    ]);
    assert.deepEqual(codes(await addModel({ name: 'iris', version, entry: {}, clusters: [] }, options(root))), [
      'VERSION_TAKEN',
    ]);
    assert.deepEqual(codes(await addModel({ name: 'rose', version, entry: {}, clusters: [] }, options(root))), [
      'FIELD_MISSING',
    ]);
    const entry = { owner: 'flowers', description: 'Colour: red, or "not".', format: 'onnx' } as const;
    const artifact = 's3://example-models/rose/1/';
    const rose = await addModel(
      { name: 'rose', version: { ...version, artifact }, entry, clusters: ['alpha'] },
      options(root),
    );
    assert.equal(
      changes(rose).join('\n').replaceAll(/^\+/gm, ''),
      [
        '',
        '  - name: rose',
        '    owner: flowers',
        `    description: 'Colour: red, or "not".'`,
        '    format: onnx',
        '    versions:',
        '      - version: "3"',
        `        artifact: ${artifact}`,
        `        sha256: ${'c'.repeat(64)}`,
        '    serve:',
        '      alpha:',
        '        version: "3"',
      ].join('\n'),
    );
  });
});

test('what would not verify is shown and not written', async () => {
  await inRepository(async (root) => {
    const before = readFileSync(join(root, MODELS), 'utf8');
    const outcome = await editModel('iris', operations.promote({ to: 'beta', version: '9' }), options(root));
    assert.deepEqual(codes(outcome), ['VERSION_UNKNOWN']);
    assert.ok(outcome.notes?.some((line) => line.startsWith('+') && line.includes('"9"')));
    assert.ok(outcome.notes?.includes('The edit above would cause this; models.yaml is as it was.'));
    const elsewhere = await editModel('iris', operations.promote({ to: 'nowhere', version: '2' }), options(root));
    assert.deepEqual(codes(elsewhere), ['CLUSTER_UNKNOWN']);
    assert.equal(readFileSync(join(root, MODELS), 'utf8'), before);
  });
});

test('faults that were there are told apart; a registry that cannot be read is not edited', async () => {
  await inRepository(async (root) => {
    edit(root, MODELS, 'owner: cellar', 'owner: nobody');
    const promote = operations.promote({ from: 'alpha', to: 'beta' });
    const outcome = await editModel('iris', promote, options(root));
    assert.deepEqual(codes(outcome), ['MODEL_OWNER_UNKNOWN']);
    assert.ok(outcome.notes?.includes('These faults were there before the edit; correct them first.'));
    edit(root, MODELS, 'format: sklearn', 'format: [');
    const broken = await editModel('iris', promote, options(root));
    assert.deepEqual(codes(broken), ['YAML_SYNTAX']);
    assert.match(broken.notes?.join() ?? '', /an edit would only bury/);
  });
});

test('an unknown model, with the name that was meant', async () => {
  await inRepository(async (root) => {
    const outcome = await editModel('irsi', operations.suspend('beta', true), options(root));
    assert.deepEqual(codes(outcome), ['MODEL_UNKNOWN']);
    assert.equal(outcome.problems[0]?.repair, 'Did you mean "iris"?');
  });
});

test('a layout that only a person can edit is left to a person', async () => {
  await inRepository(async (root) => {
    edit(root, MODELS, '      beta: {version: "1"}\n\n', '      ? beta\n      : version: "1"\n\n');
    const canary = await editModel(
      'iris',
      operations.startCanary({ cluster: 'beta', version: '2' }),
      options(root, true),
    );
    assert.deepEqual(changes(canary), ['+        canary:', '+          version: "2"', '+          weight: 10']);
    assert.deepEqual(codes(await editModel('iris', operations.retire(['beta']), options(root))), ['LAYOUT_UNKNOWN']);
  });
});

test('list and show', async () => {
  await inRepository(async (root) => {
    await editModel('iris', operations.startCanary({ cluster: 'beta', version: '2', weight: 5 }), options(root));
    await editModel('wine', operations.suspend('beta', true), options(root));
    assert.deepEqual((await listModels({ root, now })).notes, [
      'MODEL  OWNER    FORMAT   NEWEST  ALPHA  BETA',
      'iris   flowers  onnx     2       2      1, 5 % 2',
      'wine   cellar   sklearn  1       -      1 suspended',
    ]);
    const { notes, problems } = await showModel('iris', { root, now });
    assert.deepEqual(problems, []);
    assert.ok(notes?.includes('     columns length, width'));
    assert.ok(
      notes?.some((line) => /^ {2}beta {3}version 1, 5 % 2 {2}iris-flowers\.beta\.example\.org, namespace /.test(line)),
      notes?.join('\n'),
    );
    assert.deepEqual(
      (await showModel('vine', { root, now })).problems.map(({ code }) => code),
      ['MODEL_UNKNOWN'],
    );
  });
});
