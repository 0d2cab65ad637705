/** One timer for the deadlines of all calls: hardly any is ever met, so that it stands at the earliest and looks then. */

export interface Expiring {
  /** In milliseconds of `performance.now()`. */
  readonly deadline: number | undefined;
  expire(): void;
}

/** Longest that a timer of Node waits. */
const LONGEST_MS = 2 ** 31 - 1;

export class Deadlines {
  readonly #calls = new Set<Expiring>();
  #timer: NodeJS.Timeout | undefined;
  #due = Number.POSITIVE_INFINITY;

  add(call: Expiring): void {
    if (call.deadline === undefined) return;
    this.#calls.add(call);
    if (call.deadline < this.#due) this.#wait(call.deadline);
  }

  delete(call: Expiring): void {
    if (call.deadline !== undefined) this.#calls.delete(call);
  }

  #wait(due: number): void {
    clearTimeout(this.#timer);
    this.#due = due;
    const left = Math.min(LONGEST_MS, Math.max(0, Math.ceil(due - performance.now())));
    this.#timer = setTimeout(() => this.#look(), left);
    this.#timer.unref();
  }

  #look(): void {
    this.#due = Number.POSITIVE_INFINITY;
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    for (const call of this.#calls) {
      const { deadline = next } = call;
      if (deadline > now) next = Math.min(next, deadline);
      else {
        this.#calls.delete(call);
        call.expire();
      }
    }
    if (next < this.#due) this.#wait(next);
  }
}
