/** The command line of `npm run diff`. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import { diffCommand as run } from './diff.ts';
import type { Outcome } from './outcome.ts';
import { rootOption } from './root-option.ts';

interface DiffFlags {
  readonly root: string;
  readonly format: 'markdown' | 'json';
  readonly most: number;
}

const HELP = `
The base is the newest commit that <base> and HEAD have in common; the other side are the files as they are here,
committed or not. Models come first, then what to look at (restarts, deletions, routes, canaries, autoscalers, rights, CRDs,
secrets), then objects and text. It needs git and no cluster.

Examples:
  npm run diff -- main
  npm run diff -- origin/main --format json`;

/** GitHub takes 65,536 characters in a comment. */
const COMMENT = 64_000;

export interface DiffPrint {
  write(text: string): void;
  finish(outcome: Outcome, format: 'text' | 'json'): void;
  progress(): (step: string) => void;
}

export function diffCommand(command: Command, print: DiffPrint): void {
  command
    .description('What this branch changes on the clusters, as Markdown for a pull request.')
    .argument('<base>', 'commit, branch or tag to compare with')
    .addOption(rootOption())
    .addOption(new Option('--format <format>', 'how it is printed').choices(['markdown', 'json']).default('markdown'))
    .addOption(
      new Option('--most <characters>', 'longest Markdown; a comment on GitHub holds 65,536')
        .default(COMMENT)
        .argParser(characters),
    )
    .addHelpText('after', HELP)
    .action(async (base: string, flags: DiffFlags) => {
      const result = await run(flags.root, { ...flags, base, now: new Date(), progress: print.progress() });
      if ('text' in result) print.write(result.text);
      else print.finish(result.outcome, flags.format === 'json' ? 'json' : 'text');
    });
}

function characters(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1000) throw new InvalidArgumentError('at least 1000.');
  return count;
}
