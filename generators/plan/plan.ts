/** Platform → Plan: which Applications the cluster gets and what is in them. It cannot fail. */
import type { KubeObject } from '../kube/object.ts';
import type { Platform } from '../resolve/platform.ts';
import type { App, Plan } from './app.ts';
import { application, rootApplication } from './application.ts';
import { argocdConfigApp } from './argocd-config.ts';
import { awsDocuments } from './aws.ts';
import { chartApps } from './charts.ts';
import { clientApps } from './client.ts';
import { gatewayApp } from './gateway.ts';
import { kserveApps } from './kserve.ts';
import { mirrored } from './mirror.ts';
import { modelApp } from './model-app.ts';
import { platformProject, rootProject, teamAppProject } from './projects.ts';
import { servingRuntimeApp } from './serving-runtime.ts';
import { teamApp } from './team.ts';
import { toolApps } from './tools.ts';

/** Name and content of the file in `argocd/` of each App made before. */
const applications = new WeakMap<App, readonly [name: string, objects: readonly [KubeObject]]>();

export function plan(platform: Platform): Plan {
  const { site, models } = platform;
  const base: App[] = [
    ...(site.argocd.configure ? [argocdConfigApp(site)] : []),
    ...chartApps(site),
    ...(site.parts.traefik === undefined ? [] : [gatewayApp(site)]),
    ...kserveApps(site),
    servingRuntimeApp(site),
    ...site.teams.map((team) => teamApp(team, platform)),
    ...toolApps(platform),
    ...(site.client === undefined ? [] : clientApps(platform, site.client)),
  ].map((app) => mirrored(app, site));
  const apps = [...base, ...models.map((model) => modelApp(model, site))];
  const argocd = new Map<string, readonly KubeObject[]>([
    ['root.yaml', [rootProject(site), rootApplication(site)]],
    ['project-platform.yaml', [platformProject(site, base)]],
    ...site.teams.map((team) => [`project-team-${team.name}.yaml`, [teamAppProject(site, team)]] as const),
  ]);
  for (const app of apps) {
    let file = applications.get(app);
    if (file === undefined) {
      file = [`${app.name}.yaml`, [application(app, site)]];
      applications.set(app, file);
    }
    argocd.set(...file);
  }
  return { cluster: site.cluster, apps, argocd, documents: awsDocuments(site) };
}
