/** Reads a request body whole, within the limit, and undoes its compression. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate, inflateRaw } from 'node:zlib';
import { limits } from '../operate/limits.ts';
import { ServeError } from '../protocol/error.ts';
import { HttpError } from './status.ts';

const inflaters = { gzip: promisify(gunzip), inflate: promisify(inflate), inflateRaw: promisify(inflateRaw) };

/**
 * Rejects with ServeError REQUEST_TOO_LARGE or REQUEST_SYNTAX, or HttpError ENCODING_UNSUPPORTED. A body that the
 * client breaks off rejects with the stream's error.
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const encoding = encodingOf(request.headers);
  const received = await collect(request, maxBytes);
  return encoding === 'identity' ? received : decompress(received, encoding, maxBytes);
}

/** The same for a body that is there already. */
export function decoded(headers: IncomingHttpHeaders, received: Buffer, maxBytes: number): Buffer | Promise<Buffer> {
  if (headers['content-encoding'] === undefined) return received;
  const encoding = encodingOf(headers);
  return encoding === 'identity' ? received : decompress(received, encoding, maxBytes);
}

/** True when the request announces more than is read before the connection is cut. */
export function announcesTooMuch(request: IncomingMessage, maxBytes: number): boolean {
  return Number(request.headers['content-length'] ?? 0) > maxBytes * limits.bodyDrainFactor;
}

export function tooLarge(maxBytes: number): ServeError {
  return new ServeError('REQUEST_TOO_LARGE', `request body is larger than ${maxBytes} bytes`);
}

function encodingOf(headers: IncomingHttpHeaders): 'identity' | 'gzip' | 'deflate' {
  const encoding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'gzip' || encoding === 'deflate') return encoding;
  if (encoding === 'identity' || encoding === '') return 'identity';
  const message = `content encoding '${encoding}' is not supported, expected gzip or deflate`;
  throw new HttpError('ENCODING_UNSUPPORTED', message, { 'accept-encoding': 'gzip, deflate' });
}

/** Bytes of bodies so far, wanted or not. */
const received = new WeakMap<IncomingMessage, number>();

function collect(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (announcesTooMuch(request, maxBytes)) return Promise.reject(tooLarge(maxBytes));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      received.set(request, bytes);
      if (bytes <= maxBytes) chunks.push(chunk);
      else reject(tooLarge(maxBytes));
    });
    request.on('error', reject);
    request.on('end', () => {
      const [only] = chunks;
      resolve(only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks, bytes));
    });
  });
}

/**
 * Reads on and drops what comes, up to a bound: a client that is still sending when the socket closes would see a
 * broken connection instead of the refusal. Resolves in any case.
 */
export function drain(request: IncomingMessage, maxBytes: number): Promise<void> {
  return new Promise((resolve) => {
    if (request.readableEnded || request.destroyed || announcesTooMuch(request, maxBytes)) {
      resolve();
      return;
    }
    let bytes = received.get(request) ?? 0;
    const count = (chunk?: Buffer) => {
      bytes += chunk?.length ?? 0;
      if (bytes > maxBytes * limits.bodyDrainFactor) resolve();
    };
    count();
    request.on('data', count);
    for (const event of ['end', 'close', 'error']) request.once(event, () => resolve());
    request.resume();
  });
}

/** HTTP's "deflate" is the zlib format; clients that send the bare form are common enough to be served. */
async function decompress(body: Buffer, encoding: 'gzip' | 'deflate', maxBytes: number): Promise<Buffer> {
  const zlibHeader = ((body[0] ?? 0) & 0x0f) === 8 && body.length >= 2 && body.readUInt16BE(0) % 31 === 0;
  const form = encoding === 'gzip' ? 'gzip' : zlibHeader ? 'inflate' : 'inflateRaw';
  try {
    return await inflaters[form](body, { maxOutputLength: maxBytes });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(maxBytes);
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServeError('REQUEST_SYNTAX', `request body is not valid ${encoding}: ${reason}`);
  }
}
