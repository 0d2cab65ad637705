/** What a command hands to `main.ts`, which alone prints and exits. */
import type { Problem } from '../problem.ts';
import type { Locate } from '../report/located.ts';

export interface Outcome {
  readonly problems: readonly Problem[];
  readonly locate: Locate;
  /** What was done, for the last line: `prod: 57 files, 3 written`. */
  readonly done: string;
  /** The same for programs, as fields of the JSON report. */
  readonly summary: Readonly<Record<string, unknown>>;
  /** Lines for people before the last one. */
  readonly notes?: readonly string[];
}
