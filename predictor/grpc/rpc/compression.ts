/** Messages smaller on the wire: the encodings that gRPC names and clients have. */
import { promisify } from 'node:util';
import { deflate, gunzip, gzip, inflate } from 'node:zlib';
import { RpcFault, status } from './status.ts';

export const encodings = ['identity', 'deflate', 'gzip'] as const;
export type Encoding = (typeof encodings)[number];

export const acceptedEncodings = encodings.join(',');

export function isEncoding(text: string): text is Encoding {
  return encodings.includes(text as Encoding);
}

const packers = { deflate: promisify(deflate), gzip: promisify(gzip) };
const unpackers = { deflate: promisify(inflate), gzip: promisify(gunzip) };

/** Rejects with RpcFault: more than `most` bytes are not unpacked. */
export async function unpack(encoding: Encoding, bytes: Buffer, most: number): Promise<Buffer> {
  if (encoding === 'identity') throw new RpcFault(status.INTERNAL, 'a message is compressed, but no encoding is named');
  try {
    return await unpackers[encoding](bytes, { maxOutputLength: most });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge('more', most);
    throw new RpcFault(status.INTERNAL, `a message is not ${encoding}: ${(error as Error).message}`);
  }
}

export function pack(encoding: Exclude<Encoding, 'identity'>, bytes: Buffer): Promise<Buffer> {
  return packers[encoding](bytes);
}

export function tooLarge(bytes: number | 'more', most: number): RpcFault {
  const got = bytes === 'more' ? `more than ${most}` : bytes;
  return new RpcFault(
    status.RESOURCE_EXHAUSTED,
    `received message larger than max: ${got} bytes, at most ${most} are accepted`,
  );
}
