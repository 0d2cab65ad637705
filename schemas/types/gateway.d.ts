/** Made from schemas/kubernetes/gateway.networking.k8s.io/gateway_v1.json by `npm run schemas`; do not edit. */

export interface Gateway {
  readonly apiVersion: 'gateway.networking.k8s.io/v1';
  readonly kind: 'Gateway';
  readonly metadata: Metadata;
  readonly spec: GatewaySpec;
}

export interface Address {
  readonly type?: string;
  readonly value?: string;
}

export interface AllowedRoutes {
  readonly kinds?: readonly AllowedRoutesKind[];
  readonly namespaces?: Namespaces;
}

export interface AllowedRoutesKind {
  readonly group?: string;
  readonly kind: Kind;
}

export interface CertificateRef {
  readonly group?: string;
  readonly kind?: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface GatewaySpec {
  readonly addresses?: readonly Address[];
  readonly gatewayClassName: string;
  readonly infrastructure?: Infrastructure;
  readonly listeners: readonly Listener[];
}

export interface Infrastructure {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly parametersRef?: ParametersRef;
}

export type Kind = string;

export interface Listener {
  readonly allowedRoutes?: AllowedRoutes;
  readonly hostname?: string;
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly tls?: Tls;
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

export interface Namespaces {
  readonly from?: 'All' | 'Selector' | 'Same';
  readonly selector?: Selector;
}

export interface ParametersRef {
  readonly group: string;
  readonly kind: Kind;
  readonly name: string;
}

export interface Selector {
  readonly matchExpressions?: readonly MatchExpression[];
  readonly matchLabels?: Readonly<Record<string, string>>;
}

export interface Tls {
  readonly certificateRefs?: readonly CertificateRef[];
  readonly mode?: 'Terminate' | 'Passthrough';
  readonly options?: Readonly<Record<string, string>>;
}
