/**
 * The nouns in which every stage reports faults.
 *
 * A stage never throws for bad input: it returns what it could make and the problems that it met, so that one run
 * shows every fault. Positions travel as JSON pointers and become line and column only where they are printed.
 */
import type { ProblemCode } from './problem-codes.ts';

/** Steps from the root of a file's value to the place of a fault. */
export type Pointer = readonly (string | number)[];

/** A place in a file. `pointer` for a value in YAML or JSON; `offset` (UTF-16 units) where the text itself is at fault. */
export interface Where {
  readonly file: string;
  readonly pointer?: Pointer;
  /** Point at the key of the last step, not at its value (an unknown field, for instance). */
  readonly key?: boolean;
  readonly offset?: number;
}

export type Severity = 'error' | 'warning';

/** One fault. `message` names what is wrong, quotes the value and ends without a full stop; `repair` is an imperative. */
export interface Problem {
  readonly code: ProblemCode;
  readonly severity: Severity;
  readonly where: Where;
  /** `{0}`, `{1}` … stand for the places in `related` and are filled in when printed. */
  readonly message: string;
  readonly repair: string;
  readonly related?: readonly Where[];
}

/** What a stage returns. `value` is absent when the problems leave nothing to go on with. */
export interface Staged<T> {
  readonly value?: T;
  readonly problems: readonly Problem[];
}

/** Makes an error; the common case. */
export function fault(
  code: ProblemCode,
  where: Where,
  message: string,
  repair: string,
  related?: readonly Where[],
): Problem {
  return { code, severity: 'error', where, message, repair, ...(related === undefined ? {} : { related }) };
}

/** Makes a warning: it is shown and counted, but does not fail a run. */
export function warning(code: ProblemCode, where: Where, message: string, repair: string): Problem {
  return { code, severity: 'warning', where, message, repair };
}

/** True when nothing in the list fails a run. */
export function allow(problems: readonly Problem[]): boolean {
  return problems.every((problem) => problem.severity !== 'error');
}
