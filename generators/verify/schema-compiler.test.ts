import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { KubeObject } from '../kube/object.ts';
import { schemaFile } from '../kube/schema-file.ts';
import { schemaStore } from '../outside/schema-store.ts';
import { createCompiler, createQuickCompiler } from './schema-compiler.ts';

const APPS = fileURLToPath(new URL('../../apps/prod', import.meta.url));

/** One made object of each kind. */
function samples(): KubeObject[] {
  const paths = readdirSync(APPS, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'));
  const objects = paths.sort().map((path) => parse(readFileSync(join(APPS, path), 'utf8')) as KubeObject);
  return [...new Map(objects.map((object) => [object.kind, object])).values()];
}

/** Values of another type, an empty one, and one that is far too much. */
const REPLACEMENTS: readonly unknown[] = [
  null,
  1,
  -1,
  0.5,
  'No Such Thing',
  '',
  true,
  [],
  {},
  [1, 1],
  2 ** 40,
  'x'.repeat(300),
];

/** Every object that differs from `value` in one place: a value replaced, a field too many or missing, an item twice. */
function* spoiled(value: unknown): Generator<unknown> {
  yield* REPLACEMENTS;
  if (Array.isArray(value)) {
    yield [...value, ...value];
    for (const [index, item] of value.entries()) {
      for (const other of spoiled(item)) yield value.with(index, other);
    }
  } else if (value !== null && typeof value === 'object') {
    const fields = value as Record<string, unknown>;
    yield { ...fields, surplus: 1 };
    for (const [key, field] of Object.entries(fields)) {
      const { [key]: _, ...others } = fields;
      yield others;
      for (const other of spoiled(field)) yield { ...fields, [key]: other };
    }
  }
}

const load = schemaStore();
const compile = createCompiler();
const compileQuick = createQuickCompiler();

for (const object of samples()) {
  test(`quick and explaining validators agree on ${object.kind}`, () => {
    const schema = load(schemaFile(object.apiVersion, object.kind));
    assert.ok(schema);
    const validate = compile(schema);
    const isValid = compileQuick(schema);
    assert.equal(isValid(object), true);
    let invalid = 0;
    for (const other of spoiled(object)) {
      const expected = validate(other);
      assert.equal(isValid(other), expected, JSON.stringify(other));
      if (!expected) invalid += 1;
    }
    assert.ok(invalid > 20);
  });
}
