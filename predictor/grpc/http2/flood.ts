/** How much of what costs a server more than its peer may come at once, and how fast the allowance comes back. */

export interface Allowance {
  readonly burst: number;
  readonly perSecond: number;
}

export class Bucket {
  readonly #allowance: Allowance;
  #left: number;
  #at: number;

  constructor(allowance: Allowance, now: number) {
    this.#allowance = allowance;
    this.#left = allowance.burst;
    this.#at = now;
  }

  /** False when nothing is left. `now` in milliseconds. */
  take(now: number): boolean {
    if (this.#left < 1) {
      const { burst, perSecond } = this.#allowance;
      this.#left = Math.min(burst, this.#left + ((now - this.#at) / 1000) * perSecond);
      this.#at = now;
      if (this.#left < 1) return false;
    }
    this.#left -= 1;
    return true;
  }
}
