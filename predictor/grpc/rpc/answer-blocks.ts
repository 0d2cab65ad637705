/** Header blocks of answers. */
import { encodeFields, type Fields } from '../http2/hpack-encoder.ts';
import { acceptedEncodings, type Encoding } from './compression.ts';
import { percentEncoded } from './percent.ts';
import type { Status } from './status.ts';

const start: Fields = [
  [':status', '200'],
  ['content-type', 'application/grpc'],
];

/** Before messages. Made once: nothing in it is of one call. */
export const headOf: Readonly<Record<Encoding, Buffer>> = {
  identity: encodeFields(start),
  deflate: encodeFields([...start, ['grpc-encoding', 'deflate']]),
  gzip: encodeFields([...start, ['grpc-encoding', 'gzip']]),
};

function statusFields(code: Status, message: string): Fields {
  const told: Fields = message === '' ? [] : [['grpc-message', percentEncoded(message)]];
  return [['grpc-status', String(code)], ...told];
}

/** Behind messages. */
export function trailersOf(code: Status, message: string, more: Fields): Buffer {
  return encodeFields([...statusFields(code, message), ...more]);
}

/** An answer without messages is one block. */
export function trailersOnly(code: Status, message: string, more: Fields): Buffer {
  return encodeFields([...start, ...statusFields(code, message), ...more]);
}

/** For callers whose encoding is not known here: which ones are. */
export const encodingsField: Fields = [['grpc-accept-encoding', acceptedEncodings]];

/** An answer to what is not gRPC. */
export function plainHead(httpStatus: number, length: number): Buffer {
  return encodeFields([
    [':status', String(httpStatus)],
    ['content-type', 'text/plain'],
    ['content-length', String(length)],
  ]);
}
