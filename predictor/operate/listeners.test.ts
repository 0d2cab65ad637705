import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closeAll, type Listener, listenAll } from './listeners.ts';
import { createMetricsServer } from './metrics-server.ts';

const server = () => createMetricsServer({ text: () => Promise.resolve({ contentType: 'text/plain', text: '' }) });
const listener = (number: number, yields: boolean): Listener => ({
  name: 'metrics',
  server: server(),
  port: { number, yields },
});

test('a default port that is taken gives way, one that was asked for does not', async () => {
  const events: string[] = [];
  const log = (_: string, event: string) => void events.push(event);
  const first = [listener(0, true)];
  const { metrics: taken = 0 } = await listenAll(first, '127.0.0.1', log);
  const second = [listener(taken, true)];
  const ports = await listenAll(second, '127.0.0.1', log);
  assert.notEqual(ports.metrics, taken);
  assert.deepEqual(events, ['port-taken']);
  await assert.rejects(
    listenAll([listener(taken, false)], '127.0.0.1', log),
    new RegExp(`^Error: Cannot listen on 127\\.0\\.0\\.1:${taken} \\(metrics\\): .*EADDRINUSE`),
  );
  await closeAll([...first, ...second]);
});
