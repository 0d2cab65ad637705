/** Connections that are old are asked to end: in good order, or after a grace whatever is open. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../operate/limits.ts';
import { connectPeer, frame, type Peer, request } from '../../testdata/http2-peer.ts';
import { errorCode, flag, frameType } from './constants.ts';
import { encodeFields } from './hpack-encoder.ts';
import type { ConnectionLimits } from './limits.ts';
import { createHttp2Server } from './server.ts';
import type { Receiver, Stream } from './stream.ts';

/** Answers when it is told. */
class Held implements Receiver {
  readonly stream: Stream;

  constructor(stream: Stream) {
    this.stream = stream;
  }

  data(): void {}

  end(): void {}

  answer(): void {
    this.stream.sendHead(encodeFields([[':status', '200']]));
    this.stream.end(encodeFields([['done', 'yes']]));
    this.stream.release();
  }

  cancelled(): void {
    this.stream.release();
  }

  sent(): void {}
}

async function withOldConnection(
  more: Partial<ConnectionLimits>,
  use: (peer: Peer, held: readonly Held[]) => Promise<void>,
): Promise<void> {
  const held: Held[] = [];
  const failures: unknown[] = [];
  const server = createHttp2Server({
    limits: { ...limits.grpc, ageMs: 1, ...more },
    accept: (stream) => {
      held.push(new Held(stream));
      stream.attach(held.at(-1) as Held);
    },
    failed: (error) => void failures.push(error),
  });
  const peer = await connectPeer(await server.listen('127.0.0.1', 0));
  peer.send(frame(frameType.headers, flag.endHeaders | flag.endStream, 1, request()));
  const first = await peer.wait(({ type }) => type === frameType.goAway);
  assert.equal(first.content.readUInt32BE(4), errorCode.noError);
  await use(peer, held);
  peer.destroy();
  await server.close();
  assert.deepEqual(failures, []);
}

test('an old connection is asked to end, and its calls are answered', { timeout: 30_000 }, async () => {
  await withOldConnection({}, async (peer, held) => {
    await peer.wait(({ type, content }) => type === frameType.goAway && content.readUInt32BE(0) === 1);
    held[0]?.answer();
    await peer.wait(({ type, flags, stream }) => type === frameType.headers && flags === 5 && stream === 1);
    await peer.closed;
  });
});

test('an old connection is cut after its grace, whatever is open', { timeout: 30_000 }, async () => {
  await withOldConnection({ ageGraceMs: 1 }, async (peer) => {
    await peer.closed;
    assert.ok(!peer.frames.some(({ type }) => type === frameType.headers));
  });
});
