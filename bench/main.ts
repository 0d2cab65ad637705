/** `npm run bench`: every bench; `npm run bench -- generators --sizes 1000,10000` one of them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { Bench, Verdict } from './bench.ts';
import { clientBench } from './client/bench.ts';
import { generatorsBench } from './generators/bench.ts';
import { servingBench } from './serving/bench.ts';

const benches: readonly Bench[] = [generatorsBench, servingBench, clientBench];

/** Exit codes: 0 every bar held, 1 one did not, 2 wrong usage or a bug. */
const EXIT = { fine: 0, missed: 1, usage: 2 } as const;

interface Flags {
  readonly sizes?: readonly number[];
  readonly runs: number;
  readonly requests: number;
}

function numbers(text: string): number[] {
  const values = text.split(',').map(Number);
  if (values.length === 0 || values.some((value) => !Number.isInteger(value) || value < 1)) {
    throw new InvalidArgumentError('Write whole numbers from 1 on, with commas between them.');
  }
  return values.sort((a, b) => a - b);
}

function count(text: string): number {
  const [value = 0, ...others] = numbers(text);
  if (others.length > 0) throw new InvalidArgumentError('Write one number.');
  return value;
}

function say(verdict: Verdict): string {
  const word = verdict.held === undefined ? 'not measured' : verdict.held ? 'held' : 'MISSED';
  return `${word}: ${verdict.bar} — ${verdict.measured}\n`;
}

async function runBenches(chosen: readonly Bench[], flags: Flags): Promise<number> {
  const start = performance.now();
  const root = process.cwd();
  const progress = (step: string) => {
    process.stderr.write(`${((performance.now() - start) / 1000).toFixed(0).padStart(4)} s  ${step}\n`);
  };
  let missed = 0;
  for (const bench of chosen) {
    progress(`${bench.name}: ${bench.description}`);
    const result = await bench.run({ root, ...flags, sizes: flags.sizes, progress });
    process.stdout.write(`${result.markdown}\n${result.verdicts.map(say).join('')}`);
    missed += result.verdicts.filter(({ held }) => held === false).length;
    if (!result.complete) continue;
    const folder = join(root, 'bench', 'results');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${bench.name}.md`), result.markdown);
    await writeFile(join(folder, `${bench.name}.svg`), result.svg);
    process.stdout.write(`written: bench/results/${bench.name}.md and .svg\n`);
  }
  process.stdout.write(`${missed} bar${missed === 1 ? '' : 's'} missed\n`);
  return missed === 0 ? EXIT.fine : EXIT.missed;
}

function program(finish: (code: number) => void): Command {
  const list = benches.map(({ name, description }) => `  ${name}  ${description}`).join('\n');
  return new Command('bench')
    .description('Measures this repository beside the usual tools, in one run.')
    .argument('[bench...]', 'which benches; default: all')
    .option(
      '--sizes <numbers>',
      'generators: numbers of models, with commas; results are written for the default sizes only',
      numbers,
    )
    .option('--runs <number>', 'how often each measurement is made; the median counts', count, 3)
    .option('--requests <number>', 'serving: requests over which memory is watched', count, 100_000)
    .addHelpText('after', `\nBenches:\n${list}\n\nExit codes: 0 every bar held, 1 one did not, 2 wrong usage or a bug.`)
    .exitOverride()
    .action(async (names: string[], flags: Flags) => {
      const unknown = names.find((name) => !benches.some((bench) => bench.name === name));
      if (unknown !== undefined) {
        process.stderr.write(
          `Cannot find the bench "${unknown}". Choose one of: ${benches.map(({ name }) => name).join(', ')}\n`,
        );
        finish(EXIT.usage);
        return;
      }
      const chosen = benches.filter(({ name }) => names.length === 0 || names.includes(name));
      finish(await runBenches(chosen, flags));
    });
}

async function main(): Promise<number> {
  let code: number = EXIT.fine;
  try {
    await program((result) => {
      code = result;
    }).parseAsync();
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
    process.stderr.write(`${(error as Error).stack ?? String(error)}\n`);
    return EXIT.usage;
  }
}

process.exitCode = await main();
