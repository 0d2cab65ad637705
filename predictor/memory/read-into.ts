/**
 * Sockets that read into memory of ours: Node's `onread`, which it has for sockets that connect (`net.connect`), given to
 * those that a server accepts. Without it each read takes 64 KiB of new memory, of which a small request needs a hundredth.
 *
 * The three members that `onread` sets are found by their names on a socket that has them. A Node that names them
 * otherwise, or a socket without such a handle (TLS), reads as always.
 */
import { Socket } from 'node:net';

export interface Reading {
  /** Where the next bytes go. Asked after each read. */
  readonly memory: () => Uint8Array;
  /** The first `count` bytes of what `memory` gave last were read. False: read no more until `resume`. */
  readonly take: (count: number, memory: Buffer) => boolean;
}

interface Handle {
  useUserBuffer?(memory: Uint8Array): void;
}

interface Members {
  readonly buffer: symbol;
  readonly next: symbol;
  readonly callback: symbol;
}

const members = findMembers();

function findMembers(): Members | undefined {
  const probe = new Socket({ onread: { buffer: () => new Uint8Array(1), callback: () => true } } as object);
  const symbols = Object.getOwnPropertySymbols(probe);
  const named = (name: string) => symbols.find(({ description }) => description === name);
  const [buffer, next, callback] = [named('kBuffer'), named('kBufferGen'), named('kBufferCb')];
  probe.destroy();
  return buffer && next && callback ? { buffer, next, callback } : undefined;
}

/** False where this cannot be done: the socket then gives `data` as always. Call before anything was read. */
export function readInto(socket: Socket, { memory, take }: Reading): boolean {
  const handle = (socket as { _handle?: Handle | null })._handle;
  if (members === undefined || 'encrypted' in socket || typeof handle?.useUserBuffer !== 'function') return false;
  const first = memory();
  Object.assign(socket, { [members.buffer]: first, [members.next]: memory, [members.callback]: take });
  handle.useUserBuffer(first);
  return true;
}

/** For whatever is looked at before the next read: one piece for all sockets, since a read ends before another begins. */
export const scratch = Buffer.allocUnsafeSlow(256 * 1024);
