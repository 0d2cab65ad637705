/** The rules of the vendored schemas, and what becomes of rules that cannot be run. (Verdicts: testdata/admission.) */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { celEnv, parse, plan } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import type { KubeObject } from '../kube/object.ts';
import { createCelChecker } from './cel.ts';

const vendored = fileURLToPath(new URL('../../schemas/kubernetes/', import.meta.url));

function rulesIn(value: unknown): string[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === 'x-kubernetes-validations' ? (item as { rule: string }[]).map(({ rule }) => rule) : rulesIn(item),
  );
}

test('every rule of the vendored schemas is one that we can run', () => {
  const files = readdirSync(vendored, { recursive: true, encoding: 'utf8' }).filter((file) => /_v.*\.json$/.test(file));
  const rules = new Set(files.flatMap((file) => rulesIn(JSON.parse(readFileSync(vendored + file, 'utf8')))));
  assert.ok(rules.size > 40);
  const environment = celEnv({ funcs: strings });
  for (const rule of rules) assert.doesNotThrow(() => plan(environment, parse(rule)), rule);
});

function judge(rule: string, spec: unknown, schema: object = {}) {
  const root = { properties: { spec: { 'x-kubernetes-validations': [{ rule }], ...schema } } };
  const check = createCelChecker(() => root);
  const object = { apiVersion: 'toys.io/v1', kind: 'Toy', metadata: { name: 'a' }, spec } as unknown as KubeObject;
  const codes = check(object, 'a.yaml').map(({ code }) => code);
  return { codes, skipped: [...check.skipped] };
}

const verdicts: readonly [what: string, rule: string, spec: unknown, schema: object, codes: string[]][] = [
  ['a rule that holds', 'self.size == 3', { size: 3 }, {}, []],
  ['a rule that does not', 'self.size == 3', { size: 4 }, {}, ['RULE_BROKEN']],
  ['a default of the schema', 'self.size == 3', {}, { properties: { size: { type: 'integer', default: 3 } } }, []],
  ['a number of the schema', 'self.size == 3.0', { size: 3 }, { properties: { size: { type: 'number' } } }, []],
  ['a word of CEL as a field', 'self.__namespace__ == "b"', { namespace: 'b' }, { properties: { namespace: {} } }, []],
  ['a key of a map is no field', 'self["namespace"] == "b"', { namespace: 'b' }, { additionalProperties: {} }, []],
  ['a rule that reads what is not there', 'self.size == 3', {}, {}, ['RULE_NOT_RUN']],
  ['a rule that is no CEL', 'self.size ===', { size: 3 }, {}, ['RULE_NOT_RUN']],
  ['a rule with a function that nobody has', 'isQuantityOfToys(self)', {}, {}, ['RULE_NOT_RUN']],
  ['a rule that gives no truth', 'self.size', { size: 3 }, {}, ['RULE_NOT_RUN']],
];
for (const [what, rule, spec, schema, codes] of verdicts) {
  test(`${what}: ${codes[0] ?? 'no problem'}`, () => assert.deepEqual(judge(rule, spec, schema).codes, codes));
}

test('a rule about a change is not run, and named', () => {
  assert.deepEqual(judge('self == oldSelf', {}), { codes: [], skipped: ['Toy spec'] });
});
