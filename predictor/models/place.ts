/**
 * Decides where a model runs: on the event loop, or in processes of its own.
 *
 * A model whose run is shorter than the way to another process runs here, which is several times faster. While it
 * runs nothing else does, so only small requests are let in: those whose run is expected to take a few milliseconds by
 * the time per row that was measured. Larger ones go to a process that is started for the first of them. What the
 * measure missed is seen when it happens: a size that was slow here time and again is sent away from then on.
 */
import { readFile } from 'node:fs/promises';
import type { NamedTensor } from '../protocol/tensor.ts';
import { sha256Of } from '../runtime/digest.ts';
import type { Probe } from '../runtime/probe.ts';
import type { ModelProcess } from '../runtime/process.ts';
import { openSession } from '../runtime/session.ts';
import type { Opened, OpenRequest } from '../runtime/words.ts';
import { inlineLanes, type Lanes } from './lanes.ts';
import { type ProcessPlan, processLanes } from './process-lanes.ts';
import type { BatchLimits } from './queue.ts';
import type { Report } from './report.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';
import type { Statistics } from './statistics.ts';
import type { Trials } from './trials.ts';

export interface ServingSettings {
  /** Longest run, in microseconds, of a model of small tensors that runs in this process; 0 for none. */
  readonly inlineMaxUs: number;
  /** Longest opening, in milliseconds, of a model that runs in this process: it blocks for so long once. */
  readonly inlineMaxOpenMs: number;
  /** Longest run, in milliseconds, that is let into this process. */
  readonly inlineMaxRunMs: number;
  /** Processes per model that does not run in this one. */
  readonly processes: number;
  /** Requests that may wait for one model. */
  readonly maxWaiting: number;
  readonly batch: BatchLimits;
}

export const servingDefaults: ServingSettings = {
  inlineMaxUs: 300,
  inlineMaxOpenMs: 250,
  inlineMaxRunMs: 10,
  processes: 1,
  maxWaiting: 256,
  batch: { requests: 64, rows: 1024 },
};

export interface PlaceSettings {
  readonly trials: Trials;
  readonly report: Report;
  readonly serving: ServingSettings;
}

/** A model that was opened and tried out in `trial`. */
export interface Plan {
  readonly opened: Opened;
  readonly open: OpenRequest;
  readonly trial: ModelProcess;
  readonly probe: Probe;
  /** Inputs that the model runs on. */
  readonly warmUp: readonly NamedTensor[] | undefined;
  readonly statistics: Statistics;
  readonly title: string;
  readonly model: ProcessPlan['model'];
}

export interface Placed {
  readonly lanes: Lanes;
  readonly scheduler: Scheduler;
  /** Why the model cannot answer at this moment. */
  fault(): string | undefined;
  /** Call once, with no request in flight. */
  release(): Promise<void>;
}

/** Below this, a shared run only makes the first wait for the last. */
const leastGain = 1.25;
/**
 * Runs shorter than this leave a process idle for a noticeable time while an answer travels, so that the next request
 * is sent before. Those that share runs had better wait for each other; without that, only long runs would make an
 * urgent request wait noticeably behind one that was sent before it.
 */
const shortRunUs = { shared: 5_000, alone: 100_000 } as const;
/** This many times longer than it should is slow, and so often is not the machine's mood. */
const slowFactor = 5;
const slowTimes = 3;

/** Large tensors take their time to another process: with 1 ns a byte, a third of what was measured. */
function longestHereUs({ inlineMaxUs }: ServingSettings, { bytes }: Probe): number {
  return inlineMaxUs === 0 ? 0 : inlineMaxUs + bytes / 1000;
}

/** A model that did not run could take any time, so it stays in its process. */
export async function placeModel(plan: Plan, settings: PlaceSettings): Promise<Placed> {
  const { opened, probe, warmUp } = plan;
  const { serving } = settings;
  const quick = probe.runUs <= longestHereUs(serving, probe) && opened.milliseconds <= serving.inlineMaxOpenMs;
  if (quick && warmUp !== undefined) return placeHere(plan, warmUp, settings);
  const lanes = lanesApart(plan, settings, plan.trial);
  const scheduler = schedulerFor(plan, settings, lanes, serving.batch);
  return { lanes, scheduler, fault: () => lanes.fault(), release: () => lanes.release() };
}

