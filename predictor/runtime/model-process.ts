/**
 * Entry of a model process: holds one session and runs it for the server over the IPC channel.
 *
 * It ends when the channel does, so it cannot outlive the server. Signals to the whole group are the server's matter:
 * it finishes requests in flight first.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { sha256Of } from './digest.ts';
import { probe } from './probe.ts';
import { type Description, openSession, type Session } from './session.ts';
import type { Opened, OpenRequest, Question, Reply } from './words.ts';

let session: Session | undefined;
let work: Promise<unknown> = Promise.resolve();

process.on('message', (question: Question) => {
  work = work.then(() => answer(question)).then((reply) => process.send?.(reply));
});
process.on('disconnect', () => process.exit());
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
dieFirst();

async function answer(question: Question): Promise<Reply> {
  const { id } = question;
  try {
    if (question.kind === 'open') return { id, answer: await open(question) };
    if (question.kind === 'release') return { id, answer: release() };
    if (session === undefined) throw new Error('no model is open');
    if (question.kind === 'probe') return { id, answer: probe(session, question.feeds) };
    return { id, answer: session.run(question.feeds, question.outputs) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}

async function open({ file, sha256, options }: OpenRequest): Promise<Opened> {
  const bytes = await readFile(file);
  const found = sha256Of(bytes, sha256);
  const before = process.cpuUsage();
  session = await openSession(file, bytes, options);
  const { inputs, outputs, hiddenOutputs, facts }: Description = session;
  const description = { inputs, outputs, hiddenOutputs, facts };
  // Of the processor and not of the clock: where a model runs must not depend on what else the machine does at its start.
  const { user, system } = process.cpuUsage(before);
  return { description, sha256: found, milliseconds: (user + system) / 1000 };
}

/** Whether a model was open or not. */
function release(): true {
  const released = session;
  session = undefined;
  released?.release();
  return true;
}

/** When memory runs out, the kernel should end a model and not the server: more than half of its scale is added. */
function dieFirst(): void {
  try {
    const score = Math.min(1000, Number(readFileSync('/proc/self/oom_score_adj', 'utf8')) + 600);
    writeFileSync('/proc/self/oom_score_adj', String(score));
  } catch {
    // Only Linux has it.
  }
}
