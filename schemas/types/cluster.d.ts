/** Made from schemas/cluster.schema.json by `npm run schemas`; do not edit. */

/** Where models run: one Kubernetes cluster, its address, its storage and which platform parts it gets. The cluster's name is the name of its folder. */
export interface Cluster {
  /** The Git repository that Argo CD reads, which is this one. */
  readonly repository: Repository;
  /** Where Argo CD takes the platform's parts from, on a cluster that does not reach their public places. */
  readonly mirror?: Mirror;
  /** Base domain. A model answers at `<model>-<namespace>.<domain>`, a client page at `<hostname>.<domain>`. */
  readonly domain: string;
  /** The Argo CD that reads this repository. */
  readonly argocd?: ArgoCD;
  /** The Gateway through which models and pages are reached. */
  readonly gateway: Gateway;
  /** The S3 bucket that holds the artifacts. */
  readonly storage: Storage;
  /** How pods authenticate to S3. */
  readonly credentials: Credentials;
  /** The teams whose models this cluster serves. */
  readonly teams: readonly [Team, ...Team[]];
  /** The KServe release and how its controller is set up. */
  readonly kserve: KServe;
  /** The runtime `onnx-node`, built from `predictor/` in this repository. */
  readonly predictor?: Predictor;
  /** The page where people use the models. */
  readonly client?: ClientPage;
  /** What the cluster's nodes cost, for `npm run capacity`. */
  readonly prices?: Prices;
  /** How strictly each rule about the made objects is held. */
  readonly policy?: Policy;
  /** Exceptions from the policy, each for a time. */
  readonly waivers?: readonly Waiver[];
  /** Parts installed beside KServe. Switch one off where the cluster already has it; name a version to move from the default. */
  readonly platform?: Platform;
}

export type Name = string;

export type Image = string;

export type Level = 'off' | 'warn' | 'error';

export type PolicyRule = 'resources' | 'memoryLimit' | 'imageLatest' | 'imageDigest' | 'nonRoot' | 'privilegeEscalation' | 'readOnlyRoot' | 'secretsInEnv' | 'sealingScope' | 'wildcardRoutes' | 'clusterLocal' | 'replicas' | 'artifactDigest';

export type CpuQuantity = string;

export type MemoryQuantity = string;

export interface Part {
  /** Whether it is installed. */
  readonly enabled?: boolean;
  /** Chart or release version. */
  readonly version?: string;
}

/** The Git repository that Argo CD reads, which is this one. */
export interface Repository {
  /** Clone URL as Argo CD knows it. */
  readonly url: string;
  /** Branch, tag or commit to follow. Default `main`. */
  readonly revision?: string;
}

/** Where Argo CD takes the platform's parts from, on a cluster that does not reach their public places. */
export interface Mirror {
  /** One Helm repository (`https://…`) or OCI registry path (`registry.example.org/charts`, without `oci://`) that holds every chart under its own name and version. */
  readonly charts?: string;
  /** Git repository that mirrors `kubernetes-sigs/gateway-api` with its tags. */
  readonly gatewayApi?: string;
}

/** The Argo CD that reads this repository. */
export interface ArgoCD {
  /** Its namespace. Default `argocd`. */
  readonly namespace?: Name;
  /** Whether to add health checks and difference rules to its ConfigMap `argocd-cm`. Waves between Applications need them. Default true. */
  readonly configure?: boolean;
}

/** The Gateway through which models and pages are reached. */
export interface Gateway {
  /** Its namespace. Default `traefik`. */
  readonly namespace?: Name;
  /** Its name. Default `traefik-gateway`. */
  readonly name?: Name;
  /** Its GatewayClass. Where Traefik is there without `platform.traefik`, a `mirror` needs its CRDs and its provider for them. Default `traefik`. */
  readonly className?: Name;
  /** Scheme of the public addresses. `https` needs `tls`. Default `https` with `tls`, else `http`. */
  readonly urlScheme?: 'http' | 'https';
  /** The certificate of the HTTPS listener. Leave it out for HTTP alone. */
  readonly tls?: TLS;
}

