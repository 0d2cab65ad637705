/** Made from schemas/kubernetes/gateway.networking.k8s.io/referencegrant_v1beta1.json by `npm run schemas`; do not edit. */

export interface ReferenceGrant {
  readonly apiVersion: 'gateway.networking.k8s.io/v1beta1';
  readonly kind: 'ReferenceGrant';
  readonly metadata: Metadata;
  readonly spec?: ReferenceGrantSpec;
}

export interface From {
  readonly group: Group;
  readonly kind: Kind;
  readonly namespace: string;
}

export type Group = string;

export type Kind = string;

export interface Metadata {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly name: string;
  readonly namespace?: string;
}

export interface ReferenceGrantSpec {
  readonly from: readonly From[];
  readonly to: readonly To[];
}

export interface To {
  readonly group: Group;
  readonly kind: Kind;
  readonly name?: string;
}
