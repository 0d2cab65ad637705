/** What a connection does with every fault of a peer, and how it ends. Codes and sections are those of RFC 9113. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connectPeer, type Frame, frame, number, type Peer, request } from '../../testdata/http2-peer.ts';
import { type ErrorCode, errorCode, flag, frameType, PREFACE } from './constants.ts';
import { encodeFields, type Fields } from './hpack-encoder.ts';
import type { ConnectionLimits } from './limits.ts';
import { createHttp2Server, type Http2Server } from './server.ts';
import type { Receiver, Stream } from './stream.ts';

const limits: ConnectionLimits = {
  streams: 4,
  headerList: 4096,
  frame: 65_536,
  window: 200_000,
  streamWindow: 100_000,
  queued: 1_000_000,
  unread: 100_000,
  control: { burst: 200, perSecond: 1 },
  resets: { burst: 50, perSecond: 1 },
  handshakeMs: 60_000,
  keepAliveMs: 60_000,
  keepAliveTimeoutMs: 60_000,
  stallMs: 60_000,
};

const head = encodeFields([[':status', '200']]);
const trailers = encodeFields([['done', 'yes']]);

/** Sends every content back when its request is whole; `/held` waits until it is told, `/large` answers with a megabyte. */
class Echo implements Receiver {
  readonly stream: Stream;
  readonly pieces: Buffer[] = [];
  isCancelled = false;

  constructor(stream: Stream) {
    this.stream = stream;
  }

  data(bytes: Buffer, from: number, to: number): void {
    this.pieces.push(Buffer.from(bytes.subarray(from, to)));
    if (this.stream.head.path !== '/held') this.stream.consumed(to - from);
  }

  end(): void {
    if (this.stream.head.path !== '/held') this.answer();
  }

  answer(): void {
    const content = this.stream.head.path === '/large' ? Buffer.alloc(1_000_000, 7) : Buffer.concat(this.pieces);
    this.stream.sendHead(head);
    this.stream.send([content], content.length);
    this.stream.end(trailers);
    this.stream.release();
  }

  cancelled(): void {
    this.isCancelled = true;
    if (this.stream.head.path !== '/held') this.stream.release();
  }

  sent(): void {}
}

const echoes: Echo[] = [];
const failures: unknown[] = [];
let server: Http2Server;
let port: number;
before(async () => {
  server = createHttp2Server({
    limits,
    accept: (stream) => {
      const echo = new Echo(stream);
      echoes.push(echo);
      stream.attach(echo);
    },
    failed: (error) => void failures.push(error),
  });
  port = await server.listen('127.0.0.1', 0);
});
after(async () => {
  await server.close();
  assert.deepEqual(failures, []);
});

const ends = flag.endHeaders | flag.endStream;
const open = (id: number, path?: string, more?: Fields) =>
  frame(frameType.headers, flag.endHeaders, id, request(path, more));
const whole = (id: number, path?: string, more?: Fields) => frame(frameType.headers, ends, id, request(path, more));
const data = (id: number, content: Buffer, flags: number = flag.endStream) => frame(frameType.data, flags, id, content);
const isEnd = (id: number) => (one: Frame) =>
  one.stream === id && (one.flags & flag.endStream) !== 0 && one.type <= frameType.headers;

async function withPeer(work: (peer: Peer) => Promise<void>, greeting?: Buffer): Promise<void> {
  const peer = await connectPeer(port, greeting);
  try {
    await work(peer);
  } finally {
    peer.destroy();
  }
}

const raw = (block: Fields) => encodeFields(block);
const pseudo: Fields = [
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/a/b'],
];
const malformed = (fields: Fields) => [frame(frameType.headers, ends, 1, raw(fields))];

