/**
 * Memory for large requests that is used again: new memory has to be cleared by the kernel, page by page, and waits for a
 * garbage collection afterwards.
 *
 * What was taken need not be given back: what is dropped is collected as always. Whoever gives it back is the last who
 * reads it, unless somebody keeps it.
 */

/** Smaller pieces are cheap anyhow. */
const smallest = 64 * 1024;
/** Bytes that wait to be taken, in all. */
const mostFree = 32 * 1024 ** 2;
/** What waits is let go when nobody took any for so long. */
const idleMs = 10_000;

export class Memory {
  readonly #free = new Map<number, ArrayBufferLike[]>();
  readonly #lent = new WeakSet<ArrayBufferLike>();
  #bytesFree = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Holds whatever it held before; begins at a multiple of 8. */
  take(bytes: number): Buffer {
    if (bytes < smallest) return Buffer.allocUnsafeSlow(bytes);
    const size = sizeFor(bytes);
    const known = this.#free.get(size)?.pop();
    if (known !== undefined) this.#bytesFree -= size;
    const memory = known ?? Buffer.allocUnsafeSlow(size).buffer;
    this.#lent.add(memory);
    return Buffer.from(memory as ArrayBuffer, 0, bytes);
  }

  /** Nothing happens to memory that is not from here, or that somebody keeps. */
  give({ buffer }: Uint8Array): void {
    if (!this.#lent.delete(buffer)) return;
    const size = buffer.byteLength;
    if (this.#bytesFree + size > mostFree) return;
    const others = this.#free.get(size);
    if (others === undefined) this.#free.set(size, [buffer]);
    else others.push(buffer);
    this.#bytesFree += size;
    if (this.#timer === undefined) this.#timer = setTimeout(() => this.#forget(), idleMs).unref();
    else this.#timer.refresh();
  }

  /** From now on this memory is not given to others, however long it is read. */
  keep({ buffer }: { readonly buffer: ArrayBufferLike }): void {
    this.#lent.delete(buffer);
  }

  #forget(): void {
    this.#free.clear();
    this.#bytesFree = 0;
    this.#timer = undefined;
  }
}

/** In steps of a quarter of the power of two below, so that at most a fifth is left over. */
function sizeFor(bytes: number): number {
  const step = 2 ** Math.floor(Math.log2(bytes)) / 4;
  return Math.ceil(bytes / step) * step;
}

/** That of this process. */
export const memory = new Memory();
