/** The command line of `npm run doctor`. */

import { type Command, Option } from 'commander';
import { doctor } from './doctor.ts';
import type { Outcome } from './outcome.ts';
import { rootOption } from './root-option.ts';

interface DoctorFlags {
  readonly root: string;
  readonly cluster: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly format: 'text' | 'json';
}

const HELP = `
Asks the cluster's API server and changes nothing. What cluster.yaml lets Argo CD install may be absent, since the first sync
brings it; what it does not install must be there, and whatever is there must be ready and set as cluster.yaml says: Kubernetes,
Argo CD, Gateway API with its Gateway, cert-manager, KServe, the sealing certificate, metrics, storage, and your own rights.
Each line names one thing, and the command or the edit that mends it. Exit code 0 when nothing is missing, else 1.

Examples:
  npm run doctor -- --cluster prod
  npm run doctor -- --cluster prod --kubeconfig ~/.kube/prod --context admin --format json`;

export interface DoctorPrint {
  write(text: string): void;
  finish(outcome: Outcome, format: 'text' | 'json'): void;
  progress(): (step: string) => void;
}

export function doctorCommand(command: Command, print: DoctorPrint): void {
  command
    .description('What a cluster lacks before Argo CD can serve the models there.')
    .addOption(rootOption())
    .requiredOption('-c, --cluster <name>', 'cluster, a folder of clusters/')
    .option('--kubeconfig <file>', 'how to reach it; default: what kubectl would use')
    .option('--context <name>', 'context of the kubeconfig; default: the current one')
    .addOption(new Option('--format <format>', 'how it is printed').choices(['text', 'json']).default('text'))
    .addHelpText('after', HELP)
    .action(async ({ root, cluster, kubeconfig, context, format }: DoctorFlags) => {
      const access = { kubeconfig, context };
      const outcome = await doctor(root, { cluster, access, now: new Date(), progress: print.progress() });
      if (outcome.problems.length === 0 && format === 'text') print.write('nothing is missing\n');
      else print.finish(outcome, format);
    });
}
