/**
 * Random registries: each compiles without a fault, its files read back as the objects that were made, the order of
 * entries means nothing, and a second run changes nothing. `KSERVE_GITOPS_RUNS` sets how many; 100 without it.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { parseAllDocuments, stringify } from 'yaml';
import type { Model, Serve } from '../../schemas/types/models.d.ts';
import { diskTree, type Tree } from '../outside/tree.ts';
import { layOutBase, within } from '../testdata/project.ts';
import { createCompiler } from './compile.ts';
import { generate } from './generate.ts';
import { verify } from './verify.ts';

const now = new Date('2026-12-01T00:00:00Z');
const base = fileURLToPath(new URL('../testdata/base', import.meta.url));
const runs = Number(process.env['KSERVE_GITOPS_RUNS'] ?? '100');

/** Texts that YAML readers like to take for something else. */
const text = fc.oneof(
  fc.constantFrom(
    'no',
    'null',
    '1e3',
    '0x1f',
    '~',
    '- a',
    'a: b',
    '#',
    '"',
    "'",
    '{}',
    '\t',
    'ü €',
    '1:20',
    'y',
    '=',
    '%',
    '@x',
    '`',
  ),
  fc.string({ maxLength: 40 }),
);
const quantity = fc.record({
  cpu: fc.constantFrom('100m', '1', '0.5', '1500m'),
  memory: fc.constantFrom('256Mi', '1Gi', '1024Mi', '1500M'),
});
const autoscaling = fc
  .record({
    minReplicas: fc.integer({ min: 1, max: 4 }),
    more: fc.integer({ min: 0, max: 4 }),
    target: fc.integer({ min: 1, max: 100 }),
  })
  .map(({ minReplicas, more, target }) =>
    more === 0 ? { minReplicas } : { minReplicas, maxReplicas: minReplicas + more, metric: 'cpu' as const, target },
  );
const environment = fc.dictionary(
  fc.stringMatching(/^[A-Z][A-Z0-9_]{0,12}$/).map((name) => `X_${name}`),
  text,
  { maxKeys: 3 },
);

const serve = fc.record(
  {
    resources: quantity,
    autoscaling,
    environment,
    timeoutSeconds: fc.integer({ min: 1, max: 3600 }),
    visibility: fc.constantFrom('public' as const, 'cluster-local' as const),
    weight: fc.integer({ min: 0, max: 100 }),
  },
  { requiredKeys: [] },
);

const entry = fc.record({
  name: fc.stringMatching(/^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$/),
  description: text,
  format: fc.constantFrom('onnx' as const, 'sklearn' as const, 'xgboost' as const),
  versions: fc.integer({ min: 1, max: 4 }),
  accuracy: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
  width: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  resources: fc.option(quantity, { nil: undefined }),
  clusters: fc.subarray(['alpha', 'beta'] as const),
  serve,
});

type Draft = typeof entry extends fc.Arbitrary<infer T> ? T : never;

function modelOf(draft: Draft): Model {
  const { name, format, accuracy, width, resources } = draft;
  const versions = Array.from({ length: draft.versions }, (_, index) => ({
    version: String(index + 1),
    artifact: `s3://example-models/${name}/${index + 1}/`,
    ...(format === 'onnx' ? { sha256: String(index).padStart(64, 'a') } : {}),
    ...(accuracy === undefined ? {} : { metrics: { accuracy } }),
  }));
  const description = /\S/.test(draft.description) ? draft.description : 'A model.';
  return {
    ...{ name, owner: 'flowers', description, format, versions: versions as unknown as Model['versions'] },
    ...(width === undefined ? {} : tensorsOf(width)),
    ...(resources === undefined ? {} : { resources }),
    ...(draft.clusters.length === 0
      ? {}
      : { serve: Object.fromEntries(draft.clusters.map((one) => [one, serveOf(draft)])) }),
  };
}

