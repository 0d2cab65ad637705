import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { write } from '../testdata/onnx.ts';
import { readBudget } from './cgroup.ts';

const root = mkdtempSync(join(tmpdir(), 'cgroup-test-'));
after(() => rmSync(root, { recursive: true }));
let groups = 0;
const budget = (files: Record<string, string>) => readBudget(write(join(root, `g${groups++}`), files), 8);

test('the budget is the smaller of limit and machine, in both versions of control groups', () => {
  assert.deepEqual(budget({ 'cpu.max': '150000 100000\n', 'memory.max': '1073741824\n' }), {
    cpus: 1.5,
    memoryBytes: 1024 ** 3,
  });
  assert.deepEqual(budget({ 'cpu.max': 'max 100000\n', 'memory.max': 'max\n' }), { cpus: 8 });
  assert.deepEqual(budget({ 'cpu.max': '6400000 100000\n' }), { cpus: 8 });
  const v1 = (quota: string, memory: string) => ({
    'cpu/cpu.cfs_quota_us': quota,
    'cpu/cpu.cfs_period_us': '100000\n',
    'memory/memory.limit_in_bytes': memory,
  });
  assert.deepEqual(budget(v1('250000\n', '536870912\n')), { cpus: 2.5, memoryBytes: 512 * 1024 ** 2 });
  assert.deepEqual(budget(v1('-1\n', '9223372036854771712\n')), { cpus: 8 });
  assert.deepEqual(readBudget(join(root, 'nowhere'), 4), { cpus: 4 });
});
