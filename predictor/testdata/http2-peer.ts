/** A peer that sends whatever it is told on a bare socket, and reads the frames that come back. */
import { connect, type Socket } from 'node:net';
import { PREFACE } from '../grpc/http2/constants.ts';
import { encodeFields, type Fields } from '../grpc/http2/hpack-encoder.ts';

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly content: Buffer;
}

export const frame = (type: number, flags: number, stream: number, content: Buffer | string = ''): Buffer => {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'hex') : content;
  const head = Buffer.alloc(9);
  head.writeUIntBE(bytes.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, bytes]);
};

export const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

export const request = (path = '/a/b', more: Fields = []): Buffer =>
  encodeFields([[':method', 'POST'], [':scheme', 'http'], [':path', path], ['content-type', 'application/grpc'], ['te', 'trailers'], ...more]);

export interface Peer {
  readonly socket: Socket;
  readonly frames: Frame[];
  send(...bytes: readonly Buffer[]): void;
  /** The first frame for which `wanted` holds, also of those that came before; rejects when the connection ends without it. */
  wait(wanted: (frame: Frame) => boolean): Promise<Frame>;
  /** Resolves when the server has hung up. */
  readonly closed: Promise<void>;
  destroy(): void;
}

/** Says its preface and its settings unless told otherwise. */
export async function connectPeer(port: number, greeting: Buffer = Buffer.concat([PREFACE, frame(4, 0, 0)])): Promise<Peer> {
  const socket = connect(port, '127.0.0.1');
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  let rest = Buffer.alloc(0);
  let ended = false;
  const wake = () => {
    for (const look of [...waiting]) look();
  };
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 9) {
      const length = rest.readUIntBE(0, 3);
      if (rest.length < 9 + length) break;
      frames.push({ type: rest[3] ?? 0, flags: rest[4] ?? 0, stream: rest.readUInt32BE(5), content: rest.subarray(9, 9 + length) });
      rest = rest.subarray(9 + length);
    }
    wake();
  });
  const closed = new Promise<void>((resolve) => {
    const done = () => {
      ended = true;
      wake();
      resolve();
    };
    socket.once('close', done).once('end', done);
  });
  socket.write(greeting);
  return {
    socket,
    frames,
    closed,
    send: (...bytes) => void socket.write(Buffer.concat(bytes)),
    destroy: () => socket.destroy(),
    wait: (wanted) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = frames.find(wanted);
          if (found === undefined && !ended) return;
          waiting.delete(look);
          if (found !== undefined) resolve(found);
          else reject(new Error(`the connection ended after frames of types ${frames.map(({ type }) => type).join(', ')}`));
        };
        waiting.add(look);
        look();
      }),
  };
}
