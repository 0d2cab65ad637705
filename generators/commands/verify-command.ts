/** The command line of `npm run verify`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type KserveRelease, kserveProfiles } from '../resolve/kserve-profiles.ts';
import type { Outcome } from './outcome.ts';
import { verify } from './verify.ts';
import { type VerifyFlags as ModelFlags, modelTierOptions, verifyFlags } from './verify-flags.ts';
import { verifyObjects } from './verify-objects.ts';

export interface VerifyFlags extends ModelFlags {
  readonly root: string;
  readonly format: 'text' | 'json' | 'github' | 'sarif';
  readonly cluster?: string[];
  readonly objects?: string[];
  readonly kserve?: KserveRelease;
  readonly date?: Date;
  readonly online?: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
}

export interface VerifyShell {
  readonly finish: (outcome: Outcome, flags: VerifyFlags) => void;
  readonly progress: () => (step: string) => void;
}

/** Adds `--date`, the day on which waivers and certificates are judged. */
export function judged(command: Command): Command {
  const option = new Option('--date <YYYY-MM-DD>', 'judge waivers and certificates as on this day; default: now');
  return command.addOption(option.argParser(parseDay));
}

export function verifyCommand(command: Command, { finish, progress }: VerifyShell): void {
  judged(verifyFlags(command))
    .description('Check registry, clusters, manifests and sealed secrets, and that the made files are up to date.')
    .option('--objects <path...>', 'check these manifests instead: files, or folders of them, made by whomever')
    .addOption(
      new Option('--kserve <release>', 'for --objects: the release that judges them')
        .choices(kserveProfiles.map(({ version }) => version))
        .default(kserveProfiles[0]?.version),
    )
    .option(
      '--online',
      'tier T8: try every object on its cluster (nothing is stored), and tell what stands there otherwise',
    )
    .option('--kubeconfig <file>', 'for --online; default: what kubectl would use')
    .option('--context <name>', 'for --online; default: the current one')
    .action(async (flags: VerifyFlags) => {
      const { kubeconfig, context } = flags;
      const online = flags.online === true ? { kubeconfig, context } : undefined;
      const now = flags.date ?? new Date();
      const options = { clusters: flags.cluster, now, progress: progress(), models: modelTierOptions(flags), online };
      finish(
        flags.objects === undefined
          ? await verify(flags.root, options)
          : await verifyObjects(flags.objects, now, flags.kserve),
        flags,
      );
    });
}

function parseDay(text: string): Date {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T12:00:00Z`) : undefined;
  if (day === undefined || Number.isNaN(day.getTime())) throw new InvalidArgumentError('Write a day like 2026-12-31.');
  return day;
}
