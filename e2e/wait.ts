/** Waiting with an end, and with the reason of the last try in the error. */
export interface Patience {
  readonly seconds: number;
  readonly everyMs?: number;
}

/** Not yet: the wait goes on. Any other error ends it at once. */
export class NotYet extends Error {}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Resolves to the first result of `look` that does not throw NotYet. Rejects with its last word when the time is over. */
export async function until<T>(what: string, patience: Patience, look: () => Promise<T>): Promise<T> {
  const end = Date.now() + patience.seconds * 1000;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof NotYet)) throw error;
      if (Date.now() >= end) throw new Error(`${what}: not within ${patience.seconds} s: ${error.message}`);
    }
    await sleep(patience.everyMs ?? 1000);
  }
}
