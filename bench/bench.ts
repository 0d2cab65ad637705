/** What every bench is and gives. */

export interface BenchOptions {
  /** Project folder. */
  readonly root: string;
  /** Numbers of models; the bench's own when absent. */
  readonly sizes: readonly number[] | undefined;
  readonly runs: number;
  /** Requests over which a server's memory is watched. */
  readonly requests: number;
  readonly progress: (step: string) => void;
}

/** What a bar asked for and what came out; `held` is undefined where it could not be measured. */
export interface Verdict {
  readonly bar: string;
  readonly measured: string;
  readonly held: boolean | undefined;
}

export interface BenchResult {
  /** For the terminal and for `bench/results/<name>.md`. */
  readonly markdown: string;
  readonly svg: string;
  readonly verdicts: readonly Verdict[];
  /** False when only a part was asked for, which must not replace the whole result. */
  readonly complete: boolean;
}

export interface Bench {
  readonly name: string;
  readonly description: string;
  run(options: BenchOptions): Promise<BenchResult>;
}
