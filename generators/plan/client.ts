/** Routes to the client page: the catalogue's host and one host for each model that has a page. */
import type { KubeObject } from '../kube/object.ts';
import type { ClientPage, Platform } from '../resolve/platform.ts';
import { type App, PLATFORM_PROJECT, waves } from './app.ts';
import { hostRoute } from './gateway.ts';
import { plain } from './plain.ts';
import { namespace } from './team.ts';

export function clientApp(platform: Platform, client: ClientPage): App {
  const { site, models } = platform;
  const route = (name: string, host: string): KubeObject =>
    plain(hostRoute(site, { name, namespace: client.namespace, host, service: client.service, port: client.port }));
  const pages = models.flatMap((model) =>
    // The prefix keeps the name clear of those that KServe gives to its own routes.
    model.pageHost === undefined ? [] : [route(`page-${model.name}`, model.pageHost)],
  );
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
