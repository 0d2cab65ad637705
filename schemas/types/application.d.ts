/** Made from schemas/kubernetes/argoproj.io/application_v1alpha1.json by `npm run schemas`; do not edit. */

export interface Application {
  readonly apiVersion: 'argoproj.io/v1alpha1';
  readonly kind: 'Application';
  readonly metadata: Metadata;
  readonly operation?: ApplicationOperation;
  readonly spec: ApplicationSpec;
}

export interface ApplicationOperation {
  readonly info?: readonly Info[];
  readonly initiatedBy?: InitiatedBy;
  readonly retry?: Retry;
  readonly sync?: Sync;
}

export interface ApplicationSpec {
  readonly destination: Destination;
  readonly ignoreDifferences?: readonly IgnoreDifference[];
  readonly info?: readonly Info[];
  readonly project: string;
  readonly revisionHistoryLimit?: number;
  readonly source?: Source;
  readonly sourceHydrator?: SourceHydrator;
  readonly sources?: readonly Source[];
  readonly syncPolicy?: SyncPolicy;
}

export interface Apply {
  readonly force?: boolean;
}

export interface Automated {
  readonly allowEmpty?: boolean;
  readonly enabled?: boolean;
  readonly prune?: boolean;
  readonly selfHeal?: boolean;
}

export interface Backoff {
  readonly duration?: string;
  readonly factor?: number;
  readonly maxDuration?: string;
}

export interface Destination {
  readonly name?: string;
  readonly namespace?: string;
  readonly server?: string;
}

export interface Directory {
  readonly exclude?: string;
  readonly include?: string;
  readonly jsonnet?: Jsonnet;
  readonly recurse?: boolean;
}

export interface DrySource {
  readonly path: string;
  readonly repoURL: string;
  readonly targetRevision: string;
}

export interface ExtVar {
  readonly code?: boolean;
  readonly name: string;
  readonly value: string;
}

export interface FileParameter {
  readonly name?: string;
  readonly path?: string;
}

export interface Helm {
  readonly apiVersions?: readonly string[];
  readonly fileParameters?: readonly FileParameter[];
  readonly ignoreMissingValueFiles?: boolean;
  readonly kubeVersion?: string;
  readonly namespace?: string;
  readonly parameters?: readonly Parameter[];
  readonly passCredentials?: boolean;
  readonly releaseName?: string;
  readonly skipCrds?: boolean;
  readonly skipSchemaValidation?: boolean;
  readonly skipTests?: boolean;
  readonly valueFiles?: readonly string[];
  readonly values?: string;
  readonly valuesObject?: Readonly<Record<string, unknown>>;
  readonly version?: string;
}

export interface HydrateTo {
  readonly targetBranch: string;
}

export interface IgnoreDifference {
  readonly group?: string;
  readonly jqPathExpressions?: readonly string[];
  readonly jsonPointers?: readonly string[];
  readonly kind: string;
  readonly managedFieldsManagers?: readonly string[];
  readonly name?: string;
  readonly namespace?: string;
}

export interface Info {
  readonly name: string;
  readonly value: string;
}

export interface InitiatedBy {
  readonly automated?: boolean;
  readonly username?: string;
}

export interface Jsonnet {
  readonly extVars?: readonly ExtVar[];
  readonly libs?: readonly string[];
  readonly tlas?: readonly ExtVar[];
}

export interface Kustomize {
  readonly apiVersions?: readonly string[];
  readonly commonAnnotations?: Readonly<Record<string, string>>;
  readonly commonAnnotationsEnvsubst?: boolean;
  readonly commonLabels?: Readonly<Record<string, string>>;
  readonly components?: readonly string[];
  readonly forceCommonAnnotations?: boolean;
  readonly forceCommonLabels?: boolean;
  readonly ignoreMissingComponents?: boolean;
  readonly images?: readonly string[];
  readonly kubeVersion?: string;
  readonly labelIncludeTemplates?: boolean;
  readonly labelWithoutSelector?: boolean;
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly namespace?: string;
  readonly patches?: readonly Patch[];
  readonly replicas?: readonly Replica[];
  readonly version?: string;
}

export interface ManagedNamespaceMetadata {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Metadata {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly name: string;
  readonly namespace?: string;
}

export interface Parameter {
  readonly forceString?: boolean;
  readonly name?: string;
  readonly value?: string;
}

export interface Patch {
  readonly options?: Readonly<Record<string, boolean>>;
  readonly patch?: string;
  readonly path?: string;
  readonly target?: Target;
}

export interface Plugin {
  readonly env?: readonly Info[];
  readonly name?: string;
  readonly parameters?: readonly PluginParameter[];
}

export interface PluginParameter {
  readonly array?: readonly string[];
  readonly map?: Readonly<Record<string, string>>;
  readonly name?: string;
  readonly string?: string;
}

export interface Replica {
  readonly count: number | string;
  readonly name: string;
}

export interface Resource {
  readonly group?: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface Retry {
  readonly backoff?: Backoff;
  readonly limit?: number;
  readonly refresh?: boolean;
}

export interface Source {
  readonly chart?: string;
  readonly directory?: Directory;
  readonly helm?: Helm;
  readonly kustomize?: Kustomize;
  readonly name?: string;
  readonly path?: string;
  readonly plugin?: Plugin;
  readonly ref?: string;
  readonly repoURL: string;
  readonly targetRevision?: string;
}

export interface SourceHydrator {
  readonly drySource: DrySource;
  readonly hydrateTo?: HydrateTo;
  readonly syncSource: SyncSource;
}

export interface Sync {
  readonly autoHealAttemptsCount?: number;
  readonly dryRun?: boolean;
  readonly manifests?: readonly string[];
  readonly prune?: boolean;
  readonly resources?: readonly Resource[];
  readonly revision?: string;
  readonly revisions?: readonly string[];
  readonly source?: Source;
  readonly sources?: readonly Source[];
  readonly syncOptions?: readonly string[];
  readonly syncStrategy?: SyncStrategy;
}

export interface SyncPolicy {
  readonly automated?: Automated;
  readonly managedNamespaceMetadata?: ManagedNamespaceMetadata;
  readonly retry?: Retry;
  readonly syncOptions?: readonly string[];
}

export interface SyncSource {
  readonly path: string;
  readonly targetBranch: string;
}

export interface SyncStrategy {
  readonly apply?: Apply;
  readonly hook?: Apply;
}

export interface Target {
  readonly annotationSelector?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly labelSelector?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly version?: string;
}
