/** A body that came in several pieces, put together so that its tensors need no further copy. */
import type { Head } from './head.ts';

/** No element of a tensor is wider. */
const alignment = 8;
const digits = /^\d{1,10}$/;

/** Length of the JSON before binary tensors; 0 where there are none. */
export function jsonBytesOf({ headers }: Head): number {
  const text = headers['inference-header-content-length'];
  return typeof text === 'string' && digits.test(text) ? Number(text) : 0;
}

/** What follows the first `jsonBytes` lies at a multiple of 8 bytes in memory. */
export function alignedBody(chunks: readonly Buffer[], bytes: number, jsonBytes: number): Buffer {
  const skip = (alignment - (jsonBytes % alignment)) % alignment;
  const memory = Buffer.allocUnsafeSlow(skip + bytes);
  let at = skip;
  for (const chunk of chunks) at += chunk.copy(memory, at);
  return memory.subarray(skip);
}
