import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServeError } from './error.ts';
import type { Parameters } from './messages.ts';
import { withParameters } from './parameters.ts';

const context = { requestId: 'r' };
const refuses = (parameters: Parameters, code: string, message: RegExp) =>
  assert.throws(
    () => withParameters(context, parameters, 0),
    (error) => error instanceof ServeError && error.code === code && message.test(error.message),
  );

test('priority and timeout are taken over; the earlier deadline holds', () => {
  assert.equal(withParameters(context, undefined, 0), context);
  const { requestId, priority, deadline } = withParameters(context, { priority: 2, timeout: 5000, mine: 'x' }, 100);
  assert.deepEqual({ requestId, priority, deadline }, { requestId: 'r', priority: 2, deadline: 105 });
  assert.equal(withParameters({ ...context, deadline: 101 }, { timeout: 5000 }, 100).deadline, 101);
  assert.deepEqual(withParameters(context, { timeout: 0 }, 100), context);
});

test('reserved parameters are refused with their place', () => {
  refuses({ sequence_id: 7 }, 'UNIMPLEMENTED', /sequences are not served \(\/parameters\/sequence_id\)$/);
  refuses({ sequence_start: true }, 'UNIMPLEMENTED', /sequence_start/);
  assert.deepEqual(withParameters(context, { sequence_id: 0, sequence_start: false, sequence_end: false }, 0), context);
  refuses({ triton_x: 1 }, 'REQUEST_FIELD', /'triton_x' is reserved/);
  refuses({ priority: -1 }, 'REQUEST_FIELD', /'priority' is -1, expected an integer of at least 0/);
  refuses({ timeout: '5' }, 'REQUEST_FIELD', /'timeout' is "5"/);
});
