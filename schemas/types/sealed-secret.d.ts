/** Made from schemas/kubernetes/bitnami.com/sealedsecret_v1alpha1.json by `npm run schemas`; do not edit. */

export interface SealedSecret {
  readonly apiVersion: 'bitnami.com/v1alpha1';
  readonly kind: 'SealedSecret';
  readonly metadata: Metadata;
  readonly spec: SealedSecretSpec;
}

export interface Metadata {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly name: string;
  readonly namespace?: string;
}

export interface SealedSecretSpec {
  readonly data?: string;
  readonly encryptedData: Readonly<Record<string, string>>;
  readonly template?: Template;
}

export interface Template {
  readonly data?: Readonly<Record<string, string>> | null;
  readonly immutable?: boolean;
  readonly metadata?: TemplateMetadata;
  readonly type?: string;
}

export interface TemplateMetadata {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly name?: string;
  readonly namespace?: string;
  readonly [field: string]: unknown;
}
