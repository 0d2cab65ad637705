/** The command line of `npm run capacity`. */

import { type Command, Option } from 'commander';
import { capacity, capacityJson } from './capacity.ts';
import { capacityMarkdown, capacityText } from './capacity-text.ts';
import type { Outcome } from './outcome.ts';
import { rootOption } from './root-option.ts';

interface CapacityFlags {
  readonly root: string;
  readonly format: 'text' | 'markdown' | 'json';
  readonly cluster?: string[];
}

const HELP = `
Requests times replicas, at the fewest and at the most, of every model with its canary and mirror, by team and cluster; against
the teams' quotas, and with "prices" in cluster.yaml what it costs. Requests are what nodes are bought for, so they are priced.

Examples:
  npm run capacity
  npm run capacity -- --cluster prod --format markdown`;

export interface CapacityPrint {
  write(text: string): void;
  finish(outcome: Outcome, format: 'text' | 'json'): void;
  progress(): (step: string) => void;
}

export function capacityCommand(command: Command, print: CapacityPrint): void {
  command
    .description('What the models ask of the clusters, against quotas and prices.')
    .addOption(rootOption())
    .option('-c, --cluster <name...>', 'only these clusters (folders of clusters/); default: all')
    .addOption(
      new Option('--format <format>', 'how it is printed').choices(['text', 'markdown', 'json']).default('text'),
    )
    .addHelpText('after', HELP)
    .action(async ({ root, cluster, format }: CapacityFlags) => {
      const result = await capacity(root, { clusters: cluster, now: new Date(), progress: print.progress() });
      if ('outcome' in result) print.finish(result.outcome, format === 'json' ? 'json' : 'text');
      else if (format === 'json') print.write(capacityJson(result.clusters));
      else print.write((format === 'markdown' ? capacityMarkdown : capacityText)(result.clusters));
    });
}
