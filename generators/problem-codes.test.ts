/** Catalogue, fixtures and PROBLEMS.md name the same codes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { problemCodes } from './problem-codes.ts';
import { admissionNames, readAdmission } from './testdata/admission.ts';
import { fixtureNames, readFixture } from './testdata/project.ts';

const codes = Object.keys(problemCodes);

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8');
}

/** Codes that no file of people's can provoke by itself, and the test that does. */
const testedElsewhere: Readonly<Record<string, string>> = {
  OBJECT_INVALID: './verify/schemas.test.ts',
  OBJECT_KIND_UNKNOWN: './verify/schemas.test.ts',
  OBJECT_TAKEN: './verify/objects.test.ts',
  PROJECT_FORBIDS: './verify/objects.test.ts',
  REFERENCE_MISSING: './verify/objects.test.ts',
  EXAMPLE_SIZE: './resolve/smoke.test.ts',
  CATALOGUE_SIZE: './resolve/catalogue-rules.test.ts',
  POLICY_RESOURCES: './verify/policy/rules.test.ts',
  POLICY_MEMORY_LIMIT: './verify/policy/rules.test.ts',
  POLICY_NON_ROOT: './verify/policy/rules.test.ts',
  POLICY_PRIVILEGE_ESCALATION: './verify/policy/rules.test.ts',
  POLICY_READ_ONLY_ROOT: './verify/policy/rules.test.ts',
  POLICY_SEALING_SCOPE: './verify/policy/rules.test.ts',
  POLICY_WILDCARD_ROUTE: './verify/policy/rules.test.ts',
  CLUSTER_UNREACHABLE: './commands/verify.test.ts',
  LIVE_REFUSED: './verify/live.test.ts',
  LIVE_ABSENT: './verify/live.test.ts',
  LIVE_DRIFT: './verify/live.test.ts',
  PREREQUISITE_MISSING: './verify/doctor/doctor.test.ts',
  PREREQUISITE_VERSION: './verify/doctor/doctor.test.ts',
  PREREQUISITE_UNREADY: './verify/doctor/doctor.test.ts',
  PREREQUISITE_SETTING: './verify/doctor/doctor.test.ts',
  PREREQUISITE_RIGHTS: './verify/doctor/doctor.test.ts',
  FILE_DRIFT: './commands/verify.test.ts',
  FILE_ORPHAN: './commands/verify.test.ts',
  FILE_ABSENT: './commands/verify.test.ts',
  ARTIFACT_UNREACHABLE: './commands/artifacts.test.ts',
  ARTIFACT_ABSENT: './commands/artifacts.test.ts',
  ARTIFACT_INCOMPLETE: './commands/artifacts.test.ts',
  ARTIFACT_TRUNCATED: './commands/artifacts.test.ts',
  ARTIFACT_BROKEN: './commands/artifacts.test.ts',
  ARTIFACT_FORMAT: './commands/artifacts.test.ts',
  ARTIFACT_NEIGHBOUR: './commands/artifacts.test.ts',
  ARTIFACT_SIZE: './commands/artifacts.test.ts',
  ARTIFACT_HASH: './commands/artifacts.test.ts',
  MODEL_OPSET: './commands/artifacts.test.ts',
  MODEL_OPERATOR: './commands/artifacts.test.ts',
  MODEL_MEMORY: './commands/artifacts.test.ts',
  MODEL_SIGNATURE: './commands/artifacts.test.ts',
  MODEL_EXAMPLE: './commands/artifacts.test.ts',
  ANSWER_LOAD: './commands/answers.test.ts',
  ANSWER_STATUS: './commands/answers.test.ts',
  ANSWER_DIFFERENT: './commands/answers.test.ts',
  ANSWER_MEMORY: './commands/answers.test.ts',
  CERTIFICATE_AGE: './commands/seal-audit.test.ts',
  SECRET_AGE: './commands/seal-audit.test.ts',
  BASE_UNKNOWN: './commands/diff.test.ts',
  MODEL_UNKNOWN: './commands/model-edit.test.ts',
  MODEL_NOT_SERVED: './commands/model-edit.test.ts',
  MODEL_SERVED: './commands/model-edit.test.ts',
  CANARY_MISSING: './commands/model-edit.test.ts',
  CANARY_RUNNING: './commands/model-edit.test.ts',
  HISTORY_UNKNOWN: './commands/model-edit.test.ts',
  LAYOUT_UNKNOWN: './commands/model-edit.test.ts',
  SOURCE_UNKNOWN: './commands/model-import.test.ts',
  SOURCE_FORMAT: './commands/model-import.test.ts',
  SOURCE_SIGNATURE: './commands/model-import.test.ts',
};

test('a code stands in the catalogue once', () => {
  const written = [...read('./problem-codes.ts').matchAll(/^ {2}([A-Z_]+): '/gm)].map(([, code]) => code);
  assert.deepEqual(written, codes);
  assert.equal(new Set(written).size, written.length);
});

test('every code has a fixture, or a test that is named here', () => {
  const expected = [
    ...fixtureNames('invalid').flatMap((name) => readFixture('invalid', name).expected),
    ...admissionNames('invalid').flatMap((name) => readAdmission('invalid', name).expected),
  ];
  const provoked = new Set(expected.map((line) => line.split(' ')[0] ?? ''));
  for (const code of codes) {
    const file = testedElsewhere[code];
    if (file === undefined)
      assert.ok(provoked.has(code), `${code} has neither a fixture in testdata/invalid nor a test`);
    else assert.match(read(file), new RegExp(`\\b${code}\\b`), `${file} does not expect ${code}`);
  }
  assert.deepEqual(
    [...provoked, ...Object.keys(testedElsewhere)].filter((code) => !codes.includes(code)),
    [],
    'codes that are not in the catalogue',
  );
});

test('PROBLEMS.md has one row for each code, with its tier, and names no other', () => {
  const rows = read('./PROBLEMS.md')
    .split('\n')
    .filter((line) => /^\| [A-Z_]+ +\|/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  assert.deepEqual(
    rows.map(([, code, tier]) => [code, tier]),
    Object.entries(problemCodes),
    'codes and tiers, in the order of the catalogue',
  );
  for (const [, code, , meaning, action] of rows) {
    assert.match(meaning ?? '', /\w.*\.$/, `${code}: what it means, in a sentence`);
    assert.match(action ?? '', /\w.*\.$/, `${code}: what to do, in a sentence`);
  }
});