const ofConnection: Readonly<Record<string, readonly [ErrorCode, readonly Buffer[]]>> = {
  '4.1 a frame larger than allowed': [errorCode.frameSize, [open(1), Buffer.from('010001000000000001', 'hex')]],
  '4.3 a broken header block': [errorCode.compression, [frame(frameType.headers, ends, 1, '80')]],
  '5.1 DATA of an idle stream': [errorCode.protocol, [data(1, Buffer.from('x'))]],
  '5.1 RST_STREAM of an idle stream': [errorCode.protocol, [frame(frameType.reset, 0, 1, number(8))]],
  '5.1 WINDOW_UPDATE of an idle stream': [errorCode.protocol, [frame(frameType.windowUpdate, 0, 1, number(8))]],
  '5.1 HEADERS of a closed stream': [errorCode.streamClosed, [whole(1), whole(1)]],
  '5.1.1 HEADERS of an even stream': [errorCode.protocol, [whole(2)]],
  '5.1.1 HEADERS of a stream that was passed over': [errorCode.protocol, [whole(5), whole(3)]],
  '6.1 DATA without a stream': [errorCode.protocol, [data(0, Buffer.from('x'))]],
  '6.1 more padding than DATA': [errorCode.protocol, [open(1), frame(frameType.data, flag.padded, 1, '0561')]],
  '6.1 padded DATA that is empty': [errorCode.frameSize, [open(1), frame(frameType.data, flag.padded, 1)]],
  '6.2 HEADERS without a stream': [errorCode.protocol, [frame(frameType.headers, ends, 0, request())]],
  '6.2 more padding than HEADERS': [errorCode.protocol, [frame(frameType.headers, ends | flag.padded, 1, 'ff82')]],
  '6.2 HEADERS shorter than their flags say': [
    errorCode.frameSize,
    [frame(frameType.headers, ends | flag.priority, 1, '00')],
  ],
  '6.2 another frame within a header block': [
    errorCode.protocol,
    [frame(frameType.headers, 0, 1, request()), frame(frameType.ping, 0, 0, '0000000000000000')],
  ],
  '6.2 DATA within a header block': [
    errorCode.protocol,
    [frame(frameType.headers, 0, 1, request()), data(1, Buffer.from('x'))],
  ],
  '6.3 PRIORITY without a stream': [errorCode.protocol, [frame(frameType.priority, 0, 0, '0000000000')]],
  '6.4 RST_STREAM of another length': [errorCode.frameSize, [open(1), frame(frameType.reset, 0, 1, '00')]],
  '6.4 RST_STREAM without a stream': [errorCode.protocol, [frame(frameType.reset, 0, 0, number(8))]],
  '6.5 SETTINGS of a stream': [errorCode.protocol, [frame(frameType.settings, 0, 1)]],
  '6.5 SETTINGS that are no whole number of them': [errorCode.frameSize, [frame(frameType.settings, 0, 0, '00')]],
  '6.5 an answer to SETTINGS with content': [
    errorCode.frameSize,
    [frame(frameType.settings, flag.ack, 0, '000000000000')],
  ],
  '6.5.2 ENABLE_PUSH 2': [errorCode.protocol, [frame(frameType.settings, 0, 0, '000200000002')]],
  '6.5.2 a window beyond 2^31-1': [errorCode.flowControl, [frame(frameType.settings, 0, 0, '000480000000')]],
  '6.5.2 frames below 16384': [errorCode.protocol, [frame(frameType.settings, 0, 0, '000500003fff')]],
  '6.6 PUSH_PROMISE': [errorCode.protocol, [open(1), frame(frameType.pushPromise, flag.endHeaders, 1, '0000000282')]],
  '6.7 PING of a stream': [errorCode.protocol, [frame(frameType.ping, 0, 1, '0000000000000000')]],
  '6.7 PING of another length': [errorCode.frameSize, [frame(frameType.ping, 0, 0, '00')]],
  '6.8 GOAWAY of a stream': [errorCode.protocol, [frame(frameType.goAway, 0, 1, '0000000000000000')]],
  '6.8 GOAWAY that is too short': [errorCode.frameSize, [frame(frameType.goAway, 0, 0, '00')]],
  '6.9 WINDOW_UPDATE by 0': [errorCode.protocol, [frame(frameType.windowUpdate, 0, 0, number(0))]],
  '6.9 WINDOW_UPDATE of another length': [errorCode.frameSize, [frame(frameType.windowUpdate, 0, 0, '00')]],
  '6.9.1 a window beyond 2^31-1 by WINDOW_UPDATE': [
    errorCode.flowControl,
    [frame(frameType.windowUpdate, 0, 0, number(2 ** 31 - 1))],
  ],
  '6.9.2 a stream’s window beyond 2^31-1 by SETTINGS': [
    errorCode.flowControl,
    [
      open(1, '/held'),
      frame(frameType.windowUpdate, 0, 1, number(2 ** 31 - 65_536)),
      frame(frameType.settings, 0, 0, '000400020000'),
    ],
  ],
  '6.10 CONTINUATION without a header block': [
    errorCode.protocol,
    [frame(frameType.continuation, flag.endHeaders, 1, '82')],
  ],
  '6.10 CONTINUATION of another stream': [
    errorCode.protocol,
    [frame(frameType.headers, 0, 1, request()), frame(frameType.continuation, flag.endHeaders, 3, '82')],
  ],
  '10.5 a header block without end': [
    errorCode.enhanceYourCalm,
    [
      frame(frameType.headers, 0, 1, request()),
      ...Array.from({ length: 9 }, () => frame(frameType.continuation, 0, 1, Buffer.alloc(8000, 0x82))),
    ],
  ],
  '10.5 a flood of PING': [
    errorCode.enhanceYourCalm,
    Array.from({ length: 300 }, () => frame(frameType.ping, 0, 0, '0000000000000000')),
  ],
  '10.5 a flood of SETTINGS': [
    errorCode.enhanceYourCalm,
    Array.from({ length: 300 }, () => frame(frameType.settings, 0, 0)),
  ],
  '10.5 a flood of empty DATA': [
    errorCode.enhanceYourCalm,
    [open(1), ...Array.from({ length: 300 }, () => data(1, Buffer.alloc(0), 0))],
  ],
  '10.5 a flood of empty CONTINUATION': [
    errorCode.enhanceYourCalm,
    [
      frame(frameType.headers, 0, 1, request()),
      ...Array.from({ length: 300 }, () => frame(frameType.continuation, 0, 1)),
    ],
  ],
  '10.5 a flood of RST_STREAM': [
    errorCode.enhanceYourCalm,
    Array.from({ length: 60 }, (_, index) =>
      Buffer.concat([open(2 * index + 1), frame(frameType.reset, 0, 2 * index + 1, number(8))]),
    ),
  ],
};

