/** What every stage after `resolve` knows of a Kubernetes object. */

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
}

/** A plain object with identity. Kinds narrow it; `render` and `verify` need no more than this. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** API group of an object, '' for the core group. */
export function groupOf(object: Pick<KubeObject, 'apiVersion'>): string {
  const slash = object.apiVersion.indexOf('/');
  return slash < 0 ? '' : object.apiVersion.slice(0, slash);
}

/** API version without the group. */
export function versionOf(object: Pick<KubeObject, 'apiVersion'>): string {
  return object.apiVersion.slice(object.apiVersion.indexOf('/') + 1);
}

/** Identity in a cluster: group, kind, namespace and name. */
export function keyOf(object: KubeObject): string {
  return `${groupOf(object)}/${object.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}
