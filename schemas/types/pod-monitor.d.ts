/** Made from schemas/kubernetes/monitoring.coreos.com/podmonitor_v1.json by `npm run schemas`; do not edit. */

export interface PodMonitor {
  readonly apiVersion: 'monitoring.coreos.com/v1';
  readonly kind: 'PodMonitor';
  readonly metadata: Metadata;
  readonly spec: PodMonitorSpec;
}

export interface AttachMetadata {
  readonly node?: boolean;
}

export interface Authorization {
  readonly credentials?: BearerTokenSecret;
  readonly type?: string;
}

export interface BasicAuth {
  readonly password?: BearerTokenSecret;
  readonly username?: BearerTokenSecret;
}

export interface BearerTokenSecret {
  readonly key: string;
  readonly name?: string;
  readonly optional?: boolean;
}

export interface ClientId {
  readonly configMap?: BearerTokenSecret;
  readonly secret?: BearerTokenSecret;
}

export type FallbackScrapeProtocol = 'PrometheusProto' | 'OpenMetricsText0.0.1' | 'OpenMetricsText1.0.0' | 'PrometheusText0.0.4' | 'PrometheusText1.0.0';

export type Interval = string;

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

export interface MetricRelabeling {
  readonly action?: 'replace' | 'Replace' | 'keep' | 'Keep' | 'drop' | 'Drop' | 'hashmod' | 'HashMod' | 'labelmap' | 'LabelMap' | 'labeldrop' | 'LabelDrop' | 'labelkeep' | 'LabelKeep' | 'lowercase' | 'Lowercase' | 'uppercase' | 'Uppercase' | 'keepequal' | 'KeepEqual' | 'dropequal' | 'DropEqual';
  readonly modulus?: number;
  readonly regex?: string;
  readonly replacement?: string;
  readonly separator?: string;
  readonly sourceLabels?: readonly string[];
  readonly targetLabel?: string;
}

export interface NamespaceSelector {
  readonly any?: boolean;
  readonly matchNames?: readonly string[];
}

export interface Oauth2 {
  readonly clientId: ClientId;
  readonly clientSecret: BearerTokenSecret;
  readonly endpointParams?: Readonly<Record<string, string>>;
  readonly noProxy?: string;
  readonly proxyConnectHeader?: Readonly<Record<string, readonly BearerTokenSecret[]>>;
  readonly proxyFromEnvironment?: boolean;
  readonly proxyUrl?: string;
  readonly scopes?: readonly string[];
  readonly tlsConfig?: TlsConfig;
  readonly tokenUrl: string;
}

export interface PodMetricsEndpoint {
  readonly authorization?: Authorization;
  readonly basicAuth?: BasicAuth;
  readonly bearerTokenSecret?: BearerTokenSecret;
  readonly enableHttp2?: boolean;
  readonly filterRunning?: boolean;
  readonly followRedirects?: boolean;
  readonly honorLabels?: boolean;
  readonly honorTimestamps?: boolean;
  readonly interval?: Interval;
  readonly metricRelabelings?: readonly MetricRelabeling[];
  readonly noProxy?: string;
  readonly oauth2?: Oauth2;
  readonly params?: Readonly<Record<string, readonly string[]>>;
  readonly path?: string;
  readonly port?: string;
  readonly portNumber?: number;
  readonly proxyConnectHeader?: Readonly<Record<string, readonly BearerTokenSecret[]>>;
  readonly proxyFromEnvironment?: boolean;
  readonly proxyUrl?: string;
  readonly relabelings?: readonly MetricRelabeling[];
  readonly scheme?: 'http' | 'https';
  readonly scrapeTimeout?: Interval;
  readonly targetPort?: number | string;
  readonly tlsConfig?: TlsConfig;
  readonly trackTimestampsStaleness?: boolean;
}

export interface PodMonitorSpec {
  readonly attachMetadata?: AttachMetadata;
  readonly bodySizeLimit?: string;
  readonly convertClassicHistogramsToNHCB?: boolean;
  readonly fallbackScrapeProtocol?: FallbackScrapeProtocol;
  readonly jobLabel?: string;
  readonly keepDroppedTargets?: number;
  readonly labelLimit?: number;
  readonly labelNameLengthLimit?: number;
  readonly labelValueLengthLimit?: number;
  readonly namespaceSelector?: NamespaceSelector;
  readonly nativeHistogramBucketLimit?: number;
  readonly nativeHistogramMinBucketFactor?: number | string;
  readonly podMetricsEndpoints?: readonly PodMetricsEndpoint[];
  readonly podTargetLabels?: readonly string[];
  readonly sampleLimit?: number;
  readonly scrapeClass?: string;
  readonly scrapeClassicHistograms?: boolean;
  readonly scrapeProtocols?: readonly FallbackScrapeProtocol[];
  readonly selector: Selector;
  readonly selectorMechanism?: 'RelabelConfig' | 'RoleSelector';
  readonly targetLimit?: number;
}

export interface Selector {
  readonly matchExpressions?: readonly MatchExpression[];
  readonly matchLabels?: Readonly<Record<string, string>>;
}

export interface TlsConfig {
  readonly ca?: ClientId;
  readonly cert?: ClientId;
  readonly insecureSkipVerify?: boolean;
  readonly keySecret?: BearerTokenSecret;
  readonly maxVersion?: 'TLS10' | 'TLS11' | 'TLS12' | 'TLS13';
  readonly minVersion?: 'TLS10' | 'TLS11' | 'TLS12' | 'TLS13';
  readonly serverName?: string;
}
