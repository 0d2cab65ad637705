import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import clusterSchema from '../../schemas/cluster.schema.json' with { type: 'json' };
import modelsSchema from '../../schemas/models.schema.json' with { type: 'json' };
import { parseSource } from '../parse/source.ts';
import type { Problem } from '../problem.ts';
import { pointerOf } from './explain.ts';
import { validateCluster, validateRegistry } from './files.ts';

function registry(text: string): readonly Problem[] {
  const { value: source } = parseSource('models.yaml', text);
  assert.ok(source);
  return validateRegistry(source).problems;
}

function brief(problems: readonly Problem[]): string[] {
  return problems.map(({ code, where }) => `${code} /${(where.pointer ?? []).join('/')}`);
}

const model =
  'name: a\n    owner: b\n    description: c\n    format: onnx\n    versions: [{version: "1", artifact: s3://b/}]';

test('every fault of every entry is reported, once', () => {
  const text = `models:\n  - ${model}\n    extra: 1\n    timeoutSeconds: 0\n  - name: B\n    format: keras\n  - 5\n`;
  assert.deepEqual(brief(registry(text)), [
    'FIELD_UNKNOWN /models/0/extra',
    'FIELD_RANGE /models/0/timeoutSeconds',
    'FIELD_MISSING /models/1',
    'FIELD_MISSING /models/1',
    'FIELD_MISSING /models/1',
    'FIELD_PATTERN /models/1/name',
    'FIELD_VALUE /models/1/format',
    'FIELD_TYPE /models/2',
  ]);
});

test('with an unknown key at the root the entries are still checked', () => {
  const text = `version: 1\nmodels:\n  - ${model}\n    extra: 1\n`;
  assert.deepEqual(brief(registry(text)).sort(), ['FIELD_UNKNOWN /models/0/extra', 'FIELD_UNKNOWN /version']);
});

test('a name that is no name is told once, at the key', () => {
  const [problem, ...rest] = registry(`models:\n  - ${model}\n    environment: {"1A": x}\n`);
  assert.deepEqual(rest, []);
  assert.deepEqual(problem?.where, { file: 'models.yaml', pointer: ['models', 0, 'environment', '1A'], key: true });
  assert.equal(problem?.repair, 'Rename it to match ^[A-Za-z_][A-Za-z0-9_]*$');
});

test('items are called by their list, models by their name', () => {
  const messages = registry(
    `models:\n  - ${model}\n    owner2: 1\n  - name: z\n  - ${model.replace('version: "1", ', '')}\n`,
  );
  const said = messages.map(({ message }) => message).join('\n');
  assert.match(said, /without "owner" in model "z"/);
  assert.match(said, /without "version" in item 1 of "versions"/);
});

test('a long value is cut', () => {
  const [problem] = registry(`models:\n  - ${model}\n    format2: 1\n    visibility: ${'x'.repeat(300)}\n`).slice(1);
  assert.match(problem?.message ?? '', /^Cannot use "x{56}… for "visibility"$/);
});

test('an empty cluster file lacks every required field', () => {
  const { value: source } = parseSource('clusters/a/cluster.yaml', '');
  assert.ok(source);
  assert.equal(validateCluster(source).problems.length, clusterSchema.required.length);
});

test('steps of a pointer are numbers in lists and text in mappings', () => {
  assert.deepEqual(pointerOf('/a/0/b~1c~0d', { a: [{ 'b/c~d': 1 }] }), ['a', 0, 'b/c~d']);
  assert.deepEqual(pointerOf('/a/0', { a: { '0': 1 } }), ['a', '0']);
  assert.deepEqual(pointerOf('', {}), []);
});

/** Keywords that assert nothing, or that lead to others. */
const SILENT = new Set(['$schema', '$id', '$ref', '$defs', 'title', 'description', 'properties', 'items']);

test('every keyword of the two schemas has a message: an error without one would be lost', () => {
  const source = readFileSync(new URL('./explain.ts', import.meta.url), 'utf8');
  const explained = new Set([...source.matchAll(/case '(\w+)':/g)].map(([, keyword]) => keyword));
  for (const keyword of [...keywordsOf(modelsSchema), ...keywordsOf(clusterSchema)]) {
    assert.ok(SILENT.has(keyword) || explained.has(keyword), `explain.ts does not know "${keyword}"`);
  }
});

/** Keywords of a schema and of all below it; names of fields are no keywords. */
function keywordsOf(schema: unknown): string[] {
  if (schema === null || typeof schema !== 'object') return [];
  return Object.entries(schema).flatMap(([keyword, value]) => {
    const map = keyword === 'properties' || keyword === '$defs';
    const below = map
      ? Object.values(value as object)
      : ['items', 'additionalProperties'].includes(keyword)
        ? [value]
        : [];
    return [keyword, ...below.flatMap(keywordsOf)];
  });
}
