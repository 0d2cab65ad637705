/** Keeps a model's processes running: one that ends is replaced, with growing pauses while that fails. */
import { setTimeout as pause } from 'node:timers/promises';
import type { NamedTensor } from '../protocol/tensor.ts';
import type { ModelProcess } from '../runtime/process.ts';
import type { OpenRequest } from '../runtime/words.ts';
import { LoadError, reasonOf } from './fault.ts';
import type { Lane, Lanes } from './lanes.ts';
import type { Report } from './report.ts';

export interface ProcessPlan {
  /** Opened, probed and ready; absent when every process has still to be started. */
  readonly first?: ModelProcess;
  readonly start: () => ModelProcess;
  /** With the digest of the file that was tried out: every process must have the same model. */
  readonly open: OpenRequest;
  /** Inputs of the run before a process gets requests; absent when the model refuses what is known. */
  readonly warmUp?: readonly NamedTensor[];
  readonly count: number;
  readonly depth: number;
  /** Where the processes stand in reports. */
  readonly model: { readonly model: string; readonly version: string };
  readonly report: Report;
}

const firstPauseMs = 100;
const longestPauseMs = 10_000;

export function processLanes(plan: ProcessPlan): Lanes {
  const lanes = new Map<ModelProcess, Lane>();
  const closing = new AbortController();
  const keepers: Promise<void>[] = [];
  let list: readonly Lane[] = [];
  let changed = () => {};
  let fault = 'starting';
  let failures = 0;
  const update = () => {
    list = [...lanes.values()];
    changed();
  };
  const serve = async (process: ModelProcess) => {
    lanes.set(
      process,
      laneOf(process, plan.depth, () => (failures = 0)),
    );
    update();
    const reason = await Promise.race([process.ended, aborted(closing.signal)]);
    lanes.delete(process);
    if (reason === undefined) {
      await process.end();
      return;
    }
    fault = `restarting: ${reason}`;
    update();
    plan.report('model-process-lost', { ...plan.model, pid: process.pid, reason });
  };
  const replace = async (): Promise<ModelProcess | undefined> => {
    const process = plan.start();
    // Nobody waits for a model to be opened that is to be released.
    const stop = () => void process.end();
    closing.signal.addEventListener('abort', stop, { once: true });
    try {
      await prepare(process, plan);
      plan.report('model-process-started', { ...plan.model, pid: process.pid });
      return process;
    } catch (error) {
      failures += 1;
      fault = `cannot be restarted: ${reasonOf(error)}`;
      plan.report('model-process-failed', { ...plan.model, reason: reasonOf(error) });
      await process.end();
      changed();
      return undefined;
    } finally {
      closing.signal.removeEventListener('abort', stop);
    }
  };
  const keep = async (first: ModelProcess | undefined) => {
    let process = first;
    while (!closing.signal.aborted) {
      if (process !== undefined) await serve(process);
      if (failures > 0) await wait(failures, closing.signal);
      if (closing.signal.aborted) return;
      process = await replace();
      if (closing.signal.aborted) await process?.end();
    }
  };
  for (let index = 0; index < plan.count; index++) keepers.push(keep(index === 0 ? plan.first : undefined));
  return {
    place: 'process',
    count: plan.count,
    current: () => list,
    fault: () => (list.length === 0 ? fault : undefined),
    hopeless: () => list.length === 0 && failures > 0,
    watch: (listener) => {
      changed = listener;
    },
    release: async () => {
      closing.abort();
      await Promise.all(keepers);
    },
  };
}

function laneOf(process: ModelProcess, depth: number, answered: () => void): Lane {
  return {
    depth,
    run: async (feeds, outputs) => {
      const run = await process.run(feeds, outputs);
      answered();
      return run;
    },
  };
}

async function prepare(process: ModelProcess, plan: ProcessPlan): Promise<void> {
  const opened = await process.open(plan.open);
  if (plan.warmUp === undefined) return;
  const outputs = opened.description.outputs.map((spec) => spec.name);
  await process.run(plan.warmUp, outputs).catch((error: unknown) => {
    throw new LoadError(`the model cannot run its warm-up: ${reasonOf(error)}`);
  });
}

async function wait(failures: number, signal: AbortSignal): Promise<void> {
  const milliseconds = Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs);
  await pause(milliseconds, undefined, { signal, ref: false }).catch(() => {});
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
