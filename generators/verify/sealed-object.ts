/** Reads a SealedSecret whose shape nobody has checked yet. */
import { certificateAnnotation, scopeOf } from '../kube/sealed-secret.ts';
import type { Scope } from '../kube/sealed-value.ts';

export interface SealedFile {
  readonly file: string;
  readonly value: unknown;
}

export interface SealedIdentity {
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly annotations: Readonly<Record<string, unknown>>;
  readonly scope: Scope;
}

export interface SealedObject extends SealedIdentity {
  readonly file: string;
  /** SHA-256 of the certificate that `npm run seal` used; kubeseal leaves no such note. */
  readonly fingerprint: string | undefined;
  readonly encryptedData: Readonly<Record<string, unknown>>;
  readonly template: SealedIdentity;
}

/** A record for reading: anything else reads as empty. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** Reads a sealed file; undefined when it holds something else. */
export function readSealedObject({ file, value }: SealedFile): SealedObject | undefined {
  const { apiVersion, kind, metadata, spec } = record(value);
  if (apiVersion !== 'bitnami.com/v1alpha1' || kind !== 'SealedSecret') return undefined;
  const identity = identityOf(metadata);
  const { encryptedData, template } = record(spec);
  return {
    file,
    ...identity,
    fingerprint: stringOf(identity.annotations[certificateAnnotation]),
    encryptedData: record(encryptedData),
    template: identityOf(record(template)['metadata']),
  };
}

function identityOf(metadata: unknown): SealedIdentity {
  const { name, namespace, annotations } = record(metadata);
  return {
    name: stringOf(name),
    namespace: stringOf(namespace),
    annotations: record(annotations),
    scope: scopeOf(record(annotations)),
  };
}

function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
