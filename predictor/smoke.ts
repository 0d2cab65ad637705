/**
 * `node smoke.js <file>`: asks a served model its example and compares the answer; exit code 0 when it is right, 1 when it is
 * not, 2 when the file cannot be used. Argo CD runs it in the cluster after every sync, and before a canary gets requests.
 *
 * It tries again until the time is up, whatever went wrong: after a change of version, pods of the old one may answer first.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { answerFaults, asks, type ReadyCheck, type SmokeCheck, smokeCheck } from './smoke-check.ts';

const PAUSE_MS = 2_000;
/** One try; longer than any healthy model takes for one example. */
const TRY_MS = 10_000;

/** Faults of the last try; none when one try went well. */
async function untilRight(check: SmokeCheck | ReadyCheck, deadline: number): Promise<readonly string[]> {
  for (let tries = 1; ; tries += 1) {
    const faults = await (asks(check) ? askExample(check) : connect(check));
    if (faults.length === 0 || Date.now() + PAUSE_MS > deadline) return faults;
    if (tries === 1) say(`not yet: ${faults[0]}`);
    await wait(PAUSE_MS);
  }
}

/** A Service has nobody to answer until a pod behind it is ready; what is answered does not matter. */
async function connect({ url }: ReadyCheck): Promise<readonly string[]> {
  try {
    await (await fetch(url, { signal: AbortSignal.timeout(TRY_MS) })).arrayBuffer();
    return [];
  } catch (error) {
    return [reasonOf(error)];
  }
}

async function askExample(check: SmokeCheck): Promise<readonly string[]> {
  const { inputs, outputs } = check;
  const body = JSON.stringify({
    inputs,
    ...(outputs.length === 0 ? {} : { outputs: outputs.map(({ name }) => ({ name })) }),
  });
  try {
    const response = await fetch(`${check.url}/v2/models/${check.model}/infer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(TRY_MS),
    });
    const text = await response.text();
    return response.status === 200 ? answerFaults(check, text) : [`status ${response.status}: ${text.slice(0, 500)}`];
  } catch (error) {
    return [reasonOf(error)];
  }
}

/** `fetch` says only that it failed; its cause says why. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message || (cause as NodeJS.ErrnoException).code}` : message;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<number> {
  const [file, ...rest] = process.argv.slice(2);
  if (file === undefined || rest.length > 0) {
    process.stderr.write('usage: smoke <file>\n');
    return 2;
  }
  let checks: readonly (SmokeCheck | ReadyCheck)[];
  let seconds: number;
  try {
    ({ checks, seconds } = smokeCheck(await readFile(file, 'utf8')));
  } catch (error) {
    process.stderr.write(`${file}: ${(error as Error).message}\n`);
    return 2;
  }
  const deadline = Date.now() + seconds * 1000;
  const results = await Promise.all(
    checks.map(async (check) => ({ check, faults: await untilRight(check, deadline) })),
  );
  for (const { check, faults } of results) {
    if (faults.length === 0) say(`${check.model} at ${check.url}: ${asks(check) ? 'answers as expected' : 'is ready'}`);
    else
      say(
        `${check.model} at ${check.url}: wrong after ${seconds} s\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
      );
  }
  return results.every(({ faults }) => faults.length === 0) ? 0 : 1;
}

process.exitCode = await main();
