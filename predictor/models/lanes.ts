/** Where a model's runs go: one lane in this process, or one per model process. */
import type { NamedTensor } from '../protocol/tensor.ts';
import type { Run, Session } from '../runtime/session.ts';

export interface Lane {
  /** Runs that may be under way at once: more than one keeps a process busy while an answer travels. */
  readonly depth: number;
  /** Rejects with ProcessLost when the run did not end because its process did. */
  run(feeds: readonly NamedTensor[], outputs: readonly string[]): Promise<Run>;
  /** Present where the run is over when the call returns. Throws onnxruntime's error. */
  readonly runNow?: (feeds: readonly NamedTensor[], outputs: readonly string[]) => Run;
}

export interface Lanes {
  readonly place: 'inline' | 'process';
  /** Lanes when all is well. */
  readonly count: number;
  /** Lanes that can run now. */
  current(): readonly Lane[];
  /** Why there is no lane now. */
  fault(): string | undefined;
  /** True when there is no lane and the last attempt to get one failed: waiting for one is without hope. */
  hopeless(): boolean;
  /** Calls `changed` whenever lanes come or go. */
  watch(changed: () => void): void;
  /** Call once, with no run under way. */
  release(): Promise<void>;
}

/** Runs on the event loop: right for models whose run is shorter than the way to another process. */
export function inlineLanes(session: Session, ran: (feeds: readonly NamedTensor[], run: Run) => void): Lanes {
  const runNow: Lane['runNow'] = (feeds, outputs) => {
    const done = session.run(feeds, outputs);
    ran(feeds, done);
    return done;
  };
  const lanes: readonly Lane[] = [{ depth: 1, run: async (feeds, outputs) => runNow(feeds, outputs), runNow }];
  return {
    place: 'inline',
    count: 1,
    current: () => lanes,
    fault: () => undefined,
    hopeless: () => false,
    watch: () => {},
    release: async () => session.release(),
  };
}
