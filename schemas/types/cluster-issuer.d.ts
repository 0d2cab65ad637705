/** Made from schemas/kubernetes/cert-manager.io/clusterissuer_v1.json by `npm run schemas`; do not edit. */

export interface ClusterIssuer {
  readonly apiVersion: 'cert-manager.io/v1';
  readonly kind: 'ClusterIssuer';
  readonly metadata: Metadata;
  readonly spec: ClusterIssuerSpec;
}

export interface Acme {
  readonly caBundle?: string;
  readonly disableAccountKeyGeneration?: boolean;
  readonly email?: string;
  readonly enableDurationFeature?: boolean;
  readonly externalAccountBinding?: ExternalAccountBinding;
  readonly preferredChain?: string;
  readonly privateKeySecretRef: PrivateKeySecretRef;
  readonly profile?: string;
  readonly server: string;
  readonly skipTLSVerify?: boolean;
  readonly solvers?: readonly Solver[];
}

export interface AcmeDNS {
  readonly accountSecretRef: PrivateKeySecretRef;
  readonly host: string;
}

export interface Affinity {
  readonly nodeAffinity?: NodeAffinity;
  readonly podAffinity?: PodAffinity;
  readonly podAntiAffinity?: PodAffinity;
}

export interface Akamai {
  readonly accessTokenSecretRef: PrivateKeySecretRef;
  readonly clientSecretSecretRef: PrivateKeySecretRef;
  readonly clientTokenSecretRef: PrivateKeySecretRef;
  readonly serviceConsumerDomain: string;
}

export interface AppRole {
  readonly path: string;
  readonly roleId: string;
  readonly secretRef: PrivateKeySecretRef;
}

export interface Auth {
  readonly appRole?: AppRole;
  readonly clientCertificate?: ClientCertificate;
  readonly kubernetes?: Kubernetes;
  readonly tokenSecretRef?: PrivateKeySecretRef;
}

export interface AuthKubernetes {
  readonly serviceAccountRef: ServiceAccountRef;
}

export interface AzureDNS {
  readonly clientID?: string;
  readonly clientSecretSecretRef?: PrivateKeySecretRef;
  readonly environment?: 'AzurePublicCloud' | 'AzureChinaCloud' | 'AzureGermanCloud' | 'AzureUSGovernmentCloud';
  readonly hostedZoneName?: string;
  readonly managedIdentity?: ManagedIdentity;
  readonly resourceGroupName: string;
  readonly subscriptionID: string;
  readonly tenantID?: string;
}

export interface Ca {
  readonly crlDistributionPoints?: readonly string[];
  readonly issuingCertificateURLs?: readonly string[];
  readonly ocspServers?: readonly string[];
  readonly secretName: string;
}

export interface ClientCertificate {
  readonly mountPath?: string;
  readonly name?: string;
  readonly secretName?: string;
}

export interface Cloud {
  readonly apiTokenSecretRef: PrivateKeySecretRef;
  readonly url?: string;
}

export interface CloudDNS {
  readonly hostedZoneName?: string;
  readonly project: string;
  readonly serviceAccountSecretRef?: PrivateKeySecretRef;
}

export interface Cloudflare {
  readonly apiKeySecretRef?: PrivateKeySecretRef;
  readonly apiTokenSecretRef?: PrivateKeySecretRef;
  readonly email?: string;
}

export interface ClusterIssuerSpec {
  readonly acme?: Acme;
  readonly ca?: Ca;
  readonly selfSigned?: SelfSigned;
  readonly vault?: Vault;
  readonly venafi?: Venafi;
}

export interface CredentialsRef {
  readonly name: string;
}

export interface Digitalocean {
  readonly tokenSecretRef: PrivateKeySecretRef;
}

export interface Dns01 {
  readonly acmeDNS?: AcmeDNS;
  readonly akamai?: Akamai;
  readonly azureDNS?: AzureDNS;
  readonly cloudDNS?: CloudDNS;
  readonly cloudflare?: Cloudflare;
  readonly cnameStrategy?: 'None' | 'Follow';
  readonly digitalocean?: Digitalocean;
  readonly rfc2136?: Rfc2136;
  readonly route53?: Route53;
  readonly webhook?: Webhook;
}

export interface ExternalAccountBinding {
  readonly keyAlgorithm?: 'HS256' | 'HS384' | 'HS512';
  readonly keyID: string;
  readonly keySecretRef: PrivateKeySecretRef;
}

export interface GatewayHTTPRoute {
  readonly labels?: Readonly<Record<string, string>>;
  readonly parentRefs?: readonly ParentRef[];
  readonly podTemplate?: PodTemplate;
  readonly serviceType?: string;
}

export interface Http01 {
  readonly gatewayHTTPRoute?: GatewayHTTPRoute;
  readonly ingress?: Ingress;
}

export interface ImagePullSecret {
  readonly name?: string;
}

export interface Ingress {
  readonly class?: string;
  readonly ingressClassName?: string;
  readonly ingressTemplate?: IngressTemplate;
  readonly name?: string;
  readonly podTemplate?: PodTemplate;
  readonly serviceType?: string;
}

export interface IngressTemplate {
  readonly metadata?: PodTemplateMetadata;
}

export interface Kubernetes {
  readonly mountPath?: string;
  readonly role: string;
  readonly secretRef?: PrivateKeySecretRef;
  readonly serviceAccountRef?: ServiceAccountRef;
}

