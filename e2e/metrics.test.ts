import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counted } from './metrics.ts';

const text = `# HELP answered Requests
# TYPE answered counter
answered{model="iris",version="1"} 7
answered{model="wine, red",version="2"} 35
# TYPE answered_rows counter
answered_rows{model="iris"} 100
# TYPE idle counter
# TYPE waiting gauge
waiting 3
`;

test('a counter is summed over its labels, and not with another whose name begins so', () => {
  assert.equal(counted(text, 'answered'), 42);
  assert.equal(counted(text, 'answered_rows'), 100);
});

test('a counter that has not counted is 0, one that is not there a fault', () => {
  assert.equal(counted(text, 'idle'), 0);
  for (const name of ['absent', 'waiting']) assert.throws(() => counted(text, name), /There is no counter/);
});
