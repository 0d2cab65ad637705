/** Platform: a registry on one cluster with every default filled, every name final and every reference resolved. */
import type { CatalogueModel } from '../../schemas/types/client-catalogue.d.ts';
import type { Where } from '../problem.ts';
import type { KserveProfile, KserveRelease } from './kserve-profiles.ts';
import type { ResolvedPolicy } from './policy.ts';
import type { Protocol, Runtime } from './runtimes.ts';

/** What `cluster.yaml` says, with its defaults. It does not depend on any model. */
export interface Site {
  readonly cluster: string;
  readonly repository: { readonly url: string; readonly revision: string };
  /** Where charts and the Gateway API come from instead of their public places. */
  readonly mirror?: { readonly charts?: string; readonly gatewayApi?: string };
  readonly domain: string;
  readonly argocd: { readonly namespace: string; readonly configure: boolean };
  readonly gateway: Gateway;
  readonly storage: Storage;
  readonly credentials: Credentials;
  readonly kserve: {
    readonly version: KserveRelease;
    readonly namespace: string;
    readonly charts: KserveProfile['charts'];
    readonly canary: KserveProfile['canary'];
    readonly schemas?: string;
  };
  readonly predictor: {
    readonly image: string;
    readonly cpu: string;
    readonly memory: string;
    /** Whether models are asked their examples after each sync. */
    readonly smoke: boolean;
  };
  readonly client?: ClientPage;
  /** What nodes cost; absent where nobody told. */
  readonly prices?: Prices;
  readonly parts: Parts;
  /** Image of JupyterHub's users' servers; the chart's where undefined. */
  readonly notebookImage?: string;
  readonly teams: readonly Team[];
  readonly policy: ResolvedPolicy;
}

export interface Gateway {
  readonly namespace: string;
  readonly name: string;
  readonly className: string;
  readonly urlScheme: 'http' | 'https';
  readonly tls?: {
    readonly secret: string;
    readonly issuer: 'self-signed' | 'acme' | 'existing';
    readonly email?: string;
  };
  /** What copies requests to a mirror: a filter of the Gateway API, or a kind of Traefik's own, if its CRDs are there. */
  readonly copies: 'RequestMirror' | 'TraefikService' | 'nothing';
}

export interface Storage {
  readonly bucket: string;
  readonly region: string;
  readonly mlflowPath: string;
  /** Only for servers other than AWS. `host` is `host[:port]`, as KServe v0.16.0 wants it. */
  readonly endpoint?: { readonly url: string; readonly host: string; readonly https: boolean };
}

export type Credentials =
  | { readonly kind: 'static'; readonly serviceAccount: string; readonly secret: string }
  | {
      readonly kind: 'irsa';
      readonly serviceAccount: string;
      readonly accountId: string;
      readonly oidcProvider: string;
      readonly readerRoleArn: string;
      readonly writerRoleArn: string;
    };

/** For one hour. */
export interface Prices {
  readonly cpuHour: number;
  readonly memoryGiBHour: number;
  readonly gpuHour?: number;
  readonly currency: string;
}

export interface ClientPage {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
  readonly host: string;
  readonly image: string;
  readonly replicas: number;
}

/** Versions of the parts that are installed; what is switched off is absent. */
export interface Parts {
  readonly gatewayApi?: string;
  readonly certManager?: string;
  readonly sealedSecrets?: string;
  readonly traefik?: string;
  readonly mlflow?: string;
  readonly jupyterhub?: string;
  readonly keda?: string;
  readonly monitoring?: string;
}

export interface Team {
  readonly name: string;
  readonly namespace: string;
  readonly quota?: {
    readonly cpu?: string;
    readonly memory?: string;
    readonly gpu?: number;
    readonly pods?: number;
  };
}

