/** The command line of `npm run upgrade`. */

import { type Command, Option } from 'commander';
import { allow, fault } from '../problem.ts';
import { type KserveRelease, kserveProfiles } from '../resolve/kserve-profiles.ts';
import { createCompiler } from './compile.ts';
import { unknownClusters } from './generate.ts';
import { createLocate } from './locate.ts';
import type { Outcome } from './outcome.ts';
import { rootOption } from './root-option.ts';
import { upgradePlan } from './upgrade-plan.ts';

interface PlanFlags {
  readonly root: string;
  readonly cluster: string;
  readonly to: KserveRelease;
}

const HELP = `
Changes nothing: prints the steps in order, what each release changes, and what keeps Argo CD from pruning CRDs and runtimes.

Example:
  npm run upgrade -- plan --cluster prod --to v0.17.0`;

export interface UpgradePrint {
  write(text: string): void;
  finish(outcome: Outcome, format: 'text' | 'json'): void;
}

export function upgradeCommand(command: Command, print: UpgradePrint): void {
  command.description('Steps from one KServe release to another.');
  command
    .command('plan')
    .description('The ordered steps for one cluster, as Markdown.')
    .addOption(rootOption())
    .requiredOption('-c, --cluster <name>', 'cluster, a folder of clusters/')
    .addOption(
      new Option('--to <release>', 'the wanted release')
        .choices(kserveProfiles.map(({ version }) => version))
        .makeOptionMandatory(),
    )
    .addHelpText('after', HELP)
    .action(async (flags: PlanFlags) => {
      const result = await planUpgrade(flags);
      if (typeof result === 'string') print.write(result);
      else print.finish(result, 'text');
    });
}

export async function planUpgrade({ root, cluster, to }: PlanFlags): Promise<string | Outcome> {
  const options = { clusters: [cluster], now: new Date(), unsealed: 'warning' as const };
  const compiled = await createCompiler(root).compile(options);
  const [platform] = compiled.platforms;
  const text = platform === undefined ? undefined : upgradePlan(platform, to);
  const problems = [...compiled.problems, ...unknownClusters(compiled, options)];
  if (platform !== undefined && text === undefined) {
    const where = { file: `clusters/${cluster}/cluster.yaml`, pointer: ['kserve', 'version'] };
    const message = `Cannot upgrade "${cluster}" to ${to}: it has ${platform.site.kserve.version}`;
    problems.push(fault('FIELD_VALUE', where, message, 'Choose a newer release with --to'));
  }
  if (text !== undefined && allow(problems)) return text;
  const locate = createLocate(compiled.sources, (file) => compiled.files.get(file));
  return { problems, locate, done: 'nothing planned', summary: {} };
}
