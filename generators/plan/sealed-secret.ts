/** Wraps what `npm run seal` wrote: ciphertext is an input, everything around it is made. */
import type { KubeObject } from '../kube/object.ts';
import { certificateAnnotation, scopeOf, sealedSecret, storageAnnotations } from '../kube/sealed-secret.ts';
import type { SecretNeed, Site } from '../resolve/platform.ts';

interface Written {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: { readonly encryptedData?: Readonly<Record<string, string>> };
}

/** `value` is the content of the sealed file; its structure is checked by `checkSealed`. */
export function plannedSecret(
  need: SecretNeed,
  value: unknown,
  site: Site,
  annotations: Readonly<Record<string, string>>,
): KubeObject {
  const { metadata, spec } = (value ?? {}) as Written;
  const object = sealedSecret(
    { namespace: need.namespace, name: need.secret, scope: scopeOf(metadata?.annotations ?? {}) },
    metadata?.annotations?.[certificateAnnotation],
    spec?.encryptedData ?? {},
    storageAnnotations({ region: site.storage.region, endpoint: site.storage.endpoint?.url }),
  );
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...annotations, ...object.metadata.annotations } },
  };
}
