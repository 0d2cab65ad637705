/** Options that the commands of `npm run seal` share. */
import type { Command } from 'commander';

export function certificateOptions(command: Command): Command {
  return command
    .option('--cert <file or URL>', 'sealing certificate; default: the one stored for the cluster')
    .option('--fetch-cert', "fetch the certificate from the cluster's Sealed Secrets controller")
    .option('--from-kubeconfig <file>', 'kubeconfig to fetch it with')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--controller-namespace <name>', 'namespace of the controller', 'sealed-secrets')
    .option('--controller-name <name>', "name of the controller's Service", 'sealed-secrets-controller');
}

export function valueOptions(command: Command): Command {
  return command
    .option('--stdin', 'read the values from standard input')
    .option('--from-env <KEY=VARIABLE...>', 'take a key from an environment variable; KEY alone means the same name');
}

/** What is to be done when files were written: manifests hold what is sealed. */
export function afterSealing(written: readonly string[]): string[] {
  return written.length === 0 ? [] : ['next: npm run generate && git add -A && git commit'];
}