/** The certificate of the HTTPS listener. Leave it out for HTTP alone. */
export interface TLS {
  /** Secret with the certificate for `*.<domain>`, in the Gateway's namespace. Default `gateway-tls`. */
  readonly secret?: Name;
  /** Who signs it: `self-signed`, `acme` (Let's Encrypt, DNS-01 through Route 53), or `existing` for a Secret that you provide yourself. */
  readonly issuer: 'self-signed' | 'acme' | 'existing';
  /** Contact for the ACME account; `acme` needs it. */
  readonly email?: string;
}

/** The S3 bucket that holds the artifacts. */
export interface Storage {
  /** Bucket name. */
  readonly bucket: string;
  /** AWS region, for example `ca-central-1`. */
  readonly region: string;
  /** URL of an S3-compatible server. Leave it out for AWS, where the region alone gives the address. */
  readonly endpoint?: string;
  /** Prefix in the bucket under which MLflow keeps its artifacts. Default `mlflow`. */
  readonly mlflowPath?: string;
}

/** How pods authenticate to S3. */
export interface Credentials {
  /** `static`: an IAM user's access key in a SealedSecret. `irsa`: an IAM role for the ServiceAccount (EKS), no stored key. */
  readonly kind: 'static' | 'irsa';
  /** Name of the Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in every namespace that needs it. Default `mlops-aws-credentials`. Only with `static`. */
  readonly secret?: Name;
  /** Name of the ServiceAccount that model pods use. Default `sa-s3-access`. */
  readonly serviceAccount?: Name;
  /** AWS account number, 12 digits. Only with `irsa`. */
  readonly accountId?: string;
  /** The cluster's OIDC provider without scheme, for example `oidc.eks.ca-central-1.amazonaws.com/id/…`. Only with `irsa`. */
  readonly oidcProvider?: string;
}

/** A team: its namespace, AppProject and quota. */
export interface Team {
  /** Name, as in a model's `owner`. */
  readonly name: Name;
  /** Namespace of its models. Default: the team's name. */
  readonly namespace?: Name;
  /** What the team's pods may request together. Leave it out for no limit. */
  readonly quota?: Quota;
}

/** What the team's pods may request together. Leave it out for no limit. */
export interface Quota {
  /** Sum of CPU requests. */
  readonly cpu?: CpuQuantity;
  /** Sum of memory requests and of memory limits. */
  readonly memory?: MemoryQuantity;
  /** Number of GPUs. */
  readonly gpu?: number;
  /** Number of pods. */
  readonly pods?: number;
}

/** The KServe release and how its controller is set up. */
export interface KServe {
  /** Release. Charts and fields follow it; before you change it, read what `npm run upgrade -- plan --cluster <name> --to <release>` says. */
  readonly version: 'v0.16.0' | 'v0.17.0' | 'v0.18.0' | 'v0.19.0' | 'v0.20.0';
  /** Namespace of the controller. Its CRDs name `kserve`, so only that works with v0.16.0. */
  readonly namespace?: 'kserve';
}

/** The runtime `onnx-node`, built from `predictor/` in this repository. */
export interface Predictor {
  /** Image reference; pin it by digest (`…@sha256:…`) in production. */
  readonly image?: Image;
  /** Whether each model with an example is asked it after every sync, by a Job of the same image. Default true. */
  readonly smoke?: boolean;
  /** Requests of a model that sets none of its own. */
  readonly resources?: RuntimeResources;
}

/** Requests of a model that sets none of its own. */
export interface RuntimeResources {
  /** CPU request. Default `250m`. */
  readonly cpu?: CpuQuantity;
  /** Memory request and limit. Default `512Mi`. */
  readonly memory?: MemoryQuantity;
}

/** The page where people use the models. */
export interface ClientPage {
  /** Whether the cluster gets the client and the routes to it. Default false. */
  readonly enabled?: boolean;
  /** Its namespace. Default `model-client`. */
  readonly namespace?: Name;
  /** Name of its Service. Default `model-client`. */
  readonly service?: Name;
  /** Port of its Service. Default 8501. */
  readonly port?: number;
  /** First label of the catalogue's host. Default `models`. */
  readonly hostname?: string;
  /** Image built from `client/`; pin it by digest (`…@sha256:…`) in production. */
  readonly image?: Image;
  /** Pods. Default 2. */
  readonly replicas?: number;
}

