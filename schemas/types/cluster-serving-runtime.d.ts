/** Made from schemas/kubernetes/serving.kserve.io/clusterservingruntime_v1alpha1.json by `npm run schemas`; do not edit. */

export interface ClusterServingRuntime {
  readonly apiVersion: 'serving.kserve.io/v1alpha1';
  readonly kind: 'ClusterServingRuntime';
  readonly metadata: Metadata;
  readonly spec?: ClusterServingRuntimeSpec;
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

export interface BuiltInAdapter {
  readonly env?: readonly Env[];
  readonly memBufferBytes?: number;
  readonly modelLoadingTimeoutMillis?: number;
  readonly runtimeManagementPort?: number;
  readonly serverType?: string;
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

export interface ClusterServingRuntimeSpec {
  readonly affinity?: Affinity;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly builtInAdapter?: BuiltInAdapter;
  readonly containers: readonly Container[];
  readonly disabled?: boolean;
  readonly grpcDataEndpoint?: string;
  readonly grpcEndpoint?: string;
  readonly hostIPC?: boolean;
  readonly httpDataEndpoint?: string;
  readonly imagePullSecrets?: readonly ImagePullSecret[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly multiModel?: boolean;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly protocolVersions?: readonly string[];
  readonly replicas?: number;
  readonly storageHelper?: StorageHelper;
  readonly supportedModelFormats?: readonly SupportedModelFormat[];
  readonly tolerations?: readonly Toleration[];
  readonly volumes?: readonly Volume[];
  readonly workerSpec?: WorkerSpec;
}

export interface ClusterTrustBundle {
  readonly labelSelector?: LabelSelector;
  readonly name?: string;
  readonly optional?: boolean;
  readonly path: string;
  readonly signerName?: string;
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
  readonly livenessProbe?: LivenessProbe;
  readonly name: string;
  readonly ports?: readonly Port[];
  readonly readinessProbe?: LivenessProbe;
  readonly resizePolicy?: readonly ResizePolicy[];
  readonly resources?: Resources;
  readonly restartPolicy?: string;
  readonly securityContext?: SecurityContext;
  readonly startupProbe?: LivenessProbe;
  readonly stdin?: boolean;
  readonly stdinOnce?: boolean;
  readonly terminationMessagePath?: string;
  readonly terminationMessagePolicy?: string;
  readonly tty?: boolean;
  readonly volumeDevices?: readonly VolumeDevice[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly workingDir?: string;
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
  readonly sizeLimit?: Limit;
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

export interface Exec {
  readonly command?: readonly string[];
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

export interface HostPath {
  readonly path: string;
  readonly type?: string;
}

export interface HttpGet {
  readonly host?: string;
  readonly httpHeaders?: readonly HttpHeader[];
  readonly path?: string;
  readonly port: number | string;
  readonly scheme?: string;
}

export interface HttpHeader {
  readonly name: string;
  readonly value: string;
}

export interface Image {
  readonly pullPolicy?: string;
  readonly reference?: string;
}

export interface ImagePullSecret {
  readonly name?: string;
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

export type Limit = number | string;

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

export interface Nfs {
  readonly path: string;
  readonly readOnly?: boolean;
  readonly server: string;
}

export interface NodeAffinity {
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly PreferredDuringSchedulingIgnoredDuringExecution[];
  readonly requiredDuringSchedulingIgnoredDuringExecution?: RequiredDuringSchedulingIgnoredDuringExecution;
}

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
  readonly httpGet?: HttpGet;
  readonly sleep?: Sleep;
  readonly tcpSocket?: TcpSocket;
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

export interface RequiredDuringSchedulingIgnoredDuringExecution {
  readonly nodeSelectorTerms: readonly Preference[];
}

export interface ResizePolicy {
  readonly resourceName: string;
  readonly restartPolicy: string;
}

export interface ResourceFieldRef {
  readonly containerName?: string;
  readonly divisor?: Limit;
  readonly resource: string;
}

export interface Resources {
  readonly claims?: readonly Claim[];
  readonly limits?: Readonly<Record<string, Limit>>;
  readonly requests?: Readonly<Record<string, Limit>>;
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
  readonly limits?: Readonly<Record<string, Limit>>;
  readonly requests?: Readonly<Record<string, Limit>>;
}

export interface StorageHelper {
  readonly disabled?: boolean;
}

export interface Storageos {
  readonly fsType?: string;
  readonly readOnly?: boolean;
  readonly secretRef?: ImagePullSecret;
  readonly volumeName?: string;
  readonly volumeNamespace?: string;
}

export interface SupportedModelFormat {
  readonly autoSelect?: boolean;
  readonly name: string;
  readonly priority?: number;
  readonly version?: string;
}

export interface TcpSocket {
  readonly host?: string;
  readonly port: number | string;
}

export interface Toleration {
  readonly effect?: string;
  readonly key?: string;
  readonly operator?: string;
  readonly tolerationSeconds?: number;
  readonly value?: string;
}

export interface ValueFrom {
  readonly configMapKeyRef?: ConfigMapKeyRef;
  readonly fieldRef?: FieldRef;
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
  readonly affinity?: Affinity;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly containers: readonly Container[];
  readonly hostIPC?: boolean;
  readonly imagePullSecrets?: readonly ImagePullSecret[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly pipelineParallelSize?: number;
  readonly tensorParallelSize?: number;
  readonly tolerations?: readonly Toleration[];
  readonly volumes?: readonly Volume[];
}
