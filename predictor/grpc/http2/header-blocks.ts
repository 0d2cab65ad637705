/** HEADERS and the CONTINUATION frames behind them → whole header blocks (RFC 9113 sections 6.2 and 6.10). */
import { errorCode, flag, frameType } from './constants.ts';
import { ConnectionFault } from './fault.ts';

export interface HeaderBlock {
  readonly id: number;
  readonly endsStream: boolean;
  /** The stream on which its priority depends: read for its faults alone. */
  readonly dependsOn: number | undefined;
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
}

interface OpenBlock {
  readonly id: number;
  readonly flags: number;
  readonly dependsOn: number | undefined;
  readonly pieces: Buffer[];
  bytes: number;
}

const PRIORITY_BYTES = 5;

export class HeaderBlocks {
  readonly #largest: number;
  #open: OpenBlock | undefined;

  constructor(largest: number) {
    this.#largest = largest;
  }

  /** Nothing may come between the frames of a block. Throws ConnectionFault. */
  demandOrder(type: number, id: number): void {
    if (this.#open === undefined) {
      if (type === frameType.continuation)
        throw new ConnectionFault(errorCode.protocol, 'CONTINUATION without a header block');
    } else if (type !== frameType.continuation || id !== this.#open.id)
      throw new ConnectionFault(errorCode.protocol, `frame of type ${type} within a header block`);
  }

  /** Undefined when frames are to follow. Throws ConnectionFault. */
  begin(flags: number, id: number, bytes: Buffer, from: number, to: number): HeaderBlock | undefined {
    if (id === 0) throw new ConnectionFault(errorCode.protocol, 'HEADERS without a stream');
    const isPadded = (flags & flag.padded) !== 0;
    const hasPriority = (flags & flag.priority) !== 0;
    const start = from + (isPadded ? 1 : 0) + (hasPriority ? PRIORITY_BYTES : 0);
    if (start > to) throw new ConnectionFault(errorCode.frameSize, 'HEADERS without what its flags name');
    const end = to - (isPadded ? (bytes[from] ?? 0) : 0);
    if (end < start) throw new ConnectionFault(errorCode.protocol, 'more padding than HEADERS');
    const dependsOn = hasPriority ? bytes.readUInt32BE(start - PRIORITY_BYTES) & 0x7fff_ffff : undefined;
    if ((flags & flag.endHeaders) !== 0)
      return { id, endsStream: (flags & flag.endStream) !== 0, dependsOn, bytes, from: start, to: end };
    this.#open = { id, flags, dependsOn, pieces: [], bytes: 0 };
    this.#keep(this.#open, bytes, start, end);
    return undefined;
  }

  goOn(flags: number, bytes: Buffer, from: number, to: number): HeaderBlock | undefined {
    const open = this.#open as OpenBlock;
    this.#keep(open, bytes, from, to);
    if ((flags & flag.endHeaders) === 0) return undefined;
    this.#open = undefined;
    const whole = Buffer.concat(open.pieces);
    const endsStream = (open.flags & flag.endStream) !== 0;
    return { id: open.id, endsStream, dependsOn: open.dependsOn, bytes: whole, from: 0, to: whole.length };
  }

  #keep(open: OpenBlock, bytes: Buffer, from: number, to: number): void {
    open.bytes += to - from;
    if (open.bytes > this.#largest)
      throw new ConnectionFault(errorCode.enhanceYourCalm, `header block of more than ${this.#largest} bytes`);
    open.pieces.push(Buffer.from(bytes.subarray(from, to)));
  }
}
