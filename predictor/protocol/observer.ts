/** How the data plane tells what became of each inference, without knowing who counts. */
import type { ErrorCode } from './error.ts';
import type { Timings } from './timings.ts';

export interface Observation {
  /** As the client named it, when no such model is known. */
  readonly model: string;
  /** Empty when no version was chosen before the request failed. */
  readonly version: string;
  readonly outcome: 'success' | ErrorCode;
  readonly timings?: Timings;
  /** Size of the first dimension of the first input; 1 where there is none. */
  readonly rows: number;
}

/** Called once per inference; must not throw. */
export type Observer = (observation: Observation) => void;