/** One model as one cluster serves it. */
export interface ServedModel {
  readonly name: string;
  readonly namespace: string;
  readonly team: string;
  readonly runtime: Runtime;
  readonly format: { readonly name: string; readonly version: string };
  readonly protocol: Protocol;
  readonly version: string;
  readonly artifact: string;
  readonly sha256?: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Undefined where the runtime's own requests hold. */
  readonly resources?: {
    readonly requests: Readonly<Record<string, string>>;
    readonly limits: Readonly<Record<string, string>>;
  };
  readonly replicas: Replicas;
  /** A second version that takes a share of the requests that come through the Gateway. */
  readonly canary?: Canary;
  /** A second version that gets copies of them. */
  readonly mirror?: Mirror;
  /** Stopped: no pods and no routes. */
  readonly suspended: boolean;
  /** The example, in the names of the graph; absent where nobody asks it after a sync. */
  readonly smoke?: Smoke;
  readonly timeoutSeconds: number;
  readonly clusterLocal: boolean;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Toleration[];
  /** Host of the model itself, `<name>-<namespace>.<domain>` (KServe's default domainTemplate). */
  readonly host: string;
  /** Host under which gRPC is routed, `<name>-grpc-<namespace>.<domain>`. */
  readonly grpcHost: string;
  /** Host of its page, where the cluster has the client. */
  readonly pageHost?: string;
  /** How the client shows it, where the cluster has the client and it can ask the model. */
  readonly catalogue?: CatalogueModel;
}

export interface Smoke {
  readonly inputs: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly datatype: string;
    readonly data: readonly unknown[];
  }[];
  /** Without `data` the output must only be there. */
  readonly outputs: readonly { readonly name: string; readonly data?: readonly unknown[] }[];
  /** The same of the canary, where there is one. */
  readonly canary?: Smoke['outputs'];
  readonly tolerance: number;
}

export interface Replicas {
  readonly class: 'hpa' | 'keda' | 'none';
  readonly min: number;
  readonly max: number;
  readonly metric: 'cpu' | 'memory' | 'requests-per-second' | 'in-flight' | 'latency-p95' | 'queue';
  /** Percent of the request for `cpu` and `memory`, milliseconds for times, else a count for one replica. */
  readonly target: number;
}

/** One of a model's versions that runs beside the served one. */
export interface SecondVersion {
  readonly version: string;
  readonly artifact: string;
  readonly sha256?: string;
  /** Its Deployment and its Service are called `<service>-predictor`; its InferenceService, where it has its own, too. */
  readonly service: string;
  /** Bounds in proportion to its share of the requests. */
  readonly replicas: Replicas;
}

export interface Canary extends SecondVersion {
  /** Its name among `spec.canary` of the model's InferenceService; absent where it has one of its own. */
  readonly predictor?: string;
  /** Percent of the requests, 0 to 100. */
  readonly weight: number;
  /** Requests with this header go to the canary, whatever the weight. */
  readonly header?: { readonly name: string; readonly value: string };
}

export interface Mirror extends SecondVersion {
  /** Percent of the requests that are copied, 1 to 100. */
  readonly percent: number;
  /** Whether gRPC requests are copied, too. */
  readonly grpc: boolean;
}

export interface Toleration {
  readonly key?: string;
  readonly operator?: 'Exists' | 'Equal';
  readonly value?: string;
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

/** A Secret that must have been sealed, and why. */
export interface SecretNeed {
  readonly namespace: string;
  readonly secret: string;
  readonly keys: Readonly<Record<string, { readonly bytes?: number }>>;
  readonly because: Where;
}

/** A SealedSecret as `npm run seal` wrote it: an input, since sealing twice gives other bytes. */
export interface SealedFile {
  readonly file: string;
  readonly value: unknown;
}

export interface Platform {
  readonly site: Site;
  readonly models: readonly ServedModel[];
  readonly secrets: readonly SecretNeed[];
  /** The sealed files that something needs, by `<namespace>.<secret>`. */
  readonly sealed: ReadonlyMap<string, SealedFile>;
}
