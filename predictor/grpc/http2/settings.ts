/** SETTINGS: ours as a frame, the peer's as values (RFC 9113 section 6.5). */
import { DEFAULT_FRAME, errorCode, LARGEST_FRAME, LARGEST_WINDOW, setting } from './constants.ts';
import { ConnectionFault } from './fault.ts';

export type Pair = readonly [id: number, value: number];

export function encodeSettings(pairs: readonly Pair[]): Buffer {
  const bytes = Buffer.allocUnsafe(pairs.length * 6);
  let at = 0;
  for (const [id, value] of pairs) {
    at = bytes.writeUInt16BE(id, at);
    at = bytes.writeUInt32BE(value, at);
  }
  return bytes;
}

/** In their order, which matters when one comes twice. Unknown ones are left in. Throws ConnectionFault. */
export function decodeSettings(bytes: Buffer, from: number, to: number): Pair[] {
  if ((to - from) % 6 !== 0) throw new ConnectionFault(errorCode.frameSize, `SETTINGS of ${to - from} bytes`);
  const pairs: Pair[] = [];
  for (let at = from; at < to; at += 6) {
    const pair: Pair = [bytes.readUInt16BE(at), bytes.readUInt32BE(at + 2)];
    check(pair);
    pairs.push(pair);
  }
  return pairs;
}

function check([id, value]: Pair): void {
  if (id === setting.enablePush && value > 1) throw new ConnectionFault(errorCode.protocol, `ENABLE_PUSH ${value}`);
  if (id === setting.initialWindowSize && value > LARGEST_WINDOW)
    throw new ConnectionFault(errorCode.flowControl, `INITIAL_WINDOW_SIZE ${value}`);
  if (id === setting.maxFrameSize && (value < DEFAULT_FRAME || value > LARGEST_FRAME))
    throw new ConnectionFault(errorCode.protocol, `MAX_FRAME_SIZE ${value}`);
}
