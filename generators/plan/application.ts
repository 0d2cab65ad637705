/** App → Argo CD Application, and the root Application above them all. */
import type { Application } from '../../schemas/types/application.d.ts';
import type { KubeObject } from '../kube/object.ts';
import type { Site } from '../resolve/platform.ts';
import { type App, IN_CLUSTER, ROOT_PROJECT, waves } from './app.ts';
import { plain } from './plain.ts';

type Spec = Application['spec'];

/**
 * A sync that failed is tried again, at the newest commit: webhooks and CRDs of another Application may come minutes later,
 * and the repair of what failed must not wait behind it.
 */
const RETRY = { limit: 10, backoff: { duration: '5s', factor: 2, maxDuration: '3m' }, refresh: true } as const;

export function application(app: App, site: Site): KubeObject {
  const object: Application = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: app.name,
      namespace: site.argocd.namespace,
      annotations: {
        'argocd.argoproj.io/sync-wave': String(app.wave),
        'argocd.argoproj.io/compare-options': 'ServerSideDiff=true',
      },
      ...(app.removal === 'delete' ? { finalizers: ['resources-finalizer.argocd.argoproj.io'] } : {}),
    },
    spec: {
      project: app.project,
      source: source(app, site),
      destination: { server: IN_CLUSTER, namespace: app.namespace },
      syncPolicy: {
        automated: { prune: app.removal === 'delete', selfHeal: true },
        retry: RETRY,
        syncOptions: syncOptions(app),
      },
      ...(app.source.kind === 'local-chart' ? { revisionHistoryLimit: LEAST_HISTORY } : {}),
      ...(app.ignoreDifferences === undefined
        ? {}
        : {
            ignoreDifferences: app.ignoreDifferences.map((one) => ({
              ...one,
              jqPathExpressions: [...one.jqPathExpressions],
            })),
          }),
    },
  };
  return plain(object);
}

function source({ name, source }: App, site: Site): NonNullable<Spec['source']> {
  switch (source.kind) {
    case 'folder':
      return {
        repoURL: site.repository.url,
        targetRevision: site.repository.revision,
        path: `apps/${site.cluster}/${name}`,
      };
    case 'local-chart':
      return {
        repoURL: site.repository.url,
        targetRevision: site.repository.revision,
        path: source.path,
        helm: { releaseName: name, valuesObject: { ...source.values } },
      };
    case 'chart':
      return {
        repoURL: source.repoURL,
        chart: source.chart,
        targetRevision: source.version,
        helm: {
          releaseName: name,
          ...(source.skipCrds === true ? { skipCrds: true } : {}),
          ...(Object.keys(source.values).length === 0 ? {} : { valuesObject: { ...source.values } }),
        },
      };
    case 'git':
      return { repoURL: source.repoURL, path: source.path, targetRevision: source.revision };
  }
}

function syncOptions(app: App): string[] {
  return [
    ...(app.createNamespace ? ['CreateNamespace=true'] : []),
    // Big CRDs do not fit the annotation of client-side apply, and fields of others stay theirs.
    'ServerSideApply=true',
    // The kind may come from another Application that is not there yet.
    'SkipDryRunOnMissingResource=true',
    ...(app.ignoreDifferences === undefined ? [] : ['RespectIgnoreDifferences=true']),
  ];
}

/**
 * The page's catalogue stands in the source, and Argo CD keeps the source of each past sync, ten by default: too much for
 * one object (resolve/catalogue-rules.ts). Where syncs are automated nobody can roll back to them anyway.
 */
const LEAST_HISTORY = 1;

/** The one Application that a person applies; it holds all others, and itself. */
export function rootApplication(site: Site): KubeObject {
  const object: Application = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: 'root',
      namespace: site.argocd.namespace,
      // It holds itself: in any wave but the last it would wait for the end of its own sync.
      annotations: { 'argocd.argoproj.io/sync-wave': String(waves.root) },
    },
    spec: {
      project: ROOT_PROJECT,
      source: {
        repoURL: site.repository.url,
        targetRevision: site.repository.revision,
        path: `clusters/${site.cluster}/argocd`,
      },
      destination: { server: IN_CLUSTER, namespace: site.argocd.namespace },
      syncPolicy: {
        automated: { prune: true, selfHeal: true, allowEmpty: false },
        retry: { ...RETRY, limit: -1, backoff: { ...RETRY.backoff, maxDuration: '1m' } },
        syncOptions: ['ServerSideApply=true'],
      },
    },
  };
  return plain(object);
}
