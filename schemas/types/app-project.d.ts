/** Made from schemas/kubernetes/argoproj.io/appproject_v1alpha1.json by `npm run schemas`; do not edit. */

export interface AppProject {
  readonly apiVersion: 'argoproj.io/v1alpha1';
  readonly kind: 'AppProject';
  readonly metadata: Metadata;
  readonly spec: AppProjectSpec;
}

export interface AppProjectSpec {
  readonly clusterResourceBlacklist?: readonly ClusterResourceBlacklist[];
  readonly clusterResourceWhitelist?: readonly ClusterResourceBlacklist[];
  readonly description?: string;
  readonly destinationServiceAccounts?: readonly DestinationServiceAccount[];
  readonly destinations?: readonly Destination[];
  readonly namespaceResourceBlacklist?: readonly ClusterResourceBlacklist[];
  readonly namespaceResourceWhitelist?: readonly ClusterResourceBlacklist[];
  readonly orphanedResources?: OrphanedResources;
  readonly permitOnlyProjectScopedClusters?: boolean;
  readonly roles?: readonly Role[];
  readonly signatureKeys?: readonly SignatureKey[];
  readonly sourceNamespaces?: readonly string[];
  readonly sourceRepos?: readonly string[];
  readonly syncWindows?: readonly SyncWindow[];
}

export interface ClusterResourceBlacklist {
  readonly group: string;
  readonly kind: string;
}

export interface Destination {
  readonly name?: string;
  readonly namespace?: string;
  readonly server?: string;
}

export interface DestinationServiceAccount {
  readonly defaultServiceAccount: string;
  readonly namespace?: string;
  readonly server: string;
}

export interface Ignore {
  readonly group?: string;
  readonly kind?: string;
  readonly name?: string;
}

export interface JwtToken {
  readonly exp?: number;
  readonly iat: number;
  readonly id?: string;
}

export interface Metadata {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly name: string;
  readonly namespace?: string;
}

export interface OrphanedResources {
  readonly ignore?: readonly Ignore[];
  readonly warn?: boolean;
}

export interface Role {
  readonly description?: string;
  readonly groups?: readonly string[];
  readonly jwtTokens?: readonly JwtToken[];
  readonly name: string;
  readonly policies?: readonly string[];
}

export interface SignatureKey {
  readonly keyID: string;
}

export interface SyncWindow {
  readonly andOperator?: boolean;
  readonly applications?: readonly string[];
  readonly clusters?: readonly string[];
  readonly description?: string;
  readonly duration?: string;
  readonly kind?: string;
  readonly manualSync?: boolean;
  readonly namespaces?: readonly string[];
  readonly schedule?: string;
  readonly timeZone?: string;
}