/** What the cluster's nodes cost, for `npm run capacity`. */
export interface Prices {
  /** One CPU for one hour. */
  readonly cpuHour: number;
  /** One GiB of memory for one hour. */
  readonly memoryGiBHour: number;
  /** One GPU for one hour. */
  readonly gpuHour?: number;
  /** Currency of the prices, three letters (ISO 4217). */
  readonly currency: string;
}

/** How strictly each rule about the made objects is held. */
export interface Policy {
  /** CPU and memory are requested for every container. Default `error`. */
  readonly resources?: Level;
  /** Every container has a limit of memory. Default `error`. */
  readonly memoryLimit?: Level;
  /** No image is called `latest`, or has no tag. Default `error`. */
  readonly imageLatest?: Level;
  /** Every image is pinned by digest. Default `off`. An image of your own has none before it is built; `error` suits production. */
  readonly imageDigest?: Level;
  /** No container runs as root. Default `error`. */
  readonly nonRoot?: Level;
  /** No process may get more rights than its parent. Default `error`. */
  readonly privilegeEscalation?: Level;
  /** The root file system cannot be written. Default `error`. */
  readonly readOnlyRoot?: Level;
  /** No variable that is called like a secret has its value in the manifest. Default `error`. */
  readonly secretsInEnv?: Level;
  /** No SealedSecret can be opened in any namespace. Default `error`. */
  readonly sealingScope?: Level;
  /** Every route names its hosts, without `*`. Default `error`. */
  readonly wildcardRoutes?: Level;
  /** No model can be reached from outside of the cluster. Default `off`. */
  readonly clusterLocal?: Level;
  /** Every model has at least two replicas and a PodDisruptionBudget. Default `off`. */
  readonly replicas?: Level;
  /** Every served version has its SHA-256. Default `off`. KServe's own runtimes do not hold it. */
  readonly artifactDigest?: Level;
}

/** An exception from one rule for one model or one object. */
export interface Waiver {
  /** The rule of `policy`. */
  readonly rule: PolicyRule;
  /** Name of the model whose objects are excepted. Either this or `object`. */
  readonly model?: Name;
  /** The object that is excepted, as `<Kind> <namespace>/<name>`, or `<Kind> <name>` without a namespace. */
  readonly object?: string;
  /** Why it cannot be kept yet. */
  readonly reason: string;
  /** Last day on which it holds, as `YYYY-MM-DD`. Fourteen days before, `verify` warns; after it, it is an error. */
  readonly until: string;
  /** Who will mend it. */
  readonly owner: string;
}

/** Parts installed beside KServe. Switch one off where the cluster already has it; name a version to move from the default. */
export interface Platform {
  /** Gateway API CRDs, standard channel. */
  readonly gatewayApi?: Part;
  /** cert-manager, which KServe's webhooks need. */
  readonly certManager?: Part;
  /** Sealed Secrets controller. */
  readonly sealedSecrets?: Part;
  /** Traefik, the Gateway's implementation, and the Gateway itself. A `mirror` needs its chart from 41.0.0 on. */
  readonly traefik?: Part;
  /** MLflow tracking server and model registry; its database is on a volume of the default StorageClass. Default off. */
  readonly mlflow?: Part;
  /** JupyterHub, where models are trained. Default off. */
  readonly jupyterhub?: JupyterHub;
  /** KEDA, for models whose replicas follow the predictor's metrics. Default off. */
  readonly keda?: Part;
  /** Prometheus Operator with Prometheus and Grafana; also switches the PodMonitors. Default off. */
  readonly monitoring?: Part;
}

/** JupyterHub, where models are trained. Default off. */
export interface JupyterHub {
  /** Whether it is installed. */
  readonly enabled?: boolean;
  /** Chart or release version. */
  readonly version?: string;
  /** Image of users' servers, with a tag: one that has `jupyterhub-singleuser`, MLflow and the libraries that models are trained with. Default: the chart's, which has Jupyter alone. */
  readonly image?: string;
}
