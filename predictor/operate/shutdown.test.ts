import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createShutdown } from './shutdown.ts';

function setUp(closeServer: () => Promise<void>, graceMs = 60_000) {
  const told: string[] = [];
  let finish: () => void = () => {};
  const exited = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const steps = {
    stopAccepting: () => void told.push('not ready'),
    drain: () => Promise.resolve(void told.push('drained')),
    closeServers: () => closeServer().then(() => void told.push('closed')),
    releaseModels: () => Promise.resolve(void told.push('released')),
  };
  const shutdown = createShutdown(
    steps,
    graceMs,
    () => {},
    (code) => {
      told.push(`exit ${code}`);
      finish();
    },
  );
  return { told, shutdown, exited };
}

test('the way out is in order', async () => {
  const { told, shutdown, exited } = setUp(() => Promise.resolve());
  shutdown('SIGTERM');
  await exited;
  assert.deepEqual(told, ['not ready', 'drained', 'closed', 'released', 'exit 0']);
});

test('a second signal ends at once', () => {
  const { told, shutdown } = setUp(() => new Promise(() => {}));
  shutdown('SIGTERM');
  shutdown('SIGTERM');
  assert.deepEqual(told, ['not ready', 'drained', 'exit 1']);
});

test('a fault on the way out is no clean exit', async () => {
  const { told, shutdown, exited } = setUp(() => Promise.reject(new Error('no')));
  shutdown('SIGTERM');
  await exited;
  assert.deepEqual(told, ['not ready', 'drained', 'exit 1']);
});
