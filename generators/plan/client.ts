/**
 * The client: its namespace and routes as objects of this repository, and its chart with the catalogue of the cluster's
 * models. The routes are made here, so that the chart leaves its own out.
 */
import type { KubeObject } from '../kube/object.ts';
import type { ClientPage, Platform, ServedModel, Site } from '../resolve/platform.ts';
import { type App, PLATFORM_PROJECT, waves } from './app.ts';
import { hostRoute } from './gateway.ts';
import { plain } from './plain.ts';
import { namespace } from './team.ts';

const routes = new WeakMap<ServedModel, { readonly site: Site; readonly page: KubeObject }>();

/** The route of a model's page as it was made before; the same model on the same site gives the same object. */
function known(model: ServedModel, site: Site): KubeObject | undefined {
  const before = routes.get(model);
  return before?.site === site ? before.page : undefined;
}

export function clientApps(platform: Platform, client: ClientPage): App[] {
  return [accessApp(platform, client), chartApp(platform, client)];
}

function accessApp(platform: Platform, client: ClientPage): App {
  const { site, models } = platform;
  const route = (name: string, host: string): KubeObject =>
    plain(hostRoute(site, { name, namespace: client.namespace, host, service: client.service, port: client.port }));
  const pages: KubeObject[] = [];
  for (const model of models) {
    if (model.pageHost === undefined) continue;
    // The prefix keeps the name clear of those that KServe gives to its own routes.
    let page = known(model, site);
    if (page === undefined) {
      page = route(`page-${model.name}`, model.pageHost);
      routes.set(model, { site, page });
    }
    pages.push(page);
  }
  return {
    name: 'client-access',
    project: PLATFORM_PROJECT,
    namespace: client.namespace,
    wave: waves.access,
    source: {
      kind: 'folder',
      objects: [plain(namespace(client.namespace)), route('catalogue', client.host), ...pages],
    },
    createNamespace: false,
    removal: 'delete',
  };
}

function chartApp({ site, models }: Platform, client: ClientPage): App {
  // The order of models in the registry has no meaning.
  const shown = models.flatMap(({ catalogue }) => catalogue ?? []).sort((a, b) => (a.name < b.name ? -1 : 1));
  const namespaces = [...new Set(site.teams.map((team) => team.namespace))].sort();
  return {
    name: 'client',
    project: PLATFORM_PROJECT,
    namespace: client.namespace,
    wave: waves.client,
    source: {
      kind: 'local-chart',
      path: 'charts/model-client',
      values: {
        name: client.service,
        image: client.image,
        replicas: client.replicas,
        port: client.port,
        networkPolicy: {
          gatewayNamespace: site.gateway.namespace,
          ...(site.parts.monitoring === undefined ? {} : { monitoringNamespace: 'monitoring' }),
          modelNamespaces: namespaces,
        },
        catalogue: { cluster: site.cluster, models: shown },
      },
    },
    createNamespace: true,
    removal: 'delete',
  };
}
