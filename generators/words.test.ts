import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestWord } from './words.ts';

const known = ['alpha', 'beta', 'production', 'sklearn', 'memory'];
const cases: [word: string, near: string | undefined][] = [
  ['alhpa', 'alpha'],
  ['Alpha', 'alpha'],
  ['sklern', 'sklearn'],
  ['memroy', 'memory'],
  ['prodution', 'production'],
  ['gamma', undefined],
  ['x', undefined],
  ['', undefined],
];
for (const [word, near] of cases) {
  test(`"${word}" is taken for ${near === undefined ? 'nothing' : `"${near}"`}`, () => {
    assert.equal(nearestWord(word, known), near);
  });
}

test('the nearest wins over the first', () => {
  assert.equal(nearestWord('version', ['versions', 'version']), 'version');
});
