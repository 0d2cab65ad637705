/** What a peer sends: requests and their contents go to streams, everything else to control-frames. */
import { errorCode, flag, frameType } from './constants.ts';
import {
  demandIndependence,
  takeGoAway,
  takePing,
  takePriority,
  takeReset,
  takeSettings,
  takeWindowUpdate,
} from './control-frames.ts';
import { ConnectionFault, StreamFault } from './fault.ts';
import type { FrameSink } from './frame-reader.ts';
import { type HeaderBlock, HeaderBlocks } from './header-blocks.ts';
import { HeaderDecoder, type HeaderList } from './hpack-decoder.ts';
import type { ConnectionLimits } from './limits.ts';
import { checkTrailers, readHead } from './request-head.ts';
import type { Session } from './session.ts';
import { Stream } from './stream.ts';

/** Of our table for the peer's blocks: the size that holds when SETTINGS name none. */
const HEADER_TABLE = 4096;
/** A block beyond the limit is still read to some length, so that its stream alone is refused. */
const BLOCK_FACTOR = 8;

export function largestBlock({ headerList }: ConnectionLimits): number {
  return headerList * BLOCK_FACTOR;
}

export interface IncomingOwner {
  /** Must attach a receiver. */
  accept(stream: Stream): void;
  settled(): void;
  pinged(): void;
}

export class Incoming implements FrameSink {
  readonly #session: Session;
  readonly #owner: IncomingOwner;
  readonly #decoder: HeaderDecoder;
  readonly #blocks: HeaderBlocks;
  #receivingEnds = false;
  #consumed = 0;
  #window: number;

  constructor(session: Session, owner: IncomingOwner) {
    const { headerList, window } = session.limits;
    this.#session = session;
    this.#owner = owner;
    this.#window = window;
    this.#decoder = new HeaderDecoder(HEADER_TABLE, headerList);
    this.#blocks = new HeaderBlocks(largestBlock(session.limits));
  }

  frame(type: number, flags: number, id: number, bytes: Buffer, from: number, to: number): void {
    this.#blocks.demandOrder(type, id);
    try {
      if (type === frameType.headers) this.#headers(this.#blocks.begin(flags, id, bytes, from, to));
      else this.#other(type, flags, id, bytes, from, to);
    } catch (error) {
      this.#session.failStream(id, error);
    }
  }

  #other(type: number, flags: number, id: number, bytes: Buffer, from: number, to: number): void {
    const session = this.#session;
    if (type === frameType.windowUpdate) takeWindowUpdate(session, id, bytes, from, to);
    else if (type === frameType.reset) takeReset(session, id, from, to);
    else if (type === frameType.priority) takePriority(session, id, bytes, from, to);
    else if (type === frameType.goAway) takeGoAway(session, id, from, to);
    else if (type === frameType.ping) {
      if (takePing(session, flags, id, bytes, from, to)) this.#owner.pinged();
    } else if (type === frameType.settings) {
      takeSettings(session, flags, id, bytes, from, to);
      this.#owner.settled();
    } else {
      session.countControl();
      if (type === frameType.continuation) this.#headers(this.#blocks.goOn(flags, bytes, from, to));
      else if (type === frameType.pushPromise)
        throw new ConnectionFault(errorCode.protocol, 'PUSH_PROMISE of a client');
    }
  }

  #headers(block: HeaderBlock | undefined): void {
    if (block === undefined) return;
    const { id } = block;
    const { table } = this.#session;
    // Read whatever becomes of the stream, since the connection's table depends on it.
    const list = this.#decoder.decode(block.bytes, block.from, block.to);
    const stream = table.get(id);
    if (stream !== undefined) this.#trailers(stream, block, list);
    else if (table.isNew(id)) this.#open(block, list);
    else this.#strange(id);
  }

  /** HEADERS of a stream that is over, or that can never be. */
  #strange(id: number): void {
    const ending = this.#session.table.endingOf(id);
    if (ending === 'reset') return;
    if (ending === 'ended')
      throw new ConnectionFault(errorCode.streamClosed, `HEADERS of stream ${id}, which is closed`);
    throw new ConnectionFault(errorCode.protocol, `HEADERS of stream ${id}, which cannot be opened any more`);
  }

  #trailers(stream: Stream, { endsStream }: HeaderBlock, { fields }: HeaderList): void {
    if (stream.remoteEnded) throw new StreamFault(errorCode.streamClosed, 'HEADERS behind the end');
    if (!endsStream) throw new StreamFault(errorCode.protocol, 'HEADERS behind the content do not end the stream');
    checkTrailers(fields);
    stream.endRemote();
  }

  #open({ id, endsStream, dependsOn }: HeaderBlock, { fields, tooLarge }: HeaderList): void {
    const { table, isLeaving, limits, sender } = this.#session;
    if (isLeaving) return;
    table.last = id;
    demandIndependence(id, dependsOn);
    if (table.held >= limits.streams || sender.queued > limits.queued)
      throw new StreamFault(errorCode.refusedStream, 'too much at once');
    const head = tooLarge ? { method: '', path: '', fields, contentLength: undefined } : readHead(fields);
    const stream = new Stream(id, head, tooLarge, this.#session);
    stream.remoteEnded = endsStream;
    table.add(stream);
    this.#owner.accept(stream);
    if (endsStream) stream.endRemote();
  }

  dataBegins(flags: number, id: number, length: number, content: number): void {
    const session = this.#session;
    session.receiving = undefined;
    this.#blocks.demandOrder(frameType.data, id);
    if (id === 0 || session.table.isIdle(id)) throw new ConnectionFault(errorCode.protocol, `DATA of stream ${id}`);
    if (content === 0) session.countControl();
    this.#take(length);
    const stream = session.table.get(id);
    try {
      if (stream !== undefined) stream.expect(length, content);
      else if (session.table.endingOf(id) !== 'reset')
        throw new StreamFault(errorCode.streamClosed, 'DATA of a closed stream');
    } catch (error) {
      session.failStream(id, error);
      return;
    }
    session.receiving = stream;
    this.#receivingEnds = (flags & flag.endStream) !== 0;
  }

  /** The window of the connection is given back at once: each stream has its own for who takes nothing. */
  #take(bytes: number): void {
    const { limits, sender } = this.#session;
    this.#window -= bytes;
    if (this.#window < 0) throw new ConnectionFault(errorCode.flowControl, 'more DATA than the window allows');
    this.#consumed += bytes;
    if (this.#consumed < limits.window / 2) return;
    sender.windowUpdate(0, this.#consumed);
    this.#window += this.#consumed;
    this.#consumed = 0;
  }

  data(bytes: Buffer, from: number, to: number): void {
    this.#session.receiving?.data(bytes, from, to);
  }

  dataEnds(): void {
    const stream = this.#session.receiving;
    this.#session.receiving = undefined;
    if (stream === undefined || !this.#receivingEnds) return;
    try {
      stream.endRemote();
    } catch (error) {
      this.#session.failStream(stream.id, error);
    }
  }
}