for (const [what, [code, bytes]] of Object.entries(ofConnection)) {
  test(`connection error: ${what}`, async () => {
    await withPeer(async (peer) => {
      peer.send(...bytes);
      const last = await peer.wait(({ type }) => type === frameType.goAway);
      assert.equal(last.content.readUInt32BE(4), code, last.content.toString('latin1', 8));
      await peer.closed;
    });
  });
}

const ofStream: Readonly<Record<string, readonly [ErrorCode, readonly Buffer[]]>> = {
  '5.1 DATA behind the end': [errorCode.streamClosed, [whole(1, '/held'), data(1, Buffer.from('x'))]],
  '5.1 DATA of a closed stream': [errorCode.streamClosed, [whole(1), data(1, Buffer.from('x'))]],
  '5.1 HEADERS behind the end': [errorCode.streamClosed, [whole(1, '/held'), whole(1)]],
  '5.3.1 a stream that depends on itself': [
    errorCode.protocol,
    [frame(frameType.headers, ends | flag.priority, 1, Buffer.concat([number(1), Buffer.from([0]), request()]))],
  ],
  '6.3 PRIORITY of another length': [errorCode.frameSize, [open(1, '/held'), frame(frameType.priority, 0, 1, '00')]],
  '6.9 WINDOW_UPDATE by 0': [errorCode.protocol, [open(1, '/held'), frame(frameType.windowUpdate, 0, 1, number(0))]],
  '6.9.1 a window beyond 2^31-1': [
    errorCode.flowControl,
    [open(1, '/held'), frame(frameType.windowUpdate, 0, 1, number(2 ** 31 - 1))],
  ],
  '6.9.1 more DATA than the stream takes': [
    errorCode.flowControl,
    [open(1, '/held'), data(1, Buffer.alloc(60_000), 0), data(1, Buffer.alloc(60_000), 0)],
  ],
  '8.1 HEADERS behind the content that do not end it': [errorCode.protocol, [open(1), open(1)]],
  '8.1.1 content-length that is not held': [
    errorCode.protocol,
    [open(1, '/a', [['content-length', '2']]), data(1, Buffer.from('x'))],
  ],
  '8.1.1 more than content-length says': [
    errorCode.protocol,
    [open(1, '/a', [['content-length', '2']]), data(1, Buffer.from('xyz'), 0)],
  ],
  '8.1.1 content-length without content': [errorCode.protocol, [whole(1, '/a', [['content-length', '2']])]],
  '8.1.1 content-length that is no number': [errorCode.protocol, malformed([...pseudo, ['content-length', '-1']])],
  '8.1 a pseudo-field behind the content': [
    errorCode.protocol,
    [open(1), frame(frameType.headers, ends, 1, raw([[':path', '/a']]))],
  ],
  '8.2.1 a name in upper case': [errorCode.protocol, malformed([...pseudo, ['X-A', '1']])],
  '8.2.1 a value with a line feed': [errorCode.protocol, malformed([...pseudo, ['x-a', 'a\nb']])],
  '8.2.2 connection': [errorCode.protocol, malformed([...pseudo, ['connection', 'close']])],
  '8.2.2 te other than trailers': [errorCode.protocol, malformed([...pseudo, ['te', 'gzip']])],
  '8.3 an unknown pseudo-field': [errorCode.protocol, malformed([...pseudo, [':x', '1']])],
  '8.3 a pseudo-field behind others': [errorCode.protocol, malformed([['x-a', '1'], ...pseudo])],
  '8.3.1 a path twice': [errorCode.protocol, malformed([...pseudo, [':path', '/c']])],
  '8.3.1 no method': [errorCode.protocol, malformed(pseudo.slice(1))],
  '8.3.1 no path': [errorCode.protocol, malformed(pseudo.slice(0, 2))],
  '8.3.1 an empty path': [errorCode.protocol, malformed([...pseudo.slice(0, 2), [':path', '']])],
};

