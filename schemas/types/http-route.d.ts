/** Made from schemas/kubernetes/gateway.networking.k8s.io/httproute_v1.json by `npm run schemas`; do not edit. */

export interface HTTPRoute {
  readonly apiVersion: 'gateway.networking.k8s.io/v1';
  readonly kind: 'HTTPRoute';
  readonly metadata: Metadata;
  readonly spec: HTTPRouteSpec;
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
  readonly requestRedirect?: RequestRedirect;
  readonly responseHeaderModifier?: RequestHeaderModifier;
  readonly type: 'RequestHeaderModifier' | 'ResponseHeaderModifier' | 'RequestMirror' | 'RequestRedirect' | 'URLRewrite' | 'ExtensionRef';
  readonly urlRewrite?: UrlRewrite;
}

export interface Fraction {
  readonly denominator?: number;
  readonly numerator: number;
}

export type Group = string;

export interface HTTPRouteSpec {
  readonly hostnames?: readonly string[];
  readonly parentRefs?: readonly ParentRef[];
  readonly rules?: readonly Rule[];
}

export interface Header {
  readonly name: Name;
  readonly type?: 'Exact' | 'RegularExpression';
  readonly value: string;
}

export type Kind = string;

export interface Match {
  readonly headers?: readonly Header[];
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'CONNECT' | 'OPTIONS' | 'TRACE' | 'PATCH';
  readonly path?: Path;
  readonly queryParams?: readonly QueryParam[];
}

export interface Metadata {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly name: string;
  readonly namespace?: string;
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

export interface Path {
  readonly type?: 'Exact' | 'PathPrefix' | 'RegularExpression';
  readonly value?: string;
}

export interface QueryParam {
  readonly name: Name;
  readonly type?: 'Exact' | 'RegularExpression';
  readonly value: string;
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

export interface RequestRedirect {
  readonly hostname?: SectionName;
  readonly path?: RequestRedirectPath;
  readonly port?: number;
  readonly scheme?: 'http' | 'https';
  readonly statusCode?: 301 | 302;
}

export interface RequestRedirectPath {
  readonly replaceFullPath?: string;
  readonly replacePrefixMatch?: string;
  readonly type: 'ReplaceFullPath' | 'ReplacePrefixMatch';
}

export interface Rule {
  readonly backendRefs?: readonly BackendRef[];
  readonly filters?: readonly Filter[];
  readonly matches?: readonly Match[];
  readonly name?: SectionName;
  readonly timeouts?: Timeouts;
}

export type SectionName = string;

export interface Timeouts {
  readonly backendRequest?: string;
  readonly request?: string;
}

export interface UrlRewrite {
  readonly hostname?: SectionName;
  readonly path?: RequestRedirectPath;
}
