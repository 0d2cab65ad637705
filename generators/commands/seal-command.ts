/** The command line of `npm run seal`. */
import { type Command, Option } from 'commander';
import { type Scope, scopes } from '../kube/sealed-value.ts';
import { secretInput } from '../outside/secret-input.ts';
import { fault } from '../problem.ts';
import { secretNeeds } from '../resolve/cluster-rules.ts';
import type { Site } from '../resolve/platform.ts';
import { createLocate } from './locate.ts';
import type { Outcome } from './outcome.ts';
import { type SealTarget, seal } from './seal.ts';
import { afterSealing, certificateOptions, valueOptions } from './seal-options.ts';
import { readSite } from './seal-site.ts';
import { auditCommand, rotateCommand } from './seal-upkeep-command.ts';

export interface SealFlags {
  readonly root: string;
  readonly format: 'text' | 'json' | 'github' | 'sarif' | 'junit';
  readonly cluster: string;
  readonly secret?: string;
  readonly namespace?: string;
  readonly scope: Scope;
  readonly stdin?: boolean;
  readonly fromEnv?: string[];
  readonly cert?: string;
  readonly fetchCert?: boolean;
  readonly fromKubeconfig?: string;
  readonly context?: string;
  readonly controllerNamespace?: string;
  readonly controllerName?: string;
  readonly replaceCertificate?: boolean;
  readonly certificateOnly?: boolean;
}

const HELP = `
Values never come from the command line, where shell history and process lists would show them. In this order: each
--from-env variable, standard input with --stdin (the value itself for one key; KEY=VALUE lines or a JSON object for
several), else a prompt that does not echo.

Examples:
  npm run seal -- --cluster prod                                 ask for the S3 credentials of every namespace
  npm run seal -- --cluster prod --namespace mlflow              the same for one namespace
  npm run seal -- --cluster prod --cert certificate.pem          with the certificate of the cluster's controller
  npm run seal -- --cluster prod --fetch-cert                    with the certificate fetched through kubectl's config
  npm run seal -- --cluster prod --namespace ml-platform --secret token --stdin TOKEN < token.txt`;

export function sealCommand(command: Command, finish: (outcome: Outcome, flags: SealFlags) => void): void {
  valueOptions(certificateOptions(command))
    .description("Encrypt secret values with a cluster's sealing certificate, into clusters/<cluster>/sealed/.")
    .argument('[keys...]', 'keys of the Secret; default: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY')
    // Not required by the parser: the commands below have their own.
    .option('-c, --cluster <name>', 'cluster, a folder of clusters/')
    .option('--secret <name>', "name of the Secret; default: the cluster's S3 credentials")
    .option('--namespace <name>', 'its namespace; default: every namespace that needs the S3 credentials')
    .addOption(new Option('--scope <scope>', 'where the Secret may be opened').choices([...scopes]).default('strict'))
    .option('--replace-certificate', 'store a certificate that differs from the stored one')
    .option('--certificate-only', 'store the certificate and seal nothing')
    .addHelpText('after', HELP)
    .action(async (keys: string[], flags: SealFlags) => {
      if (flags.cluster === undefined) command.error("error: required option '-c, --cluster <name>' not specified");
      finish(await run(keys, flags), flags);
    });
  rotateCommand(command, finish);
  auditCommand(command, finish);
}

async function run(keys: readonly string[], flags: SealFlags): Promise<Outcome> {
  const { site, problems, ...found } = await readSite(flags);
  const locate = createLocate(found.sources, () => undefined);
  if (site === undefined) return { problems, locate, done: 'nothing sealed', summary: { written: [] } };
  const secret = site.credentials.kind === 'static' ? site.credentials.secret : 'mlops-aws-credentials';
  const targets = targetsOf(flags, site, secret);
  if (targets.length === 0 && flags.certificateOnly !== true) {
    const message = `Cannot seal: nothing on "${flags.cluster}" needs stored credentials`;
    const repair =
      'Name another Secret with --secret and --namespace, or store the certificate with --certificate-only';
    const problem = fault('SECRET_MISSING', { file: `clusters/${flags.cluster}/cluster.yaml` }, message, repair);
    return { problems: [problem], locate, done: 'nothing sealed', summary: { written: [] } };
  }
  const { root, cluster, scope, stdin, fromEnv, cert, fetchCert, replaceCertificate } = flags;
  const result = await seal(
    {
      ...{ root, cluster, scope, stdin: stdin ?? false, cert, fetchCert, replaceCertificate, keys },
      fromEnv: fromEnv ?? [],
      fromKubeconfig: flags.fromKubeconfig,
      context: flags.context,
      controllerNamespace: flags.controllerNamespace,
      controllerName: flags.controllerName,
      targets,
      credentials: secret,
      storage: { region: site.storage.region, endpoint: site.storage.endpoint?.url },
      now: new Date(),
    },
    { ...secretInput(process.stdin, process.stderr), env: process.env },
  );
  const done = result.written.length === 0 ? 'nothing sealed' : `${result.written.length} files written`;
  const notes = [...result.written.map((file) => `wrote ${file}`), ...result.note, ...afterSealing(result.written)];
  return { problems: result.problems, locate, done, summary: { written: result.written }, notes };
}

function targetsOf(flags: SealFlags, site: Site, credentials: string): SealTarget[] {
  if (flags.certificateOnly === true) return [];
  const secret = flags.secret ?? credentials;
  if (flags.namespace !== undefined) return [{ namespace: flags.namespace, secret }];
  const files = { registry: 'models.yaml', cluster: `clusters/${flags.cluster}/cluster.yaml` };
  return secretNeeds(files, site)
    .filter((need) => need.secret === secret)
    .map((need) => ({ namespace: need.namespace, secret }));
}