function tensorsOf(width: number): Pick<Model, 'signature' | 'example'> {
  const columns = Array.from({ length: width }, (_, index) => `column ${index}`) as [string, ...string[]];
  return {
    signature: {
      inputs: [{ name: 'X', alias: 'input-0', datatype: 'FP32', shape: [-1, width], columns }],
      outputs: [{ name: 'label', datatype: 'INT64', shape: [-1] }],
    },
    example: {
      inputs: [{ name: 'input-0', shape: [1, width], datatype: 'FP32', data: [columns.map((_, index) => index / 2)] }],
      expect: { label: [0] },
    },
  };
}

function serveOf({ versions, serve: { weight, ...rest }, format }: Draft): Serve {
  const second = weight !== undefined && versions > 1 && format === 'onnx' && rest.visibility !== 'cluster-local';
  return { version: '1', ...rest, ...(second ? { canary: { version: '2', weight } } : {}) };
}

const registry = fc
  .uniqueArray(entry, { maxLength: 6, selector: ({ name }) => name })
  .map((drafts) => drafts.map(modelOf));

const style = fc.record({
  indent: fc.constantFrom(2, 4),
  indentSeq: fc.boolean(),
  lineWidth: fc.constantFrom(0, 80),
  json: fc.boolean(),
});

function print(
  models: readonly Model[],
  { json, ...options }: { json: boolean; indent: number; indentSeq: boolean; lineWidth: number },
): string {
  return json
    ? JSON.stringify({ models }, undefined, 1)
    : stringify({ models }, { ...options, aliasDuplicateObjects: false });
}

/** Without quotas, which random models would exceed, and one cluster with the newest KServe, which has canaries of its own. */
function clusterText(path: string, text: string): string {
  const open = text.replace(/^ {4}quota:.*\n/m, '');
  return path.includes('/beta/') ? open.replace('version: v0.16.0', 'version: v0.20.0') : open;
}

/** The base project with another registry. */
function treeWith(models: () => string): Tree {
  const disk = diskTree(base);
  return {
    ...disk,
    text: async (path) => {
      if (path === 'models.yaml') return models();
      const text = await disk.text(path);
      return text === undefined ? undefined : clusterText(path, text);
    },
  };
}

test(`${runs} random registries compile, read back, and mean the same in any order`, async () => {
  let current = '';
  const compiler = createCompiler(treeWith(() => current));
  await fc.assert(
    fc.asyncProperty(registry, style, async (models, how) => {
      current = print(models, how);
      const compiled = await compiler.compile({ now });
      assert.deepEqual(
        compiled.problems.filter(({ severity }) => severity === 'error'),
        [],
      );
      for (const { text: made, placed, path } of compiled.parts) {
        if (placed.length === 0) continue;
        const back = parseAllDocuments(made, { version: '1.2' }).map((document) =>
          'toJS' in document ? (document.toJS() as unknown) : undefined,
        );
        assert.deepEqual(
          back,
          placed.map(({ object }) => object),
          path,
        );
      }
      current = print([...models].reverse(), { ...how, json: !how.json });
      const again = await compiler.compile({ now });
      assert.deepEqual(new Map([...again.files].sort()), new Map([...compiled.files].sort()));
    }),
    { numRuns: runs },
  );
});

test('a few of them on disk: generated, verified, and generated again without a change', async () => {
  for (const models of fc.sample(registry, Math.max(3, Math.round(runs / 50)))) {
    await within(layOutBase(), async (root) => {
      writeFileSync(
        join(root, 'models.yaml'),
        print(models, { json: false, indent: 2, indentSeq: true, lineWidth: 0 }),
      );
      for (const name of ['alpha', 'beta']) {
        const path = join(root, 'clusters', name, 'cluster.yaml');
        writeFileSync(path, clusterText(path, readFileSync(path, 'utf8')));
      }
      assert.deepEqual(
        (await generate(root, { now })).problems.filter(({ severity }) => severity === 'error'),
        [],
      );
      assert.deepEqual(
        (await verify(root, { now })).problems.filter(({ severity }) => severity === 'error'),
        [],
      );
      const again = await generate(root, { now });
      assert.deepEqual([again.summary['written'], again.summary['removed']], [0, 0]);
    });
  }
});
