/** The nouns of the plan: one App becomes one Argo CD Application and, where it has objects, one folder. */
import type { KubeObject } from '../kube/object.ts';

/** Where Argo CD takes the manifests of an App from. */
export type AppSource =
  /** The App's own folder in this repository, holding `objects`. */
  | {
      readonly kind: 'folder';
      readonly objects: readonly KubeObject[];
      /** Name of the object that the App is about: its files are named for their kind, however many of the kind there are. */
      readonly subject?: string;
    }
  /** A chart in a Helm or OCI repository; `repoURL` without `oci://`, as Argo CD's classic form wants it. */
  | {
      readonly kind: 'chart';
      readonly repoURL: string;
      readonly chart: string;
      readonly version: string;
      readonly values: Readonly<Record<string, unknown>>;
      /** The chart brings CRDs that another App owns. */
      readonly skipCrds?: boolean;
    }
  /** A chart of this repository; `path` from its root. */
  | { readonly kind: 'local-chart'; readonly path: string; readonly values: Readonly<Record<string, unknown>> }
  /** A Kustomize folder of another repository. */
  | { readonly kind: 'git'; readonly repoURL: string; readonly path: string; readonly revision: string };

export interface App {
  readonly name: string;
  /** AppProject. */
  readonly project: string;
  /** Namespace of the destination. */
  readonly namespace: string;
  /** Sync wave of the Application: smaller first. */
  readonly wave: number;
  readonly source: AppSource;
  /** Argo CD makes the destination's namespace; false where the App brings it or it is there before. */
  readonly createNamespace: boolean;
  /**
   * `keep`: removing the Application leaves everything in place and nothing is ever pruned; for CRDs, whose deletion
   * would delete every model. `delete`: what is no longer made is removed.
   */
  readonly removal: 'keep' | 'delete';
  readonly ignoreDifferences?: readonly IgnoreDifference[];
}

export interface IgnoreDifference {
  readonly group: string;
  readonly kind: string;
  readonly name?: string;
  readonly jqPathExpressions: readonly string[];
}

/** A file for people that is not applied to the cluster. JSON when `value` is an object, else text as it is. */
export interface Document {
  /** Path below `clusters/<cluster>/`. */
  readonly path: string;
  readonly value: string | Readonly<Record<string, unknown>>;
}

export interface Plan {
  readonly cluster: string;
  readonly apps: readonly App[];
  /** Files of `clusters/<cluster>/argocd/`, by file name; more than one object only in `root.yaml`. */
  readonly argocd: ReadonlyMap<string, readonly KubeObject[]>;
  readonly documents: readonly Document[];
}

/**
 * Order of the Applications. CRDs come before their controllers, controllers before the objects that they reconcile.
 * Waves between Applications only work with Application health restored (see `argocd-config.ts`); retries cover the rest.
 */
export const waves = {
  projects: -100,
  argocdConfig: -60,
  gatewayApi: -50,
  certManager: -45,
  sealedSecrets: -40,
  monitoring: -35,
  keda: -32,
  traefik: -30,
  gateway: -25,
  kserveCrd: -20,
  kserve: -10,
  kserveRuntimes: -8,
  servingRuntime: -5,
  teams: 0,
  // The last wave, which a sync of the root does not wait for: a model that cannot start, an MLflow without its credentials
  // or a route whose Service is not there yet must not keep the next commit from reaching the cluster.
  access: 10,
  tools: 10,
  models: 10,
  client: 10,
  root: 10,
} as const;

export const PLATFORM_PROJECT = 'platform';
export const ROOT_PROJECT = 'root';
export const IN_CLUSTER = 'https://kubernetes.default.svc';

/** Namespaces with this label may attach routes to the Gateway. */
export const ROUTES_LABEL = { 'kserve-gitops/routes': 'allowed' } as const;

export function teamProject(team: string): string {
  return `team-${team}`;
}
