/**
 * What differs between KServe releases, as far as the manifests and an upgrade depend on it. Sources: charts/, config/runtimes/ and
 * kserve-deps.env of each tag; for v0.18.0 the chart names alone were looked up (issue kserve#5272, and charts that name it).
 */
import type { Cluster } from '../../schemas/types/cluster.d.ts';

export type KserveRelease = Cluster['kserve']['version'];

export interface KserveProfile {
  readonly version: KserveRelease;
  readonly charts: {
    readonly crd: string;
    readonly controller: string;
    /** The ClusterServingRuntimes, where a chart of their own brings them. */
    readonly runtimes?: string;
  };
  /** Releases of other parts with which KServe tests this one; absent where they were not looked up. */
  readonly testedWith?: { readonly certManager: string; readonly gatewayApi: string; readonly keda: string };
  /** What is new for whoever comes from the release before. */
  readonly changes: readonly string[];
  /**
   * Where a canary stands: in an InferenceService of its own, or among `spec.canary` of the model's. No release routes it:
   * `trafficPercent` counts replicas alone (components/predictor.go, canaryReplicaCount), so that our routes stay either way.
   */
  readonly canary: 'own' | 'spec';
  /** Folder of the schemas that differ from those of the oldest release, as `npm run schemas` names it. */
  readonly schemas?: string;
  /** CRDs that the release before installed by `kserve-crd` and this one does not. */
  readonly leftCrds: readonly string[];
}

const SPLIT = { crd: 'kserve-crd', controller: 'kserve-resources', runtimes: 'kserve-runtime-configs' } as const;

/** Oldest first. */
export const kserveProfiles: readonly KserveProfile[] = [
  {
    version: 'v0.16.0',
    charts: { crd: 'kserve-crd', controller: 'kserve' },
    testedWith: { certManager: 'v1.17.0', gatewayApi: 'v1.2.1', keda: '2.16.1' },
    changes: [],
    canary: 'own',
    leftCrds: [],
  },
  {
    version: 'v0.17.0',
    charts: SPLIT,
    testedWith: { certManager: 'v1.17.0', gatewayApi: 'v1.4.1', keda: '2.17.3' },
    changes: [
      'The chart `kserve` is now `kserve-resources`; no `kserve` of this release exists (kserve#5272).',
      'The ClusterServingRuntimes moved to the chart `kserve-runtime-configs`, where they are off unless switched on.',
      'The LocalModel CRDs moved from `kserve-crd` to `kserve-localmodel-crd`.',
      'New runtimes: `kserve-openvino`, `kserve-predictiveserver`.',
      'Pods get `INFERENCE_SERVICE_NAME`: those of every model are replaced, one after the other.',
    ],
    canary: 'own',
    leftCrds: ['localmodelcaches', 'localmodelnodegroups', 'localmodelnodes'].map(
      (plural) => `${plural}.serving.kserve.io`,
    ),
  },
  { version: 'v0.18.0', charts: SPLIT, changes: [], canary: 'own', leftCrds: [] },
  {
    version: 'v0.19.0',
    charts: SPLIT,
    testedWith: { certManager: 'v1.17.0', gatewayApi: 'v1.4.1', keda: '2.18.0' },
    changes: [
      '`kserve.controller.gateway.disableHTTPRouteTimeout` can leave timeouts out of HTTPRoutes.',
      "KServe's HTTPRoutes match gRPC too; the model's own GRPCRoute has another host and stays.",
    ],
    canary: 'own',
    leftCrds: [],
  },
  {
    version: 'v0.20.0',
    charts: SPLIT,
    testedWith: { certManager: 'v1.17.0', gatewayApi: 'v1.5.1', keda: '2.18.0' },
    changes: [
      'New runtimes: `kserve-autogluonserver`, `kserve-vllmserver`.',
      'A canary is an entry of `spec.canary` of its model, no InferenceService of its own. KServe starts its pods and routes nothing; the routes that are made here lead to them.',
    ],
    canary: 'spec',
    schemas: 'v0.20.0',
    leftCrds: [],
  },
];

export function kserveProfile(version: KserveRelease): KserveProfile {
  const found = kserveProfiles.find((profile) => profile.version === version);
  if (found === undefined) throw new Error(`bug: the schema admits KServe ${version}, and no profile describes it`);
  return found;
}

/** The profiles that an upgrade passes, first to last; none when `to` is not newer. */
export function profilesBetween(from: KserveRelease, to: KserveRelease): readonly KserveProfile[] {
  const index = (version: KserveRelease) => kserveProfiles.findIndex((profile) => profile.version === version);
  return kserveProfiles.slice(index(from) + 1, index(to) + 1);
}