for (const [what, [code, bytes]] of Object.entries(ofStream)) {
  test(`stream error: ${what}`, async () => {
    await withPeer(async (peer) => {
      peer.send(...bytes);
      const reset = await peer.wait(({ type }) => type === frameType.reset);
      assert.deepEqual([reset.stream, reset.content.readUInt32BE()], [1, code]);
      // The connection goes on.
      peer.send(open(3), data(3, Buffer.from('still here')));
      await peer.wait(isEnd(3));
      assert.equal(contentOf(peer, 3).toString(), 'still here');
    });
  });
}

function contentOf(peer: Peer, id: number): Buffer {
  return Buffer.concat(
    peer.frames.filter(({ type, stream }) => type === frameType.data && stream === id).map(({ content }) => content),
  );
}

test('3.4 whatever is no preface ends the connection', async () => {
  await withPeer(async (peer) => {
    const last = await peer.wait(({ type }) => type === frameType.goAway);
    assert.equal(last.content.readUInt32BE(4), errorCode.protocol);
    await peer.closed;
  }, Buffer.from('GET / HTTP/1.1\r\nHost: h\r\n\r\n'));
});

test('3.4 a first frame that is not SETTINGS ends the connection', async () => {
  await withPeer(
    async (peer) => {
      const last = await peer.wait(({ type }) => type === frameType.goAway);
      assert.equal(last.content.readUInt32BE(4), errorCode.protocol);
    },
    Buffer.concat([PREFACE, frame(frameType.ping, 0, 0, '0000000000000000')]),
  );
});

test('6.9.1 more DATA than the connection takes ends it', async () => {
  const narrow = createHttp2Server({
    limits: { ...limits, window: 65_535 },
    accept: (stream) => stream.attach(new Echo(stream)),
    failed: (error) => void failures.push(error),
  });
  const peer = await connectPeer(await narrow.listen('127.0.0.1', 0));
  peer.send(open(1), data(1, Buffer.alloc(65_536)));
  const last = await peer.wait(({ type }) => type === frameType.goAway);
  assert.equal(last.content.readUInt32BE(4), errorCode.flowControl);
  peer.destroy();
  await narrow.close();
});