async function placeHere(plan: Plan, warmUp: readonly NamedTensor[], settings: PlaceSettings): Promise<Placed> {
  const { opened, open, probe, trial } = plan;
  const { inlineMaxRunMs, batch } = settings.serving;
  const bytes = await readFile(open.file);
  sha256Of(bytes, opened.sha256);
  const session = await openSession(open.file, bytes, open.options);
  const outputs = opened.description.outputs.map((spec) => spec.name);
  try {
    session.run(warmUp, outputs);
  } catch (error) {
    session.release();
    throw error;
  }
  await trial.release();
  settings.trials.give(trial);

  const mostRows = probe.rowUs === 0 ? Infinity : Math.max(1, Math.floor((inlineMaxRunMs * 1000) / probe.rowUs));
  const size = createSizeLimit(mostRows * elementsPerRow(warmUp), inlineMaxRunMs * slowFactor);
  const lanes = inlineLanes(session, (feeds, run) => size.note(elementsOf(feeds), run.inferNs / 1e6));
  const rows = Math.min(batch.rows, mostRows);
  const near = schedulerFor(plan, settings, lanes, { ...batch, rows });
  let far: { readonly lanes: Lanes; readonly scheduler: Scheduler } | undefined;
  const farther = () => {
    if (far === undefined) {
      const others = lanesApart(plan, settings);
      far = { lanes: others, scheduler: schedulerFor(plan, settings, others, batch) };
    }
    return far.scheduler;
  };
  return {
    lanes,
    scheduler: {
      submit: (work, context) => {
        // A tensor without elements can end the process that runs it (a division by zero in onnxruntime's kernels).
        const here = size.fits(elementsOf(work.feeds)) && work.feeds.every(({ data }) => data.length > 0);
        return (here ? near : farther()).submit(work, context);
      },
      waiting: () => near.waiting() + (far?.scheduler.waiting() ?? 0),
      batches: () => near.batches(),
    },
    fault: () => undefined,
    release: async () => {
      await far?.lanes.release();
      await lanes.release();
    },
  };
}

function lanesApart(plan: Plan, settings: PlaceSettings, first?: ModelProcess): Lanes {
  const { opened, open, probe, warmUp, model } = plan;
  return processLanes({
    ...(first === undefined ? {} : { first }),
    start: settings.trials.start,
    open: { ...open, sha256: opened.sha256 },
    ...(warmUp === undefined ? {} : { warmUp }),
    count: settings.serving.processes,
    depth: warmUp !== undefined && probe.runUs < shortRunUs[sharesRuns(plan, settings) ? 'shared' : 'alone'] ? 2 : 1,
    model,
    report: settings.report,
  });
}

function schedulerFor(plan: Plan, settings: PlaceSettings, lanes: Lanes, batch: BatchLimits): Scheduler {
  const { title, statistics } = plan;
  const shared = sharesRuns(plan, settings);
  const { maxWaiting } = settings.serving;
  return createScheduler({ title, lanes, maxWaiting, ...(shared ? { batching: batch } : {}), statistics });
}

function sharesRuns({ probe }: Plan, { serving }: PlaceSettings): boolean {
  return probe.rowsApart && probe.gain >= leastGain && serving.batch.requests > 1;
}

interface SizeLimit {
  fits(elements: number): boolean;
  note(elements: number, milliseconds: number): void;
}

/** What the processor has done for this process by now. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * Sizes are elements of all inputs. Those that were slow, and all larger ones, fit no more. Slow is what took that long
 * and that much of the processor since the run before: a busy machine would be no less busy with one more process.
 */
function createSizeLimit(largest: number, slowMs: number): SizeLimit {
  let most = largest;
  let slow: number[] = [];
  // Asking the system costs as much as part of a small run: nobody asks before a run was slow.
  let cpuBefore: number | undefined;
  return {
    fits: (elements) => elements <= most,
    note: (elements, milliseconds) => {
      if (cpuBefore === undefined && milliseconds < slowMs) return;
      const now = cpuMs();
      const spent = cpuBefore === undefined ? milliseconds : now - cpuBefore;
      cpuBefore = now;
      if (Math.min(milliseconds, spent) < slowMs) return;
      slow.push(elements);
      if (slow.length < slowTimes) return;
      most = Math.min(most, Math.min(...slow) - 1);
      slow = [];
    },
  };
}

function elementsOf(feeds: readonly NamedTensor[]): number {
  let elements = 0;
  for (const { data } of feeds) elements += data.length;
  return elements;
}

function elementsPerRow(feeds: readonly NamedTensor[]): number {
  return Math.max(1, elementsOf(feeds) / Math.max(1, feeds[0]?.shape[0] ?? 1));
}
