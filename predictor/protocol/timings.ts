/** How long one inference spent where, in nanoseconds. */
export interface Timings {
  /** From acceptance to the start of the run that answered it. */
  readonly queueNs: number;
  /** Bringing the inputs together, and to another process where one runs the model. */
  readonly inputNs: number;
  /** The model itself; of a batch, the whole run. */
  readonly inferNs: number;
  /** Taking the answer apart. */
  readonly outputNs: number;
  /** Rows of the run that answered it: those of every request in its batch. */
  readonly batchSize: number;
}
