import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { filesBelow, layOutBase, within } from '../testdata/project.ts';
import { createCompiler } from './compile.ts';
import { generate, generateWith } from './generate.ts';

const now = new Date('2026-12-01T00:00:00Z');

function snapshot(root: string): Map<string, string> {
  return new Map(filesBelow(root).map((file) => [file, readFileSync(join(root, file), 'utf8')]));
}

function change(root: string, file: string, from: string, to: string): void {
  const path = join(root, file);
  const text = readFileSync(path, 'utf8');
  assert.ok(text.includes(from), `${file} has no "${from}"`);
  writeFileSync(path, text.replace(from, to));
}

test('twice gives the same bytes, and the second run writes nothing', async () => {
  await within(layOutBase(), async (root) => {
    const first = await generate(root, { now });
    assert.deepEqual(first.problems, []);
    const before = snapshot(root);
    const second = await generate(root, { now });
    assert.deepEqual([second.summary['written'], second.summary['removed']], [0, 0]);
    assert.equal(second.summary['unchanged'], first.summary['written']);
    assert.deepEqual(snapshot(root), before);
  });
});

test('what people write is never touched', async () => {
  await within(layOutBase(), async (root) => {
    const before = snapshot(root);
    await generate(root, { now });
    const after = snapshot(root);
    for (const [file, text] of before) assert.equal(after.get(file), text, file);
  });
});

test('--cluster writes that cluster alone and leaves the others alone', async () => {
  await within(layOutBase(), async (root) => {
    mkdirSync(join(root, 'apps/gone'), { recursive: true });
    writeFileSync(join(root, 'apps/gone/x.yaml'), 'a: 1\n');
    assert.deepEqual((await generate(root, { now, clusters: ['beta'] })).problems, []);
    assert.ok(existsSync(join(root, 'apps/beta')));
    assert.ok(!existsSync(join(root, 'apps/alpha')));
    assert.ok(existsSync(join(root, 'apps/gone')), 'only a run over all clusters knows what is gone');
  });
});

test('a cluster that does not exist is a problem and nothing is written', async () => {
  await within(layOutBase(), async (root) => {
    const { problems, done } = await generate(root, { now, clusters: ['beta', 'gamma'] });
    assert.deepEqual(
      problems.map(({ code, where }) => [code, where.file]),
      [['FILE_MISSING', 'clusters/gamma/cluster.yaml']],
    );
    assert.equal(done, 'nothing written');
    assert.ok(!existsSync(join(root, 'apps')));
  });
});

test('the folders of a cluster that is gone are removed, and so are those of a model', async () => {
  await within(layOutBase(), async (root) => {
    await generate(root, { now });
    rmSync(join(root, 'clusters/beta'), { recursive: true });
    const models = readFileSync(join(root, 'models.yaml'), 'utf8');
    const wine = models.indexOf('  - name: wine');
    writeFileSync(join(root, 'models.yaml'), models.slice(0, wine).replace('      beta: {version: "1"}\n', ''));
    change(root, 'models.yaml', 'alpha: {version: "2"}', 'alpha: {version: "1"}');
    const { problems, summary } = await generate(root, { now });
    assert.deepEqual(problems, []);
    assert.ok(!existsSync(join(root, 'apps/beta')));
    assert.ok(!existsSync(join(root, 'clusters/beta')));
    assert.equal(summary['written'], 2, 'the InferenceService and the catalogue with another version');
  });
});

test('a model that is no longer served leaves no folder behind', async () => {
  await within(layOutBase(), async (root) => {
    await generate(root, { now });
    change(root, 'models.yaml', '      alpha: {version: "2"}\n', '');
    await generate(root, { now });
    assert.ok(!existsSync(join(root, 'apps/alpha/model-iris')));
    assert.ok(!existsSync(join(root, 'clusters/alpha/argocd/model-iris.yaml')));
  });
});

test('a secret that is not sealed yet is a warning: the cluster needs its controller first', async () => {
  await within(layOutBase(), async (root) => {
    rmSync(join(root, 'clusters/alpha/sealed'), { recursive: true });
    const { problems } = await generate(root, { now });
    assert.deepEqual(
      problems.map(({ code, severity }) => [code, severity]),
      [
        ['CERTIFICATE_MISSING', 'warning'],
        ['SECRET_MISSING', 'warning'],
        ['SECRET_MISSING', 'warning'],
      ],
    );
    assert.ok(existsSync(join(root, 'apps/alpha')));
  });
});

test('a compiler that remembers gives what a new one gives, after every kind of edit', async () => {
  await within(layOutBase(), async (root) => {
    const compiler = createCompiler(root);
    const original = snapshot(root);
    const edits: [file: string, from: string, to: string][] = [
      ['models.yaml', 'cpu: 100m', 'cpu: 200m'],
      ['models.yaml', 'alpha: {version: "2"}', 'alpha: {version: "1"}'],
      ['models.yaml', 'hostname: iris', 'hostname: flower'],
      ['models.yaml', '  - name: wine', '  - name: red-wine'],
      ['clusters/beta/cluster.yaml', 'namespace: wines', 'namespace: bottles'],
      ['clusters/alpha/cluster.yaml', 'monitoring: {enabled: true}', 'monitoring: {enabled: false}'],
      ['clusters/alpha/cluster.yaml', 'domain: alpha.example.org', 'domain: other.example.org'],
    ];
    for (const [file, from, to] of edits) {
      change(root, file, from, to);
      await generateWith(compiler, root, { now });
      const remembered = snapshot(root);
      await generate(root, { now });
      assert.deepEqual(snapshot(root), remembered, `${file}: ${to}`);
    }
    for (const [file, text] of original) writeFileSync(join(root, file), text);
    const { problems } = await generateWith(compiler, root, { now });
    assert.deepEqual(problems, []);
    const remembered = snapshot(root);
    await generate(root, { now });
    assert.deepEqual(snapshot(root), remembered);
  });
});
