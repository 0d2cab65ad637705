import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from './log.ts';

test('one line of JSON per event; its own fields cannot replace the common ones', () => {
  const lines: string[] = [];
  createLog((line) => lines.push(line))('warn', 'cut', 'Line\nbreak', { model: 'm', level: 'info', ts: 0 });
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /^[^\n]+\n$/);
  const { ts, ...rest } = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
  assert.match(String(ts), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.deepEqual(rest, { level: 'warn', event: 'cut', msg: 'Line\nbreak', model: 'm' });
});
