/** argv → command → print → exit code. The only file that prints or exits. */

import { Command, CommanderError, Option } from 'commander';
import { createColors } from 'picocolors';
import { capacityCommand } from './commands/capacity-command.ts';
import { diffCommand } from './commands/diff-command.ts';
import { doctorCommand } from './commands/doctor-command.ts';
import { explainCommand } from './commands/explain-command.ts';
import { generate } from './commands/generate.ts';
import { modelCommand } from './commands/model-command.ts';
import type { Outcome } from './commands/outcome.ts';
import { rootOption } from './commands/root-option.ts';
import { schemasCommand } from './commands/schemas-command.ts';
import { sealCommand } from './commands/seal-command.ts';
import { startCommand } from './commands/start-command.ts';
import { upgradeCommand } from './commands/upgrade-command.ts';
import { judged, verifyCommand } from './commands/verify-command.ts';
import { githubReport } from './report/github.ts';
import { jsonReport } from './report/json.ts';
import { junitReport, type RanTiers } from './report/junit.ts';
import { locateProblems } from './report/located.ts';
import { sarifReport } from './report/sarif.ts';
import { countLine, textReport } from './report/text.ts';

const FORMATS = ['text', 'json', 'github', 'sarif', 'junit'] as const;

interface CommonOptions {
  readonly root: string;
  readonly format: (typeof FORMATS)[number];
}

interface ClusterOptions extends CommonOptions {
  readonly cluster?: string[];
  readonly date?: Date;
}

/** Exit codes: 0 fine, 1 problems in the input, 2 wrong usage or a bug. */
const EXIT = { fine: 0, problems: 1, usage: 2 } as const;

function report(outcome: Outcome, format: CommonOptions['format']): number {
  const problems = locateProblems(outcome.problems, outcome.locate);
  if (format === 'json') process.stdout.write(jsonReport(problems, outcome.summary));
  else if (format === 'sarif') process.stdout.write(sarifReport(problems));
  else if (format === 'junit') process.stdout.write(junitReport(problems, tiersOf(outcome)));
  else {
    const body = format === 'github' ? githubReport(problems) : textReport(problems, createColors(useColour()));
    const notes = (outcome.notes ?? []).map((note) => `${note}\n`).join('');
    process.stdout.write(`${body}${notes}${countLine(problems, outcome.done)}\n`);
  }
  return problems.some(({ severity }) => severity === 'error') ? EXIT.problems : EXIT.fine;
}

/** Commands other than `verify` run no tiers of their own. */
function tiersOf({ summary }: Outcome): RanTiers {
  return (summary['tiers'] as RanTiers | undefined) ?? { run: [], notRun: [] };
}

function useColour(): boolean {
  return process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;
}

/** Says on standard error what is going on, once a run takes longer than two seconds. */
function progress(): (step: string) => void {
  const start = performance.now();
  return (step) => {
    const seconds = (performance.now() - start) / 1000;
    if (seconds > 2) process.stderr.write(`${seconds.toFixed(1)} s: ${step}\n`);
  };
}

function common(command: Command): Command {
  return command
    .addOption(rootOption())
    .addOption(new Option('--format <format>', 'how problems are printed').choices(FORMATS).default('text'));
}

function clusters(command: Command): Command {
  return common(command).option('-c, --cluster <name...>', 'only these clusters (folders of clusters/); default: all');
}

function program(finish: (code: number) => void): Command {
  const root = new Command('kserve-gitops')
    .description('Turns models.yaml and clusters/*/cluster.yaml into the manifests that Argo CD syncs.')
    .addHelpText('after', '\nExit codes: 0 fine, 1 problems in the input, 2 wrong usage or a bug.')
    .exitOverride();
  judged(clusters(root.command('generate')))
    .description('Write apps/ and clusters/*/{argocd,aws}; nothing is written when anything is wrong.')
    .action(async (options: ClusterOptions) => {
      finish(report(await generate(options.root, compileOptions(options)), options.format));
    });
  verifyCommand(clusters(root.command('verify')), {
    finish: (outcome, flags) => finish(report(outcome, flags.format)),
    progress,
  });
  modelCommand(root.command('model'), {
    common,
    paint: createColors(useColour()),
    progress,
    finish: (outcome, flags) => finish(report(outcome, flags.format)),
  });
  const documents = {
    write: (text: string) => process.stdout.write(text),
    finish: (outcome: Outcome, format: 'text' | 'json') => finish(report(outcome, format)),
    progress,
  };
  diffCommand(root.command('diff'), documents);
  capacityCommand(root.command('capacity'), documents);
  upgradeCommand(root.command('upgrade'), documents);
  doctorCommand(root.command('doctor'), documents);
  explainCommand(root.command('explain'), (outcome) => finish(report(outcome, 'text')));
  sealCommand(common(root.command('seal')), (outcome, options) => finish(report(outcome, options.format)));
  schemasCommand(common(root.command('schemas')), (outcome, options) => finish(report(outcome, options.format)));
  startCommand(root.command('start'), (text) => process.stdout.write(text), finish);
  for (const command of root.commands) command.exitOverride().showHelpAfterError('(--help explains every option)');
  return root;
}

function compileOptions(options: ClusterOptions) {
  return { clusters: options.cluster, now: options.date ?? new Date(), progress: progress() };
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
    process.stderr.write(
      `This is a bug of kserve-gitops, please report it:\n${(error as Error).stack ?? String(error)}\n`,
    );
    return EXIT.usage;
  }
}

process.exitCode = await main();
