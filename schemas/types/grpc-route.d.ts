/** Made from schemas/kubernetes/gateway.networking.k8s.io/grpcroute_v1.json by `npm run schemas`; do not edit. */

export interface GRPCRoute {
  readonly apiVersion: 'gateway.networking.k8s.io/v1';
  readonly kind: 'GRPCRoute';
  readonly metadata: Metadata;
  readonly spec: GRPCRouteSpec;
}

export interface Add {
  readonly name: Name;
  readonly value: string;
}

export interface BackendRef {
  readonly filters?: readonly Filter[];
  readonly group?: Group;
  readonly kind?: Kind;
  readonly name: string;
  readonly namespace?: Namespace;
  readonly port?: number;
  readonly weight?: number;
}

export interface ExtensionRef {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
}

export interface Filter {
  readonly extensionRef?: ExtensionRef;
  readonly requestHeaderModifier?: RequestHeaderModifier;
  readonly requestMirror?: RequestMirror;
  readonly responseHeaderModifier?: RequestHeaderModifier;
  readonly type: 'ResponseHeaderModifier' | 'RequestHeaderModifier' | 'RequestMirror' | 'ExtensionRef';
}

export interface Fraction {
  readonly denominator?: number;
  readonly numerator: number;
}

export interface GRPCRouteSpec {
  readonly hostnames?: readonly string[];
  readonly parentRefs?: readonly ParentRef[];
  readonly rules?: readonly Rule[];
}

export type Group = string;

export interface Header {
  readonly name: Name;
  readonly type?: 'Exact' | 'RegularExpression';
  readonly value: string;
}

export type Kind = string;

export interface Match {
  readonly headers?: readonly Header[];
  readonly method?: Method;
}

export interface Metadata {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly name: string;
  readonly namespace?: string;
}

export interface Method {
  readonly method?: string;
  readonly service?: string;
  readonly type?: 'Exact' | 'RegularExpression';
}

export type Name = string;

export type Namespace = string;

export interface ParentRef {
  readonly group?: string;
  readonly kind?: string;
  readonly name: string;
  readonly namespace?: Namespace;
  readonly port?: number;
  readonly sectionName?: SectionName;
}

export interface RequestHeaderModifier {
  readonly add?: readonly Add[];
  readonly remove?: readonly string[];
  readonly set?: readonly Add[];
}

export interface RequestMirror {
  readonly backendRef: RequestMirrorBackendRef;
  readonly fraction?: Fraction;
  readonly percent?: number;
}

export interface RequestMirrorBackendRef {
  readonly group?: Group;
  readonly kind?: Kind;
  readonly name: string;
  readonly namespace?: Namespace;
  readonly port?: number;
}

export interface Rule {
  readonly backendRefs?: readonly BackendRef[];
  readonly filters?: readonly Filter[];
  readonly matches?: readonly Match[];
  readonly name?: SectionName;
}

export type SectionName = string;
