/** gRPC's own rules on a bare connection: what grpc-js as a client would never send. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { limits } from '../../operate/limits.ts';
import { connectPeer, type Frame, frame, type Peer, request } from '../../testdata/http2-peer.ts';
import { flag, frameType } from '../http2/constants.ts';
import { HeaderDecoder } from '../http2/hpack-decoder.ts';
import { encodeFields, type Fields } from '../http2/hpack-encoder.ts';
import { createHttp2Server, type Http2Server } from '../http2/server.ts';
import type { Call } from './call.ts';
import { Deadlines } from './deadlines.ts';
import { type DispatchSettings, dispatch, type Procedure } from './dispatch.ts';
import { status } from './status.ts';

const failures: unknown[] = [];
const held: Call[] = [];
let cancelled = 0;

function send(call: Call, message: Buffer): void {
  call.send([Buffer.concat([Buffer.alloc(5), message])], 5 + message.length);
}

const procedures = new Map<string, Procedure>([
  [
    '/t/Echo',
    {
      kind: 'unary',
      serve: (call, message) => {
        send(call, message);
        call.finish(status.OK, '', [['x-more', 'yes']]);
      },
    },
  ],
  ['/t/Refuse', { kind: 'unary', serve: (call) => call.finish(status.NOT_FOUND, 'nichts für «x» 100%\n') }],
  [
    '/t/Hold',
    {
      kind: 'unary',
      serve: (call) => {
        held.push(call);
        call.onCancel(() => {
          cancelled += 1;
          call.finish(status.CANCELLED);
        });
      },
    },
  ],
  [
    '/t/Stream',
    {
      kind: 'stream',
      serve: (call) => ({ message: (message) => send(call, message), end: () => call.finish(status.OK) }),
    },
  ],
]);

let server: Http2Server;
let port: number;
before(async () => {
  const failed = (error: unknown) => void failures.push(error);
  const settings: DispatchSettings = { procedures, maxMessageBytes: 100_000, deadlines: new Deadlines(), failed };
  server = createHttp2Server({ limits: limits.grpc, accept: (stream) => dispatch(stream, settings), failed });
  port = await server.listen('127.0.0.1', 0);
});
after(async () => {
  await server.close();
  assert.deepEqual(failures, []);
});

const message = (content: Buffer | string, compressed = 0) => {
  const bytes = Buffer.from(content);
  const prefix = Buffer.alloc(5);
  prefix[0] = compressed;
  prefix.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([prefix, bytes]);
};
const open = (path: string, more: Fields = []) => frame(frameType.headers, flag.endHeaders, 1, request(path, more));
const data = (content: Buffer, ends = true) => frame(frameType.data, ends ? flag.endStream : 0, 1, content);
const isLast = (one: Frame) => one.type === frameType.headers && (one.flags & flag.endStream) !== 0;

interface Ended {
  readonly fields: Readonly<Record<string, string>>;
  readonly content: Buffer;
}

/** Blocks of this server depend on nothing before them, so that one decoder reads the last alone. */
async function ask(bytes: readonly Buffer[], peerWork: (peer: Peer) => void = () => {}): Promise<Ended> {
  const peer = await connectPeer(port);
  try {
    peer.send(...bytes);
    peerWork(peer);
    const { content: block } = await peer.wait(isLast);
    const { fields } = new HeaderDecoder(4096, 65_536).decode(block, 0, block.length);
    const content = Buffer.concat(peer.frames.filter(({ type }) => type === frameType.data).map((one) => one.content));
    return { fields: Object.fromEntries(fields.map(({ name, value }) => [name, value])), content };
  } finally {
    peer.destroy();
  }
}

test('a message comes back with its status and more fields', async () => {
  const { fields, content } = await ask([open('/t/Echo'), data(message('hello'))]);
  assert.deepEqual([fields['grpc-status'], fields['x-more']], ['0', 'yes']);
  assert.deepEqual(content, message('hello'));
});

test('a message may come byte by byte, and lie in many frames', async () => {
  const whole = message('x'.repeat(300));
  const frames = Array.from(whole, (byte, index) => data(Buffer.from([byte]), index === whole.length - 1));
  const { content } = await ask([open('/t/Echo'), ...frames]);
  assert.deepEqual(content, whole);
});

test('several messages of one frame are several messages', async () => {
  const { content } = await ask([open('/t/Stream'), data(Buffer.concat([message('a'), message(''), message('bc')]))]);
  assert.deepEqual(content, Buffer.concat([message('a'), message(''), message('bc')]));
});

test('a status message is percent-encoded', async () => {
  const { fields } = await ask([open('/t/Refuse'), data(message(''))]);
  assert.deepEqual([fields['grpc-status'], fields['grpc-message']], ['5', 'nichts f%C3%BCr %C2%ABx%C2%BB 100%25%0A']);
});

