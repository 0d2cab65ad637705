/** `npm run e2e`: the whole chain on the cluster of the current kubeconfig. The only file of the room that prints or exits. */
import { rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { VersionApi } from '@kubernetes/client-node';
import { Command, CommanderError } from 'commander';
import { addChartRegistry, installArgoCd } from './argocd.ts';
import { gatewayApiRepository, pushCharts } from './charts.ts';
import { collect } from './collect.ts';
import { atGateway } from './gateway.ts';
import { serveGit } from './git.ts';
import { imagesOf } from './images/list.ts';
import { buildImages, imageOptions } from './images.ts';
import { connect } from './kube.ts';
import { openProject } from './project.ts';
import { report } from './report.ts';
import type { Run, Step } from './run.ts';
import { runSteps } from './runner.ts';
import { startLoadBalancer } from './services/load-balancer.ts';
import { startS3 } from './services/s3.ts';
import { BUCKET, type Settings, settings } from './settings.ts';
import { platform } from './steps/platform.ts';
import { STEPS } from './steps.ts';
import { tearDown } from './teardown.ts';

interface Flags {
  readonly only?: readonly string[];
  readonly from?: string;
  readonly until?: string;
  readonly keep?: boolean;
  readonly tearDown?: boolean;
  readonly list?: boolean;
  readonly images: boolean;
  readonly realCharts?: boolean;
  readonly report?: string;
}

const HELP = `
Steps run in order, each on what those before it left. The first one wants a cluster without Argo CD, Gateway API and KServe.

Environment:
  KUBECONFIG                the cluster; everything that the steps bring is removed at the end, unless --keep is given
  KSERVE_GITOPS_UPSTREAM    folder of released CRDs and manifests (default: ../shared/upstream)
  E2E_ADDRESS               address of this machine that pods reach, for the git and S3 servers (default: 10.243.0.1)
  E2E_GATEWAY, E2E_HTTP_PORT, E2E_HTTPS_PORT   where the Gateway listens (default: that address, 8000, 8443; with
                            --real-charts what its status says, 80, 443)
  E2E_LOAD_BALANCER         "node" gives Services of type LoadBalancer the node's address, on a cluster of one node that has no
                            load balancer
  E2E_REGISTRY, E2E_CHARTS  registry for images, and for charts as Argo CD names it
  E2E_BUILDER               buildah (default) or docker
  E2E_NOTEBOOK_IMAGE        with --real-charts: image of JupyterHub's users' servers (default: ghcr.io/kserve-gitops/e2e-python:1)
  CHROMIUM                  the browser (default: /usr/bin/chromium)
  E2E_FOLDER                where working copy, bucket and logs are (default: kserve-gitops-e2e in the folder for temporary files)

Examples:
  npm run e2e                                  everything, from an empty cluster; ends with an empty one
  npm run e2e -- --keep --until credentials    the platform with its models, and leave it
  npm run e2e -- --keep --only canary          one step on what is there
  npm run e2e -- --tear-down                   remove what an earlier run left`;

function chosen(flags: Flags): readonly Step[] {
  if (flags.only !== undefined) return flags.only.map((name) => STEPS[indexOf(name)] as Step);
  const from = flags.from === undefined ? 0 : indexOf(flags.from);
  const until = flags.until === undefined ? STEPS.length - 1 : indexOf(flags.until);
  return STEPS.slice(from, until + 1);
}

function indexOf(name: string): number {
  const index = STEPS.findIndex((step) => step.name === name);
  if (index < 0) throw new CommanderError(2, 'e2e.step', `There is no step "${name}"; --list names them`);
  return index;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function prepare(
  where: Settings,
  steps: readonly string[],
  { images }: Flags,
): Promise<{ run: Omit<Run, 'say'>; close(): Promise<void> }> {
  const fresh = steps[0] === STEPS[0]?.name;
  if (fresh) rmSync(where.folder, { recursive: true, force: true });
  const kube = connect();
  const only = imagesOf(steps, where.charts !== undefined);
  if (images) await buildImages({ ...imageOptions(), only, log: print });
  const git = await serveGit(join(where.folder, 'git'), where.address);
  const s3 = await startS3({
    host: where.address,
    port: 9900,
    region: 'us-east-1',
    folder: join(where.folder, 's3'),
    log: print,
  });
  if (fresh) {
    await s3.createBucket(BUCKET);
    const count = await s3.putFolder(BUCKET, '', join(where.source, 'examples/artifacts', BUCKET));
    print(`${count} objects in s3://${BUCKET} at ${s3.endpoint}`);
  }
  if (where.charts !== undefined) {
    await pushCharts(where.upstream, where.registry, print);
    await gatewayApiRepository(where.upstream, git.path('gateway-api'), 'v1.4.1');
  }
  const project = await openProject(where, git);
  const balancer = where.loadBalancer ? startLoadBalancer(kube) : undefined;
  const close = async () => {
    await balancer?.stop();
    await s3.stop();
    await git.close();
  };
  return { run: { settings: where, kube, git, s3, project }, close };
}

async function main(flags: Flags): Promise<number> {
  const steps = chosen(flags);
  if (flags.list === true) {
    for (const { name, proves } of STEPS) print(`${name.padEnd(12)} ${proves}`);
    return 0;
  }
  const where = settings(process.env, flags.realCharts === true);
  if (flags.tearDown === true) {
    await tearDown(connect(), print);
    return 0;
  }
  const { run, close } = await prepare(
    where,
    steps.map(({ name }) => name),
    flags,
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void close().then(() => process.exit(1)));
  try {
    if (steps[0] !== STEPS[0]) await argoCd(where, run);
    const results = await runSteps(
      steps.map((step) => outside(step === platform ? withArgoCd(where, step) : step)),
      run,
      print,
      async () => {
        const folder = join(where.folder, 'failure');
        for (const line of await collect(run.kube, folder)) print(`  ${line}`);
        print(`objects and logs: ${folder}`);
      },
    );
    const { gitVersion } = await run.kube.config.makeApiClient(VersionApi).getCode();
    const charts = flags.realCharts === true ? 'public charts' : 'stand-in charts';
    const date = new Date().toISOString().slice(0, 10);
    const text = report(results, { kubernetes: gitVersion, date, cores: availableParallelism(), charts });
    const file = flags.report ?? join(where.folder, 'report.md');
    writeFileSync(file, text);
    const passed = results.filter(({ outcome }) => outcome === 'passed').length;
    if (flags.keep !== true) await tearDown(run.kube, print);
    print(`report: ${file}`);
    print(`${passed} passed, ${results.length - passed} failed`);
    return passed === results.length ? 0 : 1;
  } finally {
    await close();
  }
}

async function argoCd(where: Settings, { kube }: Omit<Run, 'say'>): Promise<void> {
  await installArgoCd(kube, where);
  if (where.charts !== undefined) await addChartRegistry(kube, where.charts);
}

/** Argo CD is what a person has before the first step that counts. */
function withArgoCd(where: Settings, step: Step): Step {
  return {
    ...step,
    async run(run) {
      await argoCd(where, run);
      run.say('Argo CD is installed');
      await step.run(run);
    },
  };
}

/** The platform's step brings the Gateway; those after it find it. */
function outside(step: Step): Step {
  return { ...step, run: async (run) => step.run({ ...run, settings: await atGateway(run.kube, run.settings) }) };
}

const command = new Command('npm run e2e --')
  .description('The whole chain on a real cluster: notebook, MLflow, S3, models.yaml, Argo CD, KServe, answers.')
  .option('--only <step...>', 'only these steps, on what an earlier run with --keep left')
  .option('--from <step>', 'from this step on')
  .option('--until <step>', 'up to and with this step')
  .option('--keep', 'leave everything on the cluster')
  .option('--tear-down', 'only remove what an earlier run left')
  .option('--list', 'name the steps')
  .option('--no-images', 'the images are in the registry')
  .option('--real-charts', 'the public charts and images instead of the stand-ins')
  .option('--report <file>', 'where the report goes')
  .addHelpText('after', HELP)
  .exitOverride();

try {
  await command.parseAsync();
  process.exitCode = await main(command.opts<Flags>());
} catch (error) {
  if (error instanceof CommanderError) {
    if (error.code.startsWith('e2e.')) process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 2;
  }
}