export interface LabelSelector {
  readonly matchExpressions?: readonly MatchExpression[];
  readonly matchLabels?: Readonly<Record<string, string>>;
}

export interface ManagedIdentity {
  readonly clientID?: string;
  readonly resourceID?: string;
  readonly tenantID?: string;
}

export interface MatchExpression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

export interface Metadata {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly name: string;
}

export interface NodeAffinity {
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly PreferredDuringSchedulingIgnoredDuringExecution[];
  readonly requiredDuringSchedulingIgnoredDuringExecution?: RequiredDuringSchedulingIgnoredDuringExecution;
}

export interface ParentRef {
  readonly group?: string;
  readonly kind?: string;
  readonly name: string;
  readonly namespace?: string;
  readonly port?: number;
  readonly sectionName?: string;
}

export interface PodAffinity {
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly PodAffinityPreferredDuringSchedulingIgnoredDuringExecution[];
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodAffinityRequiredDuringSchedulingIgnoredDuringExecution[];
}

export interface PodAffinityPreferredDuringSchedulingIgnoredDuringExecution {
  readonly podAffinityTerm: PodAffinityRequiredDuringSchedulingIgnoredDuringExecution;
  readonly weight: number;
}

export interface PodAffinityRequiredDuringSchedulingIgnoredDuringExecution {
  readonly labelSelector?: LabelSelector;
  readonly matchLabelKeys?: readonly string[];
  readonly mismatchLabelKeys?: readonly string[];
  readonly namespaceSelector?: LabelSelector;
  readonly namespaces?: readonly string[];
  readonly topologyKey: string;
}

export interface PodTemplate {
  readonly metadata?: PodTemplateMetadata;
  readonly spec?: Spec;
}

export interface PodTemplateMetadata {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Preference {
  readonly matchExpressions?: readonly MatchExpression[];
  readonly matchFields?: readonly MatchExpression[];
}

export interface PreferredDuringSchedulingIgnoredDuringExecution {
  readonly preference: Preference;
  readonly weight: number;
}

export interface PrivateKeySecretRef {
  readonly key?: string;
  readonly name: string;
}

export interface RequiredDuringSchedulingIgnoredDuringExecution {
  readonly nodeSelectorTerms: readonly Preference[];
}

export interface Rfc2136 {
  readonly nameserver: string;
  readonly tsigAlgorithm?: string;
  readonly tsigKeyName?: string;
  readonly tsigSecretSecretRef?: PrivateKeySecretRef;
}

export interface Route53 {
  readonly accessKeyID?: string;
  readonly accessKeyIDSecretRef?: PrivateKeySecretRef;
  readonly auth?: Route53Auth;
  readonly hostedZoneID?: string;
  readonly region?: string;
  readonly role?: string;
  readonly secretAccessKeySecretRef?: PrivateKeySecretRef;
}

export interface Route53Auth {
  readonly kubernetes: AuthKubernetes;
}

export interface SeLinuxOptions {
  readonly level?: string;
  readonly role?: string;
  readonly type?: string;
  readonly user?: string;
}

export interface SeccompProfile {
  readonly localhostProfile?: string;
  readonly type: string;
}

export interface SecurityContext {
  readonly fsGroup?: number;
  readonly fsGroupChangePolicy?: string;
  readonly runAsGroup?: number;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly seLinuxOptions?: SeLinuxOptions;
  readonly seccompProfile?: SeccompProfile;
  readonly supplementalGroups?: readonly number[];
  readonly sysctls?: readonly Sysctl[];
}

export interface Selector {
  readonly dnsNames?: readonly string[];
  readonly dnsZones?: readonly string[];
  readonly matchLabels?: Readonly<Record<string, string>>;
}

export interface SelfSigned {
  readonly crlDistributionPoints?: readonly string[];
}

export interface ServiceAccountRef {
  readonly audiences?: readonly string[];
  readonly name: string;
}

export interface Solver {
  readonly dns01?: Dns01;
  readonly http01?: Http01;
  readonly selector?: Selector;
}

export interface Spec {
  readonly affinity?: Affinity;
  readonly imagePullSecrets?: readonly ImagePullSecret[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly priorityClassName?: string;
  readonly securityContext?: SecurityContext;
  readonly serviceAccountName?: string;
  readonly tolerations?: readonly Toleration[];
}

export interface Sysctl {
  readonly name: string;
  readonly value: string;
}

export interface Toleration {
  readonly effect?: string;
  readonly key?: string;
  readonly operator?: string;
  readonly tolerationSeconds?: number;
  readonly value?: string;
}

export interface Tpp {
  readonly caBundle?: string;
  readonly caBundleSecretRef?: PrivateKeySecretRef;
  readonly credentialsRef: CredentialsRef;
  readonly url: string;
}

export interface Vault {
  readonly auth: Auth;
  readonly caBundle?: string;
  readonly caBundleSecretRef?: PrivateKeySecretRef;
  readonly clientCertSecretRef?: PrivateKeySecretRef;
  readonly clientKeySecretRef?: PrivateKeySecretRef;
  readonly namespace?: string;
  readonly path: string;
  readonly server: string;
  readonly serverName?: string;
}

export interface Venafi {
  readonly cloud?: Cloud;
  readonly tpp?: Tpp;
  readonly zone: string;
}

export interface Webhook {
  readonly config?: unknown;
  readonly groupName: string;
  readonly solverName: string;
}