test('packed messages are unpacked, and answers packed for who can read them', async () => {
  const text = 'y'.repeat(5000);
  const gzip: Fields = [
    ['grpc-encoding', 'gzip'],
    ['grpc-accept-encoding', 'identity, gzip'],
  ];
  const packed = await ask([open('/t/Echo', gzip), data(message(gzipSync(text), 1))]);
  assert.equal(packed.content[0], 1);
  assert.ok(packed.content.length < 200);
  const plain = await ask([open('/t/Echo', gzip.slice(0, 1)), data(message(gzipSync(text), 1))]);
  assert.deepEqual(plain.content, message(text));
});

const refused: Readonly<Record<string, readonly [code: number, text: RegExp, bytes: readonly Buffer[]]>> = {
  'an unknown procedure': [status.UNIMPLEMENTED, /unknown procedure '\/t\/X'/, [open('/t/X')]],
  'an unknown encoding': [status.UNIMPLEMENTED, /'br'/, [open('/t/Echo', [['grpc-encoding', 'br']])]],
  'a timeout that is none': [status.INTERNAL, /grpc-timeout/, [open('/t/Echo', [['grpc-timeout', '5 s']])]],
  'a message beyond the limit': [
    status.RESOURCE_EXHAUSTED,
    /larger than max/,
    [open('/t/Echo'), data(message(Buffer.alloc(100_001)), false)],
  ],
  'a message beyond the limit once unpacked': [
    status.RESOURCE_EXHAUSTED,
    /larger than max/,
    [open('/t/Echo', [['grpc-encoding', 'gzip']]), data(message(gzipSync(Buffer.alloc(100_001)), 1))],
  ],
  'a packed message without an encoding': [
    status.INTERNAL,
    /no encoding/,
    [open('/t/Echo'), data(message(gzipSync('x'), 1))],
  ],
  'a packed message that is not': [
    status.INTERNAL,
    /not gzip/,
    [open('/t/Echo', [['grpc-encoding', 'gzip']]), data(message('x', 1))],
  ],
  'a flag that is none': [status.INTERNAL, /flag 7/, [open('/t/Echo'), data(message('x', 7))]],
  'a request that ends within a message': [
    status.INTERNAL,
    /within a message/,
    [open('/t/Echo'), data(message('xyz').subarray(0, 6))],
  ],
  'no message': [status.UNIMPLEMENTED, /got none/, [open('/t/Echo'), data(Buffer.alloc(0))]],
  'two messages': [
    status.UNIMPLEMENTED,
    /got more/,
    [open('/t/Echo'), data(Buffer.concat([message('a'), message('b')]))],
  ],
  'metadata beyond the limit': [
    status.RESOURCE_EXHAUSTED,
    /metadata/,
    [
      open('/t/Echo', [
        ['x', 'y'.repeat(16_000)],
        ['z', 'y'.repeat(300)],
      ]),
    ],
  ],
  'a deadline that passes': [
    status.DEADLINE_EXCEEDED,
    /deadline/,
    [open('/t/Hold', [['grpc-timeout', '20m']]), data(message('x'))],
  ],
};
for (const [what, [code, text, bytes]] of Object.entries(refused)) {
  test(`refused: ${what}`, async () => {
    const { fields } = await ask(bytes);
    assert.equal(fields['grpc-status'], String(code), fields['grpc-message']);
    assert.match(decodeURIComponent(fields['grpc-message'] ?? ''), text);
  });
}

test('what is no gRPC is told so as HTTP', async () => {
  const get = encodeFields([
    [':method', 'GET'],
    [':scheme', 'http'],
    [':path', '/'],
  ]);
  const peer = await connectPeer(port);
  peer.send(frame(frameType.headers, flag.endHeaders | flag.endStream, 1, get));
  const { content } = await peer.wait(({ type }) => type === frameType.data);
  assert.match(content.toString(), /serves gRPC/);
  peer.destroy();
});

test('a connection that breaks cancels its calls, and a call given up is told once', async () => {
  held.length = 0;
  cancelled = 0;
  const peer = await connectPeer(port);
  const ids = [1, 3, 5];
  for (const id of ids)
    peer.send(
      frame(frameType.headers, flag.endHeaders, id, request('/t/Hold')),
      frame(frameType.data, flag.endStream, id, message('x')),
    );
  while (held.length < ids.length) await new Promise((resolve) => setTimeout(resolve, 5));
  peer.send(frame(frameType.reset, 0, 1, '00000008'));
  while (cancelled < 1) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(
    held.map((call) => call.isCancelled),
    [true, false, false],
  );
  peer.destroy();
  while (cancelled < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(cancelled, 3);
});
