/** Made from schemas/kubernetes/serving.kserve.io/v0.20.0/inferenceservice_v1beta1.json by `npm run schemas`; do not edit. */

export interface InferenceService {
  readonly apiVersion: 'serving.kserve.io/v1beta1';
  readonly kind: 'InferenceService';
  readonly metadata: Metadata;
  readonly spec?: InferenceServiceSpec;
}

export interface Affinity {
  readonly nodeAffinity?: NodeAffinity;
  readonly podAffinity?: PodAffinity;
  readonly podAntiAffinity?: PodAffinity;
}

export interface AppArmorProfile {
  readonly localhostProfile?: string;
  readonly type: string;
}

export interface Art {
  readonly args?: readonly string[];
  readonly command?: readonly string[];
  readonly config?: Readonly<Record<string, string>>;
  readonly env?: readonly Env[];
  readonly envFrom?: readonly EnvFrom[];
  readonly image?: string;
  readonly imagePullPolicy?: string;
  readonly lifecycle?: Lifecycle;
  readonly livenessProbe?: LivenessProbe;
  readonly name?: string;
  readonly ports?: readonly Port[];
  readonly readinessProbe?: LivenessProbe;
  readonly resizePolicy?: readonly ResizePolicy[];
  readonly resources?: Resources;
  readonly restartPolicy?: string;
  readonly restartPolicyRules?: readonly RestartPolicyRule[];
  readonly runtimeVersion?: string;
  readonly securityContext?: ArtSecurityContext;
  readonly startupProbe?: StartupProbe;
  readonly stdin?: boolean;
  readonly stdinOnce?: boolean;
  readonly storage?: Storage;
  readonly storageUri?: string;
  readonly terminationMessagePath?: string;
  readonly terminationMessagePolicy?: string;
  readonly tty?: boolean;
  readonly type?: string;
  readonly volumeDevices?: readonly VolumeDevice[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly workingDir?: string;
}

export interface ArtSecurityContext {
  readonly allowPrivilegeEscalation?: boolean;
  readonly appArmorProfile?: AppArmorProfile;
  readonly capabilities?: Capabilities;
  readonly privileged?: boolean;
  readonly procMount?: string;
  readonly readOnlyRootFilesystem?: boolean;
  readonly runAsGroup?: number;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly seLinuxOptions?: SeLinuxOptions;
  readonly seccompProfile?: AppArmorProfile;
  readonly windowsOptions?: WindowsOptions;
}

export interface AuthenticationRef {
  readonly authModes?: string;
  readonly authenticationRef: SchedulingGate;
}

export interface AutoScaling {
  readonly behavior?: Behavior;
  readonly metrics?: readonly Metric[];
}

export interface AwsElasticBlockStore {
  readonly fsType?: string;
  readonly partition?: number;
  readonly readOnly?: boolean;
  readonly volumeID: string;
}

export interface AzureDisk {
  readonly cachingMode?: string;
  readonly diskName: string;
  readonly diskURI: string;
  readonly fsType?: string;
  readonly kind?: string;
  readonly readOnly?: boolean;
}

export interface AzureFile {
  readonly readOnly?: boolean;
  readonly secretName: string;
  readonly shareName: string;
}

export interface Batcher {
  readonly maxBatchSize?: number;
  readonly maxLatency?: number;
  readonly timeout?: number;
}

export interface Behavior {
  readonly scaleDown?: ScaleDown;
  readonly scaleUp?: ScaleDown;
}

export interface Canary {
  readonly predictor: CanaryPredictor;
  readonly trafficPercent: number;
}

export interface CanaryPredictor {
  readonly activeDeadlineSeconds?: number;
  readonly affinity?: Affinity;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly autoScaling?: AutoScaling;
  readonly automountServiceAccountToken?: boolean;
  readonly batcher?: Batcher;
  readonly canaryTrafficPercent?: number;
  readonly containerConcurrency?: number;
  readonly containers?: readonly InitContainer[];
  readonly deploymentStrategy?: DeploymentStrategy;
  readonly dnsConfig?: DnsConfig;
  readonly dnsPolicy?: string;
  readonly enableServiceLinks?: boolean;
  readonly ephemeralContainers?: readonly EphemeralContainer[];
  readonly hostAliases?: readonly HostAlias[];
  readonly hostIPC?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostUsers?: boolean;
  readonly hostname?: string;
  readonly hostnameOverride?: string;
  readonly huggingface?: PredictorHuggingface;
  readonly imagePullSecrets?: readonly ImagePullSecret[];
  readonly initContainers?: readonly InitContainer[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly lightgbm?: PredictorHuggingface;
  readonly logger?: Logger;
  readonly maxReplicas?: number;
  readonly minReplicas?: number;
  readonly model?: PredictorModel;
  readonly name?: string;
  readonly nodeName?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly onnx?: PredictorHuggingface;
  readonly os?: SchedulingGate;
  readonly overhead?: Readonly<Record<string, Overhead>>;
  readonly paddle?: PredictorHuggingface;
  readonly pmml?: PredictorHuggingface;
  readonly preemptionPolicy?: string;
  readonly priority?: number;
  readonly priorityClassName?: string;
  readonly pytorch?: PredictorHuggingface;
  readonly readinessGates?: readonly ReadinessGate[];
  readonly resourceClaims?: readonly ResourceClaim[];
  readonly resources?: Resources;
  readonly restartPolicy?: string;
  readonly runtimeClassName?: string;
  readonly scaleMetric?: 'cpu' | 'memory' | 'concurrency' | 'rps';
  readonly scaleMetricType?: 'Utilization' | 'Value' | 'AverageValue';
  readonly scaleTarget?: number;
  readonly schedulerName?: string;
  readonly schedulingGates?: readonly SchedulingGate[];
  readonly securityContext?: SecurityContext;
  readonly serviceAccount?: string;
  readonly serviceAccountName?: string;
  readonly setHostnameAsFQDN?: boolean;
  readonly shareProcessNamespace?: boolean;
  readonly sklearn?: PredictorHuggingface;
  readonly storageContainerName?: string;
  readonly storageUris?: readonly StorageUri[];
  readonly subdomain?: string;
  readonly tensorflow?: PredictorHuggingface;
  readonly terminationGracePeriodSeconds?: number;
  readonly timeout?: number;
  readonly tolerations?: readonly Toleration[];
  readonly topologySpreadConstraints?: readonly TopologySpreadConstraint[];
  readonly triton?: PredictorHuggingface;
  readonly volumes?: readonly Volume[];
  readonly workerSpec?: WorkerSpec;
  readonly xgboost?: PredictorHuggingface;
}

export interface Capabilities {
  readonly add?: readonly string[];
  readonly drop?: readonly string[];
}

export interface Cephfs {
  readonly monitors: readonly string[];
  readonly path?: string;
  readonly readOnly?: boolean;
  readonly secretFile?: string;
  readonly secretRef?: ImagePullSecret;
  readonly user?: string;
}

export interface Cinder {
  readonly fsType?: string;
  readonly readOnly?: boolean;
  readonly secretRef?: ImagePullSecret;
  readonly volumeID: string;
}

export interface Claim {
  readonly name: string;
  readonly request?: string;
}

export interface ClusterTrustBundle {
  readonly labelSelector?: LabelSelector;
  readonly name?: string;
  readonly optional?: boolean;
  readonly path: string;
  readonly signerName?: string;
}

export interface Confidential {
  readonly enabled: boolean;
  readonly resourceId?: string;
}

export interface ConfigMap {
  readonly defaultMode?: number;
  readonly items?: readonly Item[];
  readonly name?: string;
  readonly optional?: boolean;
}

export interface ConfigMapKeyRef {
  readonly key: string;
  readonly name?: string;
  readonly optional?: boolean;
}

export interface ConfigMapRef {
  readonly name?: string;
  readonly optional?: boolean;
}

export interface Container {
  readonly args?: readonly string[];
  readonly command?: readonly string[];
  readonly env?: readonly Env[];
  readonly envFrom?: readonly EnvFrom[];
  readonly image?: string;
  readonly imagePullPolicy?: string;
  readonly lifecycle?: Lifecycle;
  readonly livenessProbe?: ContainerLivenessProbe;
  readonly name: string;
  readonly ports?: readonly Port[];
  readonly readinessProbe?: ContainerLivenessProbe;
  readonly resizePolicy?: readonly ResizePolicy[];
  readonly resources?: Resources;
  readonly restartPolicy?: string;
  readonly restartPolicyRules?: readonly RestartPolicyRule[];
  readonly securityContext?: ArtSecurityContext;
  readonly startupProbe?: StartupProbe;
  readonly stdin?: boolean;
  readonly stdinOnce?: boolean;
  readonly terminationMessagePath?: string;
  readonly terminationMessagePolicy?: string;
  readonly tty?: boolean;
  readonly volumeDevices?: readonly VolumeDevice[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly workingDir?: string;
}

export interface ContainerLivenessProbe {
  readonly exec?: Exec;
  readonly failureThreshold?: number;
  readonly grpc?: Grpc;
  readonly httpGet?: HttpGet;
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly successThreshold?: number;
  readonly tcpSocket?: StartupProbeTcpSocket;
  readonly terminationGracePeriodSeconds?: number;
  readonly timeoutSeconds?: number;
}

export interface Csi {
  readonly driver: string;
  readonly fsType?: string;
  readonly nodePublishSecretRef?: ImagePullSecret;
  readonly readOnly?: boolean;
  readonly volumeAttributes?: Readonly<Record<string, string>>;
}

export interface DataSource {
  readonly apiGroup?: string;
  readonly kind: string;
  readonly name: string;
}

export interface DataSourceRef {
  readonly apiGroup?: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface DeploymentStrategy {
  readonly rollingUpdate?: RollingUpdate;
  readonly type?: string;
}

export interface DnsConfig {
  readonly nameservers?: readonly string[];
  readonly options?: readonly Option[];
  readonly searches?: readonly string[];
}

export interface DownwardAPI {
  readonly defaultMode?: number;
  readonly items?: readonly DownwardAPIItem[];
}

export interface DownwardAPIItem {
  readonly fieldRef?: FieldRef;
  readonly mode?: number;
  readonly path: string;
  readonly resourceFieldRef?: ResourceFieldRef;
}

export interface EmptyDir {
  readonly medium?: string;
  readonly sizeLimit?: Overhead;
}

export interface Env {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: ValueFrom;
}

export interface EnvFrom {
  readonly configMapRef?: ConfigMapRef;
  readonly prefix?: string;
  readonly secretRef?: ConfigMapRef;
}

export interface Ephemeral {
  readonly volumeClaimTemplate?: VolumeClaimTemplate;
}

export interface EphemeralContainer {
  readonly args?: readonly string[];
  readonly command?: readonly string[];
  readonly env?: readonly Env[];
  readonly envFrom?: readonly EnvFrom[];
  readonly image?: string;
  readonly imagePullPolicy?: string;
  readonly lifecycle?: Lifecycle;
  readonly livenessProbe?: StartupProbe;
  readonly name: string;
  readonly ports?: readonly Port[];
  readonly readinessProbe?: StartupProbe;
  readonly resizePolicy?: readonly ResizePolicy[];
  readonly resources?: Resources;
  readonly restartPolicy?: string;
  readonly restartPolicyRules?: readonly RestartPolicyRule[];
  readonly securityContext?: ArtSecurityContext;
  readonly startupProbe?: StartupProbe;
  readonly stdin?: boolean;
  readonly stdinOnce?: boolean;
  readonly targetContainerName?: string;
  readonly terminationMessagePath?: string;
  readonly terminationMessagePolicy?: string;
  readonly tty?: boolean;
  readonly volumeDevices?: readonly VolumeDevice[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly workingDir?: string;
}

export interface Exec {
  readonly command?: readonly string[];
}

export interface ExitCodes {
  readonly operator: string;
  readonly values?: readonly number[];
}

export interface Explainer {
  readonly activeDeadlineSeconds?: number;
  readonly affinity?: Affinity;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly art?: Art;
  readonly autoScaling?: AutoScaling;
  readonly automountServiceAccountToken?: boolean;
  readonly batcher?: Batcher;
  readonly canaryTrafficPercent?: number;
  readonly containerConcurrency?: number;
  readonly containers?: readonly Container[];
  readonly deploymentStrategy?: DeploymentStrategy;
  readonly dnsConfig?: DnsConfig;
  readonly dnsPolicy?: string;
  readonly enableServiceLinks?: boolean;
  readonly hostAliases?: readonly HostAlias[];
  readonly hostIPC?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostUsers?: boolean;
  readonly hostname?: string;
  readonly hostnameOverride?: string;
  readonly imagePullSecrets?: readonly ImagePullSecret[];
  readonly initContainers?: readonly InitContainer[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly logger?: Logger;
  readonly maxReplicas?: number;
  readonly minReplicas?: number;
  readonly nodeName?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly os?: Os;
  readonly overhead?: Readonly<Record<string, Overhead>>;
  readonly preemptionPolicy?: string;
  readonly priority?: number;
  readonly priorityClassName?: string;
  readonly readinessGates?: readonly ReadinessGate[];
  readonly resourceClaims?: readonly ResourceClaim[];
  readonly resources?: Resources;
  readonly restartPolicy?: string;
  readonly runtimeClassName?: string;
  readonly scaleMetric?: 'cpu' | 'memory' | 'concurrency' | 'rps';
  readonly scaleMetricType?: 'Utilization' | 'Value' | 'AverageValue';
  readonly scaleTarget?: number;
  readonly schedulerName?: string;
  readonly schedulingGates?: readonly SchedulingGate[];
  readonly securityContext?: SecurityContext;
  readonly serviceAccount?: string;
  readonly serviceAccountName?: string;
  readonly setHostnameAsFQDN?: boolean;
  readonly shareProcessNamespace?: boolean;
  readonly storageUris?: readonly StorageUri[];
  readonly subdomain?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly timeout?: number;
  readonly tolerations?: readonly Toleration[];
  readonly topologySpreadConstraints?: readonly TopologySpreadConstraint[];
  readonly volumes?: readonly Volume[];
}

export interface External {
  readonly authenticationRef?: AuthenticationRef;
  readonly metric: ExternalMetric;
  readonly target: Target;
}

export interface ExternalMetric {
  readonly backend?: 'prometheus' | 'graphite';
  readonly namespace?: string;
  readonly query?: string;
  readonly serverAddress?: string;
}

export interface Fc {
  readonly fsType?: string;
  readonly lun?: number;
  readonly readOnly?: boolean;
  readonly targetWWNs?: readonly string[];
  readonly wwids?: readonly string[];
}

export interface FieldRef {
  readonly apiVersion?: string;
  readonly fieldPath: string;
}

export interface FileKeyRef {
  readonly key: string;
  readonly optional?: boolean;
  readonly path: string;
  readonly volumeName: string;
}

export interface FlexVolume {
  readonly driver: string;
  readonly fsType?: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly readOnly?: boolean;
  readonly secretRef?: ImagePullSecret;
}

export interface Flocker {
  readonly datasetName?: string;
  readonly datasetUUID?: string;
}

export interface GcePersistentDisk {
  readonly fsType?: string;
  readonly partition?: number;
  readonly pdName: string;
  readonly readOnly?: boolean;
}

export interface GitRepo {
  readonly directory?: string;
  readonly repository: string;
  readonly revision?: string;
}

export interface Glusterfs {
  readonly endpoints: string;
  readonly path: string;
  readonly readOnly?: boolean;
}

export interface Grpc {
  readonly port: number;
  readonly service?: string;
}

export interface HostAlias {
  readonly hostnames?: readonly string[];
  readonly ip: string;
}

export interface HostPath {
  readonly path: string;
  readonly type?: string;
}

export interface HttpGet {
  readonly host?: string;
  readonly httpHeaders?: readonly Sysctl[];
  readonly path?: string;
  readonly port?: number | string;
  readonly scheme?: string;
}

export interface Huggingface {
  readonly args?: readonly string[];
  readonly command?: readonly string[];
  readonly confidential?: Confidential;
  readonly env?: readonly Env[];
  readonly envFrom?: readonly EnvFrom[];
  readonly image?: string;
  readonly imagePullPolicy?: string;
  readonly lifecycle?: Lifecycle;
  readonly livenessProbe?: LivenessProbe;
  readonly name?: string;
  readonly ports?: readonly Port[];
  readonly protocolVersion?: string;
  readonly readinessProbe?: LivenessProbe;
  readonly resizePolicy?: readonly ResizePolicy[];
  readonly resources?: Resources;
  readonly restartPolicy?: string;
  readonly restartPolicyRules?: readonly RestartPolicyRule[];
  readonly runtimeVersion?: string;
  readonly securityContext?: ArtSecurityContext;
  readonly startupProbe?: StartupProbe;
  readonly stdin?: boolean;
  readonly stdinOnce?: boolean;
  readonly storage?: Storage;
  readonly storageUri?: string;
  readonly terminationMessagePath?: string;
  readonly terminationMessagePolicy?: string;
  readonly tty?: boolean;
  readonly volumeDevices?: readonly VolumeDevice[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly workingDir?: string;
}

export interface Image {
  readonly pullPolicy?: string;
  readonly reference?: string;
}

export interface ImagePullSecret {
  readonly name?: string;
}

export interface InferenceServiceSpec {
  readonly canary?: readonly Canary[];
  readonly explainer?: Explainer;
  readonly predictor: Predictor;
  readonly transformer?: Transformer;
}

export interface InitContainer {
  readonly args?: readonly string[];
  readonly command?: readonly string[];
  readonly env?: readonly Env[];
  readonly envFrom?: readonly EnvFrom[];
  readonly image?: string;
  readonly imagePullPolicy?: string;
  readonly lifecycle?: Lifecycle;
  readonly livenessProbe?: StartupProbe;
  readonly name: string;
  readonly ports?: readonly Port[];
  readonly readinessProbe?: StartupProbe;
  readonly resizePolicy?: readonly ResizePolicy[];
  readonly resources?: Resources;
  readonly restartPolicy?: string;
  readonly restartPolicyRules?: readonly RestartPolicyRule[];
  readonly securityContext?: ArtSecurityContext;
  readonly startupProbe?: StartupProbe;
  readonly stdin?: boolean;
  readonly stdinOnce?: boolean;
  readonly terminationMessagePath?: string;
  readonly terminationMessagePolicy?: string;
  readonly tty?: boolean;
  readonly volumeDevices?: readonly VolumeDevice[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly workingDir?: string;
}

export interface Iscsi {
  readonly chapAuthDiscovery?: boolean;
  readonly chapAuthSession?: boolean;
  readonly fsType?: string;
  readonly initiatorName?: string;
  readonly iqn: string;
  readonly iscsiInterface?: string;
  readonly lun: number;
  readonly portals?: readonly string[];
  readonly readOnly?: boolean;
  readonly secretRef?: ImagePullSecret;
  readonly targetPortal: string;
}

export interface Item {
  readonly key: string;
  readonly mode?: number;
  readonly path: string;
}

export interface LabelSelector {
  readonly matchExpressions?: readonly MatchExpression[];
  readonly matchLabels?: Readonly<Record<string, string>>;
}

export interface Lifecycle {
  readonly postStart?: PostStart;
  readonly preStop?: PostStart;
  readonly stopSignal?: string;
}

export interface LivenessProbe {
  readonly exec?: Exec;
  readonly failureThreshold?: number;
  readonly grpc?: Grpc;
  readonly httpGet?: HttpGet;
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly successThreshold?: number;
  readonly tcpSocket?: TcpSocket;
  readonly terminationGracePeriodSeconds?: number;
  readonly timeoutSeconds?: number;
}

export interface Logger {
  readonly batchInterval?: string;
  readonly batchSize?: number;
  readonly marshallerUrl?: string;
  readonly metadataAnnotations?: readonly string[];
  readonly metadataHeaders?: readonly string[];
  readonly mode?: 'all' | 'request' | 'response';
  readonly storage?: LoggerStorage;
  readonly url?: string;
}

export interface LoggerStorage {
  readonly key?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly serviceAccountName?: string;
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
  readonly namespace?: string;
}

export interface Metric {
  readonly external?: External;
  readonly podmetric?: Podmetric;
  readonly resource?: Resource;
  readonly type: 'Resource' | 'External' | 'PodMetric';
}

export interface Model {
  readonly args?: readonly string[];
  readonly command?: readonly string[];
  readonly confidential?: Confidential;
  readonly env?: readonly Env[];
  readonly envFrom?: readonly EnvFrom[];
  readonly image?: string;
  readonly imagePullPolicy?: string;
  readonly lifecycle?: Lifecycle;
  readonly livenessProbe?: LivenessProbe;
  readonly modelFormat?: ModelFormat;
  readonly name?: string;
  readonly ports?: readonly Port[];
  readonly protocolVersion?: string;
  readonly readinessProbe?: LivenessProbe;
  readonly resizePolicy?: readonly ResizePolicy[];
  readonly resources?: Resources;
  readonly restartPolicy?: string;
  readonly restartPolicyRules?: readonly RestartPolicyRule[];
  readonly runtime?: string;
  readonly runtimeVersion?: string;
  readonly securityContext?: ArtSecurityContext;
  readonly startupProbe?: StartupProbe;
  readonly stdin?: boolean;
  readonly stdinOnce?: boolean;
  readonly storage?: Storage;
  readonly storageUri?: string;
  readonly terminationMessagePath?: string;
  readonly terminationMessagePolicy?: string;
  readonly tty?: boolean;
  readonly volumeDevices?: readonly VolumeDevice[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly workingDir?: string;
}

export interface ModelFormat {
  readonly name: string;
  readonly version?: string;
}

export interface Nfs {
  readonly path: string;
  readonly readOnly?: boolean;
  readonly server: string;
}

export interface NodeAffinity {
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly PreferredDuringSchedulingIgnoredDuringExecution[];
  readonly requiredDuringSchedulingIgnoredDuringExecution?: RequiredDuringSchedulingIgnoredDuringExecution;
}

export interface Option {
  readonly name?: string;
  readonly value?: string;
}

export interface Os {
  readonly name?: string;
}

export type Overhead = number | string;

export interface PersistentVolumeClaim {
  readonly claimName: string;
  readonly readOnly?: boolean;
}

export interface PhotonPersistentDisk {
  readonly fsType?: string;
  readonly pdID: string;
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

export interface PodCertificate {
  readonly certificateChainPath?: string;
  readonly credentialBundlePath?: string;
  readonly keyPath?: string;
  readonly keyType: string;
  readonly maxExpirationSeconds?: number;
  readonly signerName: string;
}

export interface Podmetric {
  readonly metric: PodmetricMetric;
  readonly target: Target;
}

export interface PodmetricMetric {
  readonly backend?: 'opentelemetry';
  readonly metricNames?: readonly string[];
  readonly operationOverTime?: string;
  readonly query?: string;
  readonly serverAddress?: string;
}

export interface Policy {
  readonly periodSeconds: number;
  readonly type: string;
  readonly value: number;
}

export interface Port {
  readonly containerPort: number;
  readonly hostIP?: string;
  readonly hostPort?: number;
  readonly name?: string;
  readonly protocol?: string;
}

export interface PortworxVolume {
  readonly fsType?: string;
  readonly readOnly?: boolean;
  readonly volumeID: string;
}

export interface PostStart {
  readonly exec?: Exec;
  readonly httpGet?: StartupProbeHttpGet;
  readonly sleep?: Sleep;
  readonly tcpSocket?: StartupProbeTcpSocket;
}

export interface Predictor {
  readonly activeDeadlineSeconds?: number;
  readonly affinity?: Affinity;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly autoScaling?: AutoScaling;
  readonly automountServiceAccountToken?: boolean;
  readonly batcher?: Batcher;
  readonly canaryTrafficPercent?: number;
  readonly containerConcurrency?: number;
  readonly containers?: readonly Container[];
  readonly deploymentStrategy?: DeploymentStrategy;
  readonly dnsConfig?: DnsConfig;
  readonly dnsPolicy?: string;
  readonly enableServiceLinks?: boolean;
  readonly hostAliases?: readonly HostAlias[];
  readonly hostIPC?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostUsers?: boolean;
  readonly hostname?: string;
  readonly hostnameOverride?: string;
  readonly huggingface?: Huggingface;
  readonly imagePullSecrets?: readonly ImagePullSecret[];
  readonly initContainers?: readonly InitContainer[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly lightgbm?: Huggingface;
  readonly logger?: Logger;
  readonly maxReplicas?: number;
  readonly minReplicas?: number;
  readonly model?: Model;
  readonly name?: string;
  readonly nodeName?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly onnx?: Huggingface;
  readonly os?: Os;
  readonly overhead?: Readonly<Record<string, Overhead>>;
  readonly paddle?: Huggingface;
  readonly pmml?: Huggingface;
  readonly preemptionPolicy?: string;
  readonly priority?: number;
  readonly priorityClassName?: string;
  readonly pytorch?: Huggingface;
  readonly readinessGates?: readonly ReadinessGate[];
  readonly resourceClaims?: readonly ResourceClaim[];
  readonly resources?: Resources;
  readonly restartPolicy?: string;
  readonly runtimeClassName?: string;
  readonly scaleMetric?: 'cpu' | 'memory' | 'concurrency' | 'rps';
  readonly scaleMetricType?: 'Utilization' | 'Value' | 'AverageValue';
  readonly scaleTarget?: number;
  readonly schedulerName?: string;
  readonly schedulingGates?: readonly SchedulingGate[];
  readonly securityContext?: SecurityContext;
  readonly serviceAccount?: string;
  readonly serviceAccountName?: string;
  readonly setHostnameAsFQDN?: boolean;
  readonly shareProcessNamespace?: boolean;
  readonly sklearn?: Huggingface;
  readonly storageContainerName?: string;
  readonly storageUris?: readonly StorageUri[];
  readonly subdomain?: string;
  readonly tensorflow?: Huggingface;
  readonly terminationGracePeriodSeconds?: number;
  readonly timeout?: number;
  readonly tolerations?: readonly Toleration[];
  readonly topologySpreadConstraints?: readonly TopologySpreadConstraint[];
  readonly triton?: Huggingface;
  readonly volumes?: readonly Volume[];
  readonly workerSpec?: WorkerSpec;
  readonly xgboost?: Huggingface;
}

export interface PredictorHuggingface {
  readonly args?: readonly string[];
  readonly command?: readonly string[];
  readonly confidential?: Confidential;
  readonly env?: readonly Env[];
  readonly envFrom?: readonly EnvFrom[];
  readonly image?: string;
  readonly imagePullPolicy?: string;
  readonly lifecycle?: Lifecycle;
  readonly livenessProbe?: StartupProbe;
  readonly name: string;
  readonly ports?: readonly Port[];
  readonly protocolVersion?: string;
  readonly readinessProbe?: StartupProbe;
  readonly resizePolicy?: readonly ResizePolicy[];
  readonly resources?: Resources;
  readonly restartPolicy?: string;
  readonly restartPolicyRules?: readonly RestartPolicyRule[];
  readonly runtimeVersion?: string;
  readonly securityContext?: ArtSecurityContext;
  readonly startupProbe?: StartupProbe;
  readonly stdin?: boolean;
  readonly stdinOnce?: boolean;
  readonly storage?: Storage;
  readonly storageUri?: string;
  readonly terminationMessagePath?: string;
  readonly terminationMessagePolicy?: string;
  readonly tty?: boolean;
  readonly volumeDevices?: readonly VolumeDevice[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly workingDir?: string;
}

export interface PredictorModel {
  readonly args?: readonly string[];
  readonly command?: readonly string[];
  readonly confidential?: Confidential;
  readonly env?: readonly Env[];
  readonly envFrom?: readonly EnvFrom[];
  readonly image?: string;
  readonly imagePullPolicy?: string;
  readonly lifecycle?: Lifecycle;
  readonly livenessProbe?: StartupProbe;
  readonly modelFormat: ModelFormat;
  readonly name: string;
  readonly ports?: readonly Port[];
  readonly protocolVersion?: string;
  readonly readinessProbe?: StartupProbe;
  readonly resizePolicy?: readonly ResizePolicy[];
  readonly resources?: Resources;
  readonly restartPolicy?: string;
  readonly restartPolicyRules?: readonly RestartPolicyRule[];
  readonly runtime?: string;
  readonly runtimeVersion?: string;
  readonly securityContext?: ArtSecurityContext;
  readonly startupProbe?: StartupProbe;
  readonly stdin?: boolean;
  readonly stdinOnce?: boolean;
  readonly storage?: Storage;
  readonly storageUri?: string;
  readonly terminationMessagePath?: string;
  readonly terminationMessagePolicy?: string;
  readonly tty?: boolean;
  readonly volumeDevices?: readonly VolumeDevice[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly workingDir?: string;
}

export interface Preference {
  readonly matchExpressions?: readonly MatchExpression[];
  readonly matchFields?: readonly MatchExpression[];
}

export interface PreferredDuringSchedulingIgnoredDuringExecution {
  readonly preference: Preference;
  readonly weight: number;
}

export interface Projected {
  readonly defaultMode?: number;
  readonly sources?: readonly Source[];
}

export interface Quobyte {
  readonly group?: string;
  readonly readOnly?: boolean;
  readonly registry: string;
  readonly tenant?: string;
  readonly user?: string;
  readonly volume: string;
}

export interface Rbd {
  readonly fsType?: string;
  readonly image: string;
  readonly keyring?: string;
  readonly monitors: readonly string[];
  readonly pool?: string;
  readonly readOnly?: boolean;
  readonly secretRef?: ImagePullSecret;
  readonly user?: string;
}

export interface ReadinessGate {
  readonly conditionType: string;
}

export interface RequiredDuringSchedulingIgnoredDuringExecution {
  readonly nodeSelectorTerms: readonly Preference[];
}

export interface ResizePolicy {
  readonly resourceName: string;
  readonly restartPolicy: string;
}

export interface Resource {
  readonly name: 'cpu' | 'memory';
  readonly target: Target;
}

export interface ResourceClaim {
  readonly name: string;
  readonly resourceClaimName?: string;
  readonly resourceClaimTemplateName?: string;
}

export interface ResourceFieldRef {
  readonly containerName?: string;
  readonly divisor?: Overhead;
  readonly resource: string;
}

export interface Resources {
  readonly claims?: readonly Claim[];
  readonly limits?: Readonly<Record<string, Overhead>>;
  readonly requests?: Readonly<Record<string, Overhead>>;
}

export interface RestartPolicyRule {
  readonly action: string;
  readonly exitCodes?: ExitCodes;
}

export interface RollingUpdate {
  readonly maxSurge?: number | string;
  readonly maxUnavailable?: number | string;
}

export interface ScaleDown {
  readonly policies?: readonly Policy[];
  readonly selectPolicy?: string;
  readonly stabilizationWindowSeconds?: number;
  readonly tolerance?: Overhead;
}

export interface ScaleIO {
  readonly fsType?: string;
  readonly gateway: string;
  readonly protectionDomain?: string;
  readonly readOnly?: boolean;
  readonly secretRef: ImagePullSecret;
  readonly sslEnabled?: boolean;
  readonly storageMode?: string;
  readonly storagePool?: string;
  readonly system: string;
  readonly volumeName?: string;
}

export interface SchedulingGate {
  readonly name: string;
}

export interface SeLinuxOptions {
  readonly level?: string;
  readonly role?: string;
  readonly type?: string;
  readonly user?: string;
}

export interface Secret {
  readonly defaultMode?: number;
  readonly items?: readonly Item[];
  readonly optional?: boolean;
  readonly secretName?: string;
}

export interface SecurityContext {
  readonly appArmorProfile?: AppArmorProfile;
  readonly fsGroup?: number;
  readonly fsGroupChangePolicy?: string;
  readonly runAsGroup?: number;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly seLinuxChangePolicy?: string;
  readonly seLinuxOptions?: SeLinuxOptions;
  readonly seccompProfile?: AppArmorProfile;
  readonly supplementalGroups?: readonly number[];
  readonly supplementalGroupsPolicy?: string;
  readonly sysctls?: readonly Sysctl[];
  readonly windowsOptions?: WindowsOptions;
}

export interface ServiceAccountToken {
  readonly audience?: string;
  readonly expirationSeconds?: number;
  readonly path: string;
}

export interface Sleep {
  readonly seconds: number;
}

export interface Source {
  readonly clusterTrustBundle?: ClusterTrustBundle;
  readonly configMap?: SourceConfigMap;
  readonly downwardAPI?: SourceDownwardAPI;
  readonly podCertificate?: PodCertificate;
  readonly secret?: SourceConfigMap;
  readonly serviceAccountToken?: ServiceAccountToken;
}

export interface SourceConfigMap {
  readonly items?: readonly Item[];
  readonly name?: string;
  readonly optional?: boolean;
}

export interface SourceDownwardAPI {
  readonly items?: readonly DownwardAPIItem[];
}

export interface Spec {
  readonly accessModes?: readonly string[];
  readonly dataSource?: DataSource;
  readonly dataSourceRef?: DataSourceRef;
  readonly resources?: SpecResources;
  readonly selector?: LabelSelector;
  readonly storageClassName?: string;
  readonly volumeAttributesClassName?: string;
  readonly volumeMode?: string;
  readonly volumeName?: string;
}

export interface SpecResources {
  readonly limits?: Readonly<Record<string, Overhead>>;
  readonly requests?: Readonly<Record<string, Overhead>>;
}

export interface StartupProbe {
  readonly exec?: Exec;
  readonly failureThreshold?: number;
  readonly grpc?: Grpc;
  readonly httpGet?: StartupProbeHttpGet;
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly successThreshold?: number;
  readonly tcpSocket?: StartupProbeTcpSocket;
  readonly terminationGracePeriodSeconds?: number;
  readonly timeoutSeconds?: number;
}

export interface StartupProbeHttpGet {
  readonly host?: string;
  readonly httpHeaders?: readonly Sysctl[];
  readonly path?: string;
  readonly port: number | string;
  readonly scheme?: string;
}

export interface StartupProbeTcpSocket {
  readonly host?: string;
  readonly port: number | string;
}

export interface Storage {
  readonly key?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly schemaPath?: string;
}

export interface StorageUri {
  readonly mountPath?: string;
  readonly uri: string;
}

export interface Storageos {
  readonly fsType?: string;
  readonly readOnly?: boolean;
  readonly secretRef?: ImagePullSecret;
  readonly volumeName?: string;
  readonly volumeNamespace?: string;
}

export interface Sysctl {
  readonly name: string;
  readonly value: string;
}

export interface Target {
  readonly averageUtilization?: number;
  readonly averageValue?: Overhead;
  readonly type?: 'Utilization' | 'Value' | 'AverageValue';
  readonly value?: Overhead;
}

export interface TcpSocket {
  readonly host?: string;
  readonly port?: number | string;
}

export interface Toleration {
  readonly effect?: string;
  readonly key?: string;
  readonly operator?: string;
  readonly tolerationSeconds?: number;
  readonly value?: string;
}

export interface TopologySpreadConstraint {
  readonly labelSelector?: LabelSelector;
  readonly matchLabelKeys?: readonly string[];
  readonly maxSkew: number;
  readonly minDomains?: number;
  readonly nodeAffinityPolicy?: string;
  readonly nodeTaintsPolicy?: string;
  readonly topologyKey: string;
  readonly whenUnsatisfiable: string;
}

export interface Transformer {
  readonly activeDeadlineSeconds?: number;
  readonly affinity?: Affinity;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly autoScaling?: AutoScaling;
  readonly automountServiceAccountToken?: boolean;
  readonly batcher?: Batcher;
  readonly canaryTrafficPercent?: number;
  readonly containerConcurrency?: number;
  readonly containers?: readonly Container[];
  readonly deploymentStrategy?: DeploymentStrategy;
  readonly dnsConfig?: DnsConfig;
  readonly dnsPolicy?: string;
  readonly enableServiceLinks?: boolean;
  readonly hostAliases?: readonly HostAlias[];
  readonly hostIPC?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostUsers?: boolean;
  readonly hostname?: string;
  readonly hostnameOverride?: string;
  readonly imagePullSecrets?: readonly ImagePullSecret[];
  readonly initContainers?: readonly InitContainer[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly logger?: Logger;
  readonly maxReplicas?: number;
  readonly minReplicas?: number;
  readonly nodeName?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly os?: Os;
  readonly overhead?: Readonly<Record<string, Overhead>>;
  readonly preemptionPolicy?: string;
  readonly priority?: number;
  readonly priorityClassName?: string;
  readonly readinessGates?: readonly ReadinessGate[];
  readonly resourceClaims?: readonly ResourceClaim[];
  readonly resources?: Resources;
  readonly restartPolicy?: string;
  readonly runtimeClassName?: string;
  readonly scaleMetric?: 'cpu' | 'memory' | 'concurrency' | 'rps';
  readonly scaleMetricType?: 'Utilization' | 'Value' | 'AverageValue';
  readonly scaleTarget?: number;
  readonly schedulerName?: string;
  readonly schedulingGates?: readonly SchedulingGate[];
  readonly securityContext?: SecurityContext;
  readonly serviceAccount?: string;
  readonly serviceAccountName?: string;
  readonly setHostnameAsFQDN?: boolean;
  readonly shareProcessNamespace?: boolean;
  readonly storageUris?: readonly StorageUri[];
  readonly subdomain?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly timeout?: number;
  readonly tolerations?: readonly Toleration[];
  readonly topologySpreadConstraints?: readonly TopologySpreadConstraint[];
  readonly volumes?: readonly Volume[];
}

export interface ValueFrom {
  readonly configMapKeyRef?: ConfigMapKeyRef;
  readonly fieldRef?: FieldRef;
  readonly fileKeyRef?: FileKeyRef;
  readonly resourceFieldRef?: ResourceFieldRef;
  readonly secretKeyRef?: ConfigMapKeyRef;
}

export interface Volume {
  readonly awsElasticBlockStore?: AwsElasticBlockStore;
  readonly azureDisk?: AzureDisk;
  readonly azureFile?: AzureFile;
  readonly cephfs?: Cephfs;
  readonly cinder?: Cinder;
  readonly configMap?: ConfigMap;
  readonly csi?: Csi;
  readonly downwardAPI?: DownwardAPI;
  readonly emptyDir?: EmptyDir;
  readonly ephemeral?: Ephemeral;
  readonly fc?: Fc;
  readonly flexVolume?: FlexVolume;
  readonly flocker?: Flocker;
  readonly gcePersistentDisk?: GcePersistentDisk;
  readonly gitRepo?: GitRepo;
  readonly glusterfs?: Glusterfs;
  readonly hostPath?: HostPath;
  readonly image?: Image;
  readonly iscsi?: Iscsi;
  readonly name: string;
  readonly nfs?: Nfs;
  readonly persistentVolumeClaim?: PersistentVolumeClaim;
  readonly photonPersistentDisk?: PhotonPersistentDisk;
  readonly portworxVolume?: PortworxVolume;
  readonly projected?: Projected;
  readonly quobyte?: Quobyte;
  readonly rbd?: Rbd;
  readonly scaleIO?: ScaleIO;
  readonly secret?: Secret;
  readonly storageos?: Storageos;
  readonly vsphereVolume?: VsphereVolume;
}

export interface VolumeClaimTemplate {
  readonly metadata?: Readonly<Record<string, never>>;
  readonly spec: Spec;
}

export interface VolumeDevice {
  readonly devicePath: string;
  readonly name: string;
}

export interface VolumeMount {
  readonly mountPath: string;
  readonly mountPropagation?: string;
  readonly name: string;
  readonly readOnly?: boolean;
  readonly recursiveReadOnly?: string;
  readonly subPath?: string;
  readonly subPathExpr?: string;
}

export interface VsphereVolume {
  readonly fsType?: string;
  readonly storagePolicyID?: string;
  readonly storagePolicyName?: string;
  readonly volumePath: string;
}

export interface WindowsOptions {
  readonly gmsaCredentialSpec?: string;
  readonly gmsaCredentialSpecName?: string;
  readonly hostProcess?: boolean;
  readonly runAsUserName?: string;
}

export interface WorkerSpec {
  readonly activeDeadlineSeconds?: number;
  readonly affinity?: Affinity;
  readonly automountServiceAccountToken?: boolean;
  readonly containers?: readonly InitContainer[];
  readonly dnsConfig?: DnsConfig;
  readonly dnsPolicy?: string;
  readonly enableServiceLinks?: boolean;
  readonly ephemeralContainers?: readonly EphemeralContainer[];
  readonly hostAliases?: readonly HostAlias[];
  readonly hostIPC?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostUsers?: boolean;
  readonly hostname?: string;
  readonly hostnameOverride?: string;
  readonly imagePullSecrets?: readonly ImagePullSecret[];
  readonly initContainers?: readonly InitContainer[];
  readonly nodeName?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly os?: SchedulingGate;
  readonly overhead?: Readonly<Record<string, Overhead>>;
  readonly pipelineParallelSize?: number;
  readonly preemptionPolicy?: string;
  readonly priority?: number;
  readonly priorityClassName?: string;
  readonly readinessGates?: readonly ReadinessGate[];
  readonly resourceClaims?: readonly ResourceClaim[];
  readonly resources?: Resources;
  readonly restartPolicy?: string;
  readonly runtimeClassName?: string;
  readonly schedulerName?: string;
  readonly schedulingGates?: readonly SchedulingGate[];
  readonly securityContext?: SecurityContext;
  readonly serviceAccount?: string;
  readonly serviceAccountName?: string;
  readonly setHostnameAsFQDN?: boolean;
  readonly shareProcessNamespace?: boolean;
  readonly subdomain?: string;
  readonly tensorParallelSize?: number;
  readonly terminationGracePeriodSeconds?: number;
  readonly tolerations?: readonly Toleration[];
  readonly topologySpreadConstraints?: readonly TopologySpreadConstraint[];
  readonly volumes?: readonly Volume[];
}
