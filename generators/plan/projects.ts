/** AppProjects: what each group of Applications may read and write. */
import type { AppProject } from '../../schemas/types/app-project.d.ts';
import type { KubeObject } from '../kube/object.ts';
import type { Site, Team } from '../resolve/platform.ts';
import { type App, IN_CLUSTER, PLATFORM_PROJECT, ROOT_PROJECT, teamProject, waves } from './app.ts';
import { plain } from './plain.ts';

function project(site: Site, name: string, spec: AppProject['spec'], wave: number): KubeObject {
  const object: AppProject = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: {
      name,
      namespace: site.argocd.namespace,
      annotations: { 'argocd.argoproj.io/sync-wave': String(wave) },
    },
    spec,
  };
  return plain(object);
}

/** The root's own project: Applications and AppProjects in Argo CD's namespace, from this repository alone. */
export function rootProject(site: Site): KubeObject {
  return project(
    site,
    ROOT_PROJECT,
    {
      description: 'The root Application',
      sourceRepos: [site.repository.url],
      destinations: [{ server: IN_CLUSTER, namespace: site.argocd.namespace }],
      namespaceResourceWhitelist: [
        { group: 'argoproj.io', kind: 'Application' },
        { group: 'argoproj.io', kind: 'AppProject' },
      ],
    },
    waves.projects,
  );
}

/** The platform's project: cluster-scoped kinds, but only from the sources and into the namespaces that it uses. */
export function platformProject(site: Site, apps: readonly App[]): KubeObject {
  const mine = apps.filter((app) => app.project === PLATFORM_PROJECT);
  const sources = mine.map(({ source }) => ('repoURL' in source ? source.repoURL : site.repository.url));
  const namespaces = mine.map(({ namespace }) => namespace);
  // Charts write to namespaces beside their own: leases and service discovery live in kube-system.
  return project(
    site,
    PLATFORM_PROJECT,
    {
      description: 'Controllers, gateways and namespaces',
      sourceRepos: distinct(sources),
      destinations: distinct([...namespaces, 'kube-system']).map((namespace) => ({ server: IN_CLUSTER, namespace })),
      clusterResourceWhitelist: [{ group: '*', kind: '*' }],
      namespaceResourceWhitelist: [{ group: '*', kind: '*' }],
    },
    waves.projects,
  );
}

/** A team's project: models and what belongs to them, in the team's namespace, and nothing cluster-scoped. */
export function teamAppProject(site: Site, team: Team): KubeObject {
  return project(
    site,
    teamProject(team.name),
    {
      description: `Models of ${team.name}`,
      sourceRepos: [site.repository.url],
      destinations: [{ server: IN_CLUSTER, namespace: team.namespace }],
      namespaceResourceWhitelist: [
        { group: 'serving.kserve.io', kind: 'InferenceService' },
        { group: 'gateway.networking.k8s.io', kind: 'GRPCRoute' },
        { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' },
        ...(site.gateway.copies === 'TraefikService' ? [{ group: 'traefik.io', kind: 'TraefikService' }] : []),
        { group: '', kind: 'ConfigMap' },
        { group: 'batch', kind: 'Job' },
        { group: 'policy', kind: 'PodDisruptionBudget' },
        { group: 'monitoring.coreos.com', kind: 'PodMonitor' },
      ],
    },
    waves.projects,
  );
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
