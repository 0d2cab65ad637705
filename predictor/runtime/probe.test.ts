import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinRows } from './batch.ts';
import { probe } from './probe.ts';
import type { Session } from './session.ts';

/** Answers its input, moved by some steps of BF16 where several rows are computed together. */
function moving(steps: number): Session {
  const spec = { name: 'x', datatype: 'BF16', shape: [-1, 2], anyRank: false } as const;
  const run: Session['run'] = (feeds) => {
    const whole = joinRows(feeds);
    const by = (whole.shape[0] ?? 0) > 2 ? steps : 0;
    const data = Uint16Array.from(whole.data as Uint16Array, (bits) => bits + by);
    return { tensors: [{ ...whole, data }], waitNs: 0, inferNs: 1000 };
  };
  return { inputs: [spec], outputs: [spec], run } as Partial<Session> as Session;
}

test('rows of BF16 are apart when they differ by its own rounding, and not when by more', () => {
  const feed = { name: 'x', datatype: 'BF16', shape: [1, 2], data: Uint16Array.of(0x4000, 0xc080) } as const;
  const apart = (steps: number) => probe(moving(steps), [feed]).rowsApart;
  assert.deepEqual([apart(0), apart(1), apart(4)], [true, true, false]);
});
