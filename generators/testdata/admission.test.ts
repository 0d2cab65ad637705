/** Tiers T1 to T3 over single objects: every fixture of `admission/` has exactly the problems that its head expects. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemCodes } from '../problem-codes.ts';
import { inferenceServiceRules, servingRuntimeRules } from '../verify/admission/admission.ts';
import { admissionNames, readAdmission, readDisagreements } from './admission.ts';

const fileNameOf = (code: string) => code.toLowerCase().replaceAll('_', '-');

for (const name of admissionNames('invalid')) {
  test(`admission/invalid/${name}`, () => {
    const { expected, found } = readAdmission('invalid', name);
    assert.notEqual(expected.length, 0, 'no line "# expect CODE line:column" at its head');
    assert.deepEqual(found, expected);
    assert.ok(
      expected.some((line) => name.startsWith(fileNameOf(line.split(' ')[0] ?? ''))),
      'named for the code that it provokes',
    );
  });
}

for (const name of admissionNames('valid')) {
  test(`admission/valid/${name}`, () => {
    const { expected, found } = readAdmission('valid', name);
    assert.deepEqual(expected, [], 'a valid fixture expects no problem');
    assert.deepEqual(found, []);
  });
}

test('each rule of T3 has a fixture that breaks it and one that just does not', () => {
  const codes = Object.entries(problemCodes).flatMap(([code, tier]) => (tier === 'T3' ? [code] : []));
  for (const code of codes) {
    for (const kind of ['valid', 'invalid'] as const) {
      const of = admissionNames(kind).filter((name) => name.startsWith(fileNameOf(code)));
      assert.notEqual(of.length, 0, `no ${kind}/${fileNameOf(code)}*.yaml`);
    }
  }
  const ruled = new Set([...inferenceServiceRules, ...servingRuntimeRules].map(({ code }) => code));
  assert.deepEqual(
    codes.filter((code) => !ruled.has(code as never)),
    ['RUNTIME_PRIORITY_TAKEN'],
    'codes without a rule in the tables; this one compares runtimes with each other',
  );
});

test('every rule cites the file of KServe that it follows', () => {
  for (const { code, source } of [...inferenceServiceRules, ...servingRuntimeRules]) {
    assert.match(source, /^(?:pkg|apimachinery pkg)\/.+/, code);
  }
});

test('every disagreement with the real API server is about a fixture, and explained', () => {
  const names = [
    ...admissionNames('valid').map((name) => `valid/${name}`),
    ...admissionNames('invalid').map((name) => `invalid/${name}`),
  ];
  for (const { fixture, because } of readDisagreements()) {
    assert.ok(names.includes(fixture), fixture);
    assert.match(because, /^[A-Z].{30,}\.$/s, fixture);
  }
});
