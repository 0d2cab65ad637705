/** The options of `npm run verify` for the tiers that look at the models themselves. */
import type { Command } from 'commander';
import type { ModelTierOptions } from './verify-models.ts';

export interface VerifyFlags {
  /** Undefined where neither `--artifacts` nor `--no-artifacts` is given. */
  readonly artifacts?: boolean;
  readonly answers?: boolean;
  readonly since?: string;
  readonly samples?: boolean;
}

const HELP = `
Tiers T6 (artifacts) and T7 (answers) need the store that holds the models. T6 runs by itself where the environment has
credentials for S3; a store that refuses them makes it "not run", with --artifacts an error. What a model file holds is
kept in the cache folder (XDG_CACHE_HOME), so that only new files are read.

Examples:
  npm run verify -- --samples --answers          with the sample artifacts, on an embedded S3 server
  npm run verify -- --artifacts --since main     the artifacts of what this branch changes`;

export function verifyFlags(command: Command): Command {
  return command
    .option('--artifacts', 'tier T6: look at every artifact in its store')
    .option('--no-artifacts', 'not even where the environment has credentials')
    .option('--answers', 'tier T7: every served version answers its example on the predictor')
    .option('--since <base>', 'T6 and T7 look only at what differs from a commit, branch or tag')
    .option('--samples', 'take the artifacts of examples/artifacts, on an embedded S3 server')
    .addHelpText('after', HELP);
}

export function modelTierOptions(flags: VerifyFlags): Omit<ModelTierOptions, 'now' | 'progress'> {
  return {
    artifacts: flags.artifacts === undefined ? 'auto' : flags.artifacts ? 'on' : 'off',
    answers: flags.answers ?? false,
    since: flags.since,
    samples: flags.samples ?? false,
    environment: process.env,
  };
}
