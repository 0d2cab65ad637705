/** The command line of `npm run seal`. */
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { type Scope, scopes } from '../kube/sealed-value.ts';
import { readText } from '../outside/files.ts';
import { secretInput } from '../outside/secret-input.ts';
import { parseSource } from '../parse/source.ts';
import { fault, type Problem } from '../problem.ts';
import { secretNeeds } from '../resolve/cluster-rules.ts';
import type { Site } from '../resolve/platform.ts';
import { siteOf } from '../resolve/resolve.ts';
import { validateCluster } from '../validate/files.ts';
import { createLocate } from './locate.ts';
import type { Outcome } from './outcome.ts';
import { type SealTarget, seal } from './seal.ts';

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
  command
    .description("Encrypt secret values with a cluster's sealing certificate, into clusters/<cluster>/sealed/.")
    .argument('[keys...]', 'keys of the Secret; default: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY')
    .requiredOption('-c, --cluster <name>', 'cluster, a folder of clusters/')
    .option('--secret <name>', "name of the Secret; default: the cluster's S3 credentials")
    .option('--namespace <name>', 'its namespace; default: every namespace that needs the S3 credentials')
    .addOption(new Option('--scope <scope>', 'where the Secret may be opened').choices([...scopes]).default('strict'))
    .option('--stdin', 'read the values from standard input')
    .option('--from-env <KEY=VARIABLE...>', 'take a key from an environment variable; KEY alone means the same name')
    .option('--cert <file or URL>', 'sealing certificate; default: the one stored for the cluster')
    .option('--fetch-cert', "fetch the certificate from the cluster's Sealed Secrets controller")
    .option('--from-kubeconfig <file>', 'kubeconfig to fetch it with')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--controller-namespace <name>', 'namespace of the controller', 'sealed-secrets')
    .option('--controller-name <name>', "name of the controller's Service", 'sealed-secrets-controller')
    .option('--replace-certificate', 'store a certificate that differs from the stored one')
    .option('--certificate-only', 'store the certificate and seal nothing')
    .addHelpText('after', HELP)
    .action(async (keys: string[], flags: SealFlags) => {
      finish(await run(keys, flags), flags);
    });
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
  const notes = [...result.written.map((file) => `wrote ${file}`), ...result.note];
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

async function readSite(flags: SealFlags) {
  const file = `clusters/${flags.cluster}/cluster.yaml`;
  const { value: source, problems } = parseSource(file, await readText(join(flags.root, file)));
  const sources = new Map(source === undefined ? [] : [[file, source] as const]);
  if (source === undefined || problems.length > 0) return { sources, problems };
  const checked = validateCluster(source);
  const faults: Problem[] = [...checked.problems];
  if (checked.value === undefined) return { sources, problems: faults };
  const { site } = siteOf(flags.cluster, file, checked.value);
  return { sources, problems: faults, site };
}
