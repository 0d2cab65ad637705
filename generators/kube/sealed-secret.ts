/** The SealedSecret that `npm run seal` writes, and the names around it. */
import type { KubeObject, ObjectMeta } from './object.ts';
import type { Scope, SealingTarget } from './sealed-value.ts';

export interface SealedSecret extends KubeObject {
  readonly apiVersion: 'bitnami.com/v1alpha1';
  readonly kind: 'SealedSecret';
  readonly spec: {
    readonly encryptedData: Readonly<Record<string, string>>;
    readonly template: { readonly metadata: ObjectMeta; readonly type: 'Opaque' };
  };
}

/** What a key of a Secret must hold; `bytes` where the length is known. */
export type SecretKeys = Readonly<Record<string, { readonly bytes?: number }>>;

/** The part of a cluster's `storage` that its credentials depend on. */
export interface SecretStorage {
  readonly region: string;
  readonly endpoint?: string | undefined;
}

/** Names the certificate that sealed a file: the ciphertext itself does not say. */
export const certificateAnnotation = 'kserve-gitops/certificate-sha256';

const scopePrefix = 'sealedsecrets.bitnami.com';

/** Annotations that tell the controller the scope; it must stand in the SealedSecret's own metadata. */
export function scopeAnnotations(scope: Scope): Record<string, string> {
  return scope === 'strict' ? {} : { [`${scopePrefix}/${scope}`]: 'true' };
}

/** Scope as the controller reads it: cluster-wide wins, anything but "true" is ignored. */
export function scopeOf(annotations: Readonly<Record<string, unknown>>): Scope {
  if (annotations[`${scopePrefix}/cluster-wide`] === 'true') return 'cluster-wide';
  return annotations[`${scopePrefix}/namespace-wide`] === 'true' ? 'namespace-wide' : 'strict';
}

/** Folder of a cluster's sealed files, from the root of the repository. */
export function sealedFolder(cluster: string): string {
  return `clusters/${cluster}/sealed`;
}

export function sealedFile(cluster: string, namespace: string, name: string): string {
  return `${sealedFolder(cluster)}/${namespace}.${name}.yaml`;
}

export function certificateFile(cluster: string): string {
  return `${sealedFolder(cluster)}/certificate.pem`;
}

/** The two keys of an AWS access key. AWS fixes their lengths; other S3 servers do not. */
export function credentialKeys(storage: SecretStorage): SecretKeys {
  const aws = storage.endpoint === undefined;
  return { AWS_ACCESS_KEY_ID: aws ? { bytes: 20 } : {}, AWS_SECRET_ACCESS_KEY: aws ? { bytes: 40 } : {} };
}

/**
 * Annotations from which KServe learns where the bucket is; it reads them from the Secret, so they go into the template.
 * On AWS the region alone gives the address. KServe wants an endpoint without scheme and adds the scheme by `usehttps`.
 */
export function storageAnnotations({ region, endpoint }: SecretStorage): Record<string, string> {
  const prefix = 'serving.kserve.io/s3-';
  if (endpoint === undefined) return { [`${prefix}region`]: region, [`${prefix}usehttps`]: '1' };
  const https = endpoint.startsWith('https://');
  return {
    [`${prefix}endpoint`]: endpoint.replace(/^https?:\/\//, ''),
    [`${prefix}region`]: region,
    [`${prefix}usehttps`]: https ? '1' : '0',
    ...(https ? { [`${prefix}verifyssl`]: '1' } : {}),
    [`${prefix}usevirtualbucket`]: 'false',
  };
}

/** The object around encrypted values. The fingerprint is unknown for what kubeseal sealed. `annotations` are for the Secret that the controller makes of it. */
export function sealedSecret(
  { namespace, name, scope }: SealingTarget,
  fingerprint: string | undefined,
  encryptedData: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>>,
): SealedSecret {
  const inSecret = { ...annotations, ...scopeAnnotations(scope) };
  const templated = Object.keys(inSecret).length > 0 ? { annotations: inSecret } : {};
  return {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: {
      name,
      namespace,
      annotations: {
        ...(fingerprint === undefined ? {} : { [certificateAnnotation]: fingerprint }),
        ...scopeAnnotations(scope),
      },
    },
    spec: { encryptedData, template: { metadata: { name, namespace, ...templated }, type: 'Opaque' } },
  };
}
