/**
 * `npm test`: every `*.test.ts` that needs no cluster. `npm test -- render seal` runs the files whose path has one of the
 * words. Ends with a line of counts; exit code 1 when a test fails or none ran.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const ROOMS = ['generators', 'predictor', 'client', 'examples', 'bench', 'scripts', 'charts', '.github', 'e2e'];

function testFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : testFiles(path);
    return entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

const words = process.argv.slice(2);
/** Tests that open a browser take minutes: they run when they are asked for, as `npm run test:client` does. */
const BROWSER = [join('client', 'e2e'), join('client', 'conformity')];
const present = ROOMS.filter((room) => readdirSync('.').includes(room));
const files = present
  .flatMap(testFiles)
  .filter((path) => {
    const room = BROWSER.find((folder) => path.startsWith(folder));
    return room === undefined || words.some((word) => word.startsWith(room));
  })
  .filter((path) => words.length === 0 || words.some((word) => path.includes(word)));
const counts = { passed: 0, failed: 0, skipped: 0 };
/** A file takes a few minutes at most, on a busy machine; one that waits for what never comes is ended, fails, and is named. */
const MOST_MS = 16 * 60_000;
const stream = run({
  files: files.map((file) => join(process.cwd(), file)),
  concurrency: availableParallelism(),
  timeout: MOST_MS,
});
stream.on('test:pass', ({ details, skip }) => {
  if (details.type === 'suite') return;
  if (skip === undefined || skip === false) counts.passed += 1;
  else counts.skipped += 1;
});
stream.on('test:fail', ({ details, name }) => {
  if (details.type !== 'suite') counts.failed += 1;
  // Whoever is still there is the one that was waited for.
  if (/timed out/.test(String(details.error.cause)) && files.some((file) => name.endsWith(file)))
    process.stderr.write(processes());
});
for await (const text of stream.compose(new spec())) process.stdout.write(String(text));
process.stdout.write(`tests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
// A process that a test left behind, with our output open, would keep this one from ending by itself.
process.exit(counts.failed > 0 || counts.passed === 0 ? 1 : 0);

function processes(): string {
  const { stdout } = spawnSync('ps', ['-eo', 'pid,ppid,etimes,stat,args', '--forest'], { encoding: 'utf8' });
  const lines = stdout.split('\n').filter((line) => !/ \[\S+\]$/.test(line));
  return `still running:\n${lines.map((line) => `${line.slice(0, 200)}\n`).join('')}`;
}
