/** `npm run doctor`: what a cluster lacks before Argo CD can serve the models there, told by rules over what it answers. */
import { type ClusterAccess, connectCluster } from '../outside/cluster.ts';
import { readFacts } from '../outside/cluster-facts.ts';
import { diskTree } from '../outside/tree.ts';
import { allow, fault, type Problem } from '../problem.ts';
import type { Platform } from '../resolve/platform.ts';
import { checkPrerequisites } from '../verify/doctor/doctor.ts';
import { type Compiled, createCompiler } from './compile.ts';
import { createReader } from './compile-files.ts';
import { unknownClusters } from './generate.ts';
import { createLocate } from './locate.ts';
import type { Outcome } from './outcome.ts';

export interface DoctorOptions {
  readonly cluster: string;
  readonly access: ClusterAccess;
  readonly now: Date;
  readonly progress: (step: string) => void;
}

/** Groups whose kinds the rules ask for, and APIs that autoscalers read. */
const GROUPS = [
  'argoproj.io',
  'gateway.networking.k8s.io',
  'cert-manager.io',
  'bitnami.com',
  'serving.kserve.io',
  'monitoring.coreos.com',
] as const;
const APIS = ['v1beta1.metrics.k8s.io', 'v1beta1.external.metrics.k8s.io'] as const;

export async function doctor(root: string, options: DoctorOptions): Promise<Outcome> {
  const { cluster, now, progress } = options;
  const compile = { clusters: [cluster], now, unsealed: 'warning' as const, progress };
  const compiled = await createCompiler(root).compile(compile);
  const problems = [...compiled.problems, ...unknownClusters(compiled, compile)].filter(
    ({ severity }) => severity === 'error',
  );
  const [platform] = compiled.platforms;
  const locate = createLocate(compiled.sources, () => undefined);
  if (!allow(problems) || platform === undefined) {
    return { problems, locate, done: 'nothing asked', summary: { cluster } };
  }
  const { certificate } = await createReader(diskTree(root)).sealed(cluster);
  const asked = await ask(platform, compiled, certificate?.pem, options);
  const { server } = asked;
  const summary = { cluster, ...(server === undefined ? {} : { server }) };
  return { problems: asked.problems, locate, done: `${cluster}: ${server ?? 'no server'} asked`, summary };
}

interface Asked {
  readonly problems: readonly Problem[];
  readonly server?: string;
}

async function ask(
  { site, models }: Platform,
  { parts }: Compiled,
  certificate: string | undefined,
  { cluster, access, progress }: DoctorOptions,
): Promise<Asked> {
  try {
    const api = await connectCluster(access);
    const wanted = {
      ...{ groups: GROUPS, apis: APIS, gateway: site.gateway },
      ...{ argocd: site.argocd.namespace, kserve: site.kserve.namespace },
    };
    progress(`asking ${api.server}`);
    const facts = await readFacts(api, wanted);
    const objects = parts.flatMap(({ placed }) => placed.map(({ object }) => object));
    return { problems: checkPrerequisites({ site, models, objects, certificate, facts }), server: api.server };
  } catch (error) {
    const reason = (error as Error).message || (error as { code?: string }).code || String(error);
    const message = `Cannot reach the cluster of "${cluster}": ${reason}`;
    const where = { file: `clusters/${cluster}/cluster.yaml` };
    return {
      problems: [fault('CLUSTER_UNREACHABLE', where, message, 'Name a kubeconfig and a context that reach it')],
    };
  }
}
