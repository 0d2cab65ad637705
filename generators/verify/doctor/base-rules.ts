/** What the cluster itself must offer: its version, kinds, metrics, storage, and rights for the caller. */
import { groupOf, versionOf } from '../../kube/object.ts';
import type { Problem } from '../../problem.ts';
import type { Parts } from '../../resolve/platform.ts';
import { atLeast, type DoctorInput, type DoctorRule, lack, switchOn } from './rule.ts';

/** KServe 0.16 asks for it (website, admin-guide/kubernetes-deployment), later releases for no less. */
const KUBERNETES = [1, 32, 0] as const;

/** Who brings a group's CRDs: a part of the platform, or `always` for what `cluster.yaml` cannot switch off. */
const GROUPS: Readonly<Record<string, { readonly name: string; readonly by: keyof Parts | 'always' | 'person' }>> = {
  'gateway.networking.k8s.io': { name: 'Gateway API', by: 'gatewayApi' },
  'cert-manager.io': { name: 'cert-manager', by: 'certManager' },
  'bitnami.com': { name: 'Sealed Secrets', by: 'sealedSecrets' },
  'traefik.io': { name: "Traefik's CRDs", by: 'traefik' },
  'monitoring.coreos.com': { name: 'Prometheus Operator', by: 'monitoring' },
  'serving.kserve.io': { name: 'KServe', by: 'always' },
  'argoproj.io': { name: 'Argo CD', by: 'person' },
};

const ARGO_CD =
  'Install it: kubectl create namespace argocd && kubectl apply -n argocd --server-side -f https://raw.githubusercontent.com/argoproj/argo-cd/stable/manifests/install.yaml';

const kubernetes: DoctorRule = ({ site, facts }) => {
  if (facts.kubernetes === 'absent' || facts.kubernetes === 'unread' || atLeast(facts.kubernetes, KUBERNETES))
    return [];
  const message = `Cannot run KServe on Kubernetes ${facts.kubernetes}: it asks for 1.32 or newer`;
  return [lack(site, 'VERSION', message, 'Upgrade the control plane')];
};

/**
 * What the made objects are, cert-manager's kinds, which KServe's chart makes, and SealedSecret where credentials will be
 * sealed, also before the first one is.
 */
function wantedKinds({ site, objects }: DoctorInput): Map<string, Set<string>> {
  const wanted = new Map<string, Set<string>>([['cert-manager.io', new Set(['v1 Certificate', 'v1 Issuer'])]]);
  if (site.credentials.kind === 'static') wanted.set('bitnami.com', new Set(['v1alpha1 SealedSecret']));
  for (const object of objects) {
    const group = groupOf(object);
    if (GROUPS[group] === undefined) continue;
    const kinds = wanted.get(group) ?? new Set();
    wanted.set(group, kinds.add(`${versionOf(object)} ${object.kind}`));
  }
  return wanted;
}

const kinds: DoctorRule = (input) => {
  const { site, facts } = input;
  return [...wantedKinds(input)].flatMap(([group, wanted]): Problem[] => {
    const { name, by } = GROUPS[group] ?? { name: group, by: 'person' };
    const served = facts.groups.get(group) ?? 'absent';
    if (served === 'unread') return [];
    const comes = by === 'always' || (by !== 'person' && site.parts[by] !== undefined);
    if (served === 'absent') {
      if (by === 'always' || comes) return [];
      const repair = by === 'person' ? ARGO_CD : switchOn(site, by);
      return [lack(site, 'MISSING', `Cannot find ${name}: the cluster has no kind of ${group}`, repair)];
    }
    // An upgrade that Argo CD makes may bring the kinds that an older release lacks.
    const lacking = [...wanted].filter((kind) => !served.includes(kind));
    if (lacking.length === 0 || comes) return [];
    const message = `Cannot write ${lacking.join(', ')} of ${group}: the cluster's ${name} does not serve ${lacking.length === 1 ? 'it' : 'them'}`;
    return [lack(site, 'VERSION', message, `Upgrade ${name} on the cluster`)];
  });
};

/** Only where replicas really follow a metric: an autoscaler between equal bounds does nothing. */
const scaling: DoctorRule = ({ site, models, facts }) => {
  const scaled = (kind: 'hpa' | 'keda') =>
    models.filter(({ replicas, suspended }) => replicas.class === kind && replicas.max > replicas.min && !suspended);
  const [hpa] = scaled('hpa');
  const [keda] = scaled('keda');
  const available = (api: string) => facts.apis.get(api) ?? 'absent';
  const problems: Problem[] = [];
  const metrics = available('v1beta1.metrics.k8s.io');
  if (hpa !== undefined && (metrics === 'absent' || metrics === false)) {
    const state = metrics === 'absent' ? 'the cluster has no metrics server' : 'the metrics server is not available';
    const message = `Cannot scale "${hpa.name}" by ${hpa.replicas.metric}: ${state}`;
    const install =
      'kubectl apply -f https://github.com/kubernetes-sigs/metrics-server/releases/latest/download/components.yaml';
    const repair =
      metrics === 'absent' ? `Install it: ${install}` : 'Read kubectl -n kube-system logs deployment/metrics-server';
    problems.push(lack(site, metrics === 'absent' ? 'MISSING' : 'UNREADY', message, repair));
  }
  const external = available('v1beta1.external.metrics.k8s.io');
  if (keda === undefined || external === 'unread' || external === true) return problems;
  if (external === 'absent' && site.parts.keda !== undefined) return problems;
  const message = `Cannot scale "${keda.name}" by ${keda.replicas.metric}: KEDA's metrics are not ${external === 'absent' ? 'there' : 'available'}`;
  const repair =
    external === 'absent'
      ? switchOn(site, 'keda')
      : 'Read kubectl -n keda logs deployment/keda-operator-metrics-apiserver';
  return [...problems, lack(site, external === 'absent' ? 'MISSING' : 'UNREADY', message, repair)];
};

/** Volumes are asked for without naming a class: for MLflow's database, for the hub, and for each person in JupyterHub. */
const storage: DoctorRule = ({ site, facts }) => {
  if (facts.defaultStorage === true || facts.defaultStorage === 'unread') return [];
  const kept = [
    ...(site.parts.mlflow === undefined ? [] : ['the runs and the registry of MLflow']),
    ...(site.parts.jupyterhub === undefined ? [] : ['what people have in JupyterHub']),
  ];
  if (kept.length === 0) return [];
  const message = `Cannot keep ${kept.join(' and ')}: no StorageClass is the default one`;
  const annotation = 'storageclass.kubernetes.io/is-default-class=true';
  return [lack(site, 'MISSING', message, `Choose one: kubectl annotate storageclass <name> ${annotation}`)];
};

const rights: DoctorRule = ({ site, facts }) => {
  const denied = facts.rights.filter(({ allowed }) => !allowed);
  const words = denied.map(({ verb, resource, group }) => `${verb} ${resource}${group === '' ? '' : `.${group}`}`);
  const unread = facts.unread.map(({ what, reason }) => {
    const message = `Cannot look at ${what}: ${reason.replace(/\s+/g, ' ').replace(/\.$/, '')}`;
    return lack(site, 'RIGHTS', message, 'Take a context that may read it');
  });
  const [first] = denied;
  if (first === undefined) return unread;
  const message = `Cannot apply clusters/${site.cluster}/argocd/root.yaml: you may not ${words.join(', ')} in "${first.namespace}"`;
  return [lack(site, 'RIGHTS', message, 'Take a context that may, or ask for the rights'), ...unread];
};

export const baseRules: readonly DoctorRule[] = [rights, kubernetes, kinds, scaling, storage];
