/** Whether each target answers, asked in the background with jitter, so that a page never waits for a dead server. */
import type { Readiness } from '../contract.ts';
import { isRecord, refusalText } from './answer.ts';
import { ClientFailure, reasonOf } from './failure.ts';
import type { Source, Target } from './served.ts';
import { readAll, type Upstream } from './upstream.ts';

export interface ReadinessSettings {
  readonly upstream: Upstream;
  /** Between two looks at a target, on average. */
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Looks at the same time. */
  readonly parallel: number;
}

export interface ReadinessBoard {
  of(target: Target): Readiness;
  /** Changes whenever the state or reason of any target does. */
  generation(): number;
  /** Looks again soon, since somebody has just seen the target fail or recover. */
  doubt(target: Target): void;
  close(): void;
}

const unknown: Readiness = { state: 'unknown' };
const ANSWER_BYTES = 64 * 1024;
/** Share of the interval by which each look is moved at random, so that clients do not ask in step. */
const JITTER = 0.2;

export function keyOf({ url, model, protocol, pinned }: Target): string {
  return JSON.stringify([url, model, protocol, pinned]);
}

export function watchReadiness(source: Source, settings: ReadinessSettings): ReadinessBoard {
  const states = new Map<string, Readiness>();
  /** When each target is looked at next, in milliseconds of the clock. */
  const due = new Map<string, number>();
  let generation = 0;
  let running = 0;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  const targets = () => [...source.current().entries.values()].flatMap((entry) => entry.targets);
  const look = async (target: Target) => {
    const key = keyOf(target);
    running += 1;
    due.set(key, Date.now() + settings.intervalMs * (1 + JITTER * (2 * Math.random() - 1)));
    const seen = await lookAt(target, settings);
    running -= 1;
    if (closed) return;
    const before = states.get(key);
    states.set(key, { ...seen, checkedAt: new Date().toISOString() });
    if (before?.state !== seen.state || before.reason !== seen.reason) generation += 1;
    schedule();
  };
  const step = () => {
    const now = Date.now();
    for (const target of targets()) {
      if (running >= settings.parallel) return;
      if ((due.get(keyOf(target)) ?? 0) <= now) void look(target);
    }
    schedule();
  };
  const schedule = () => {
    clearTimeout(timer);
    if (closed || running >= settings.parallel) return;
    const next = Math.min(...targets().map((target) => due.get(keyOf(target)) ?? 0));
    if (Number.isFinite(next)) timer = setTimeout(step, Math.max(10, next - Date.now())).unref();
  };
  source.onChange(() => {
    const wanted = new Set(targets().map(keyOf));
    for (const key of [...states.keys(), ...due.keys()]) {
      if (wanted.has(key)) continue;
      states.delete(key);
      due.delete(key);
    }
    generation += 1;
    step();
  });
  step();
  return {
    of: (target) => states.get(keyOf(target)) ?? unknown,
    generation: () => generation,
    doubt(target) {
      due.set(keyOf(target), 0);
      schedule();
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

/** Never rejects: whatever goes wrong is the answer. */
async function lookAt(target: Target, { upstream, timeoutMs }: ReadinessSettings): Promise<Readiness> {
  const name = encodeURIComponent(target.model);
  const version = target.pinned === undefined ? '' : `/versions/${encodeURIComponent(target.pinned)}`;
  const path = target.protocol === 'v1' ? `/v1/models/${name}${version}` : `/v2/models/${name}${version}/ready`;
  try {
    const answer = await upstream.ask({ target, path, timeoutMs });
    const body = (await readAll(answer.body, ANSWER_BYTES)) ?? Buffer.alloc(0);
    if (answer.statusCode === 200)
      return saysReady(body) ? { state: 'ready' } : { state: 'loading', reason: 'The model is not ready yet.' };
    const said = refusalText(body);
    const reason = `The model server says ${answer.statusCode}${said === '' ? '' : `: ${said.slice(0, 300)}`}`;
    return { state: answer.statusCode >= 300 && answer.statusCode < 400 ? 'down' : 'loading', reason };
  } catch (error) {
    return { state: 'down', reason: error instanceof ClientFailure ? error.message : reasonOf(error) };
  }
}

/** The protocol asks for the status alone; where there is a body, its `ready` counts (KServe writes "True" in V1). */
function saysReady(body: Buffer): boolean {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    const ready = isRecord(value) ? value['ready'] : undefined;
    return ready === undefined || ready === true || String(ready).toLowerCase() === 'true';
  } catch {
    return true;
  }
}

const order = { ready: 0, unknown: 1, loading: 2, down: 3 } as const;

export function worst(all: readonly Readiness[]): Readiness {
  return all.reduce((bad, one) => (order[one.state] > order[bad.state] ? one : bad), all[0] ?? unknown);
}
