/** Accepted sockets read into given memory, and stop and go as any other. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { readInto } from './read-into.ts';

async function pair(): Promise<{ readonly accepted: Socket; readonly client: Socket; close(): Promise<void> }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const client = connect({ port, host: '127.0.0.1' });
  const [accepted] = (await once(server, 'connection')) as [Socket];
  const close = async () => {
    client.destroy();
    accepted.destroy();
    server.close();
    await once(server, 'close');
  };
  return { accepted, client, close };
}

test('bytes go where they are wanted, piece by piece, to the end', { timeout: 20_000 }, async () => {
  const { accepted, client, close } = await pair();
  const sizes = [3, 5, 1, 64];
  const given: Buffer[] = [];
  let text = '';
  const memory = () => {
    const bytes = Buffer.alloc(sizes[given.length % sizes.length] ?? 1);
    given.push(bytes);
    return bytes;
  };
  const take = (count: number, bytes: Buffer) => {
    assert.equal(bytes, given.at(-1));
    text += bytes.toString('latin1', 0, count);
    return true;
  };
  assert.ok(readInto(accepted, { memory, take }), 'this release of Node names the members of onread otherwise');
  accepted.resume();
  const sent = Array.from({ length: 500 }, (_, index) => String.fromCharCode(33 + (index % 90))).join('');
  client.end(sent);
  await once(accepted, 'end');
  assert.equal(text, sent);
  await close();
});

test('nothing is read while the socket is paused', { timeout: 20_000 }, async () => {
  const { accepted, client, close } = await pair();
  let text = '';
  const take = (count: number, bytes: Buffer) => {
    text += bytes.toString('latin1', 0, count);
    accepted.pause();
    setTimeout(() => accepted.resume(), 1);
    return true;
  };
  assert.ok(readInto(accepted, { memory: () => Buffer.alloc(10), take }));
  accepted.resume();
  client.end('0123456789abcdefghij');
  await once(accepted, 'end');
  assert.equal(text, '0123456789abcdefghij');
  await close();
});
