/** Routes to the client page: the catalogue's host and one host for each model that has a page. */
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

export function clientApp(platform: Platform, client: ClientPage): App {
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
    name: 'client',
    project: PLATFORM_PROJECT,
    namespace: client.namespace,
    wave: waves.client,
    source: {
      kind: 'folder',
      objects: [plain(namespace(client.namespace)), route('catalogue', client.host), ...pages],
    },
    createNamespace: false,
    removal: 'delete',
  };
}
