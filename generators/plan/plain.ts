/** From a kind's own type to what the later stages know of any object. */
import type { KubeObject } from '../kube/object.ts';

interface Identified {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: { readonly name?: string } | undefined;
}

/** Forgets the kind's type once the compiler has checked it. Every object that is planned has a name. */
export function plain(object: Identified): KubeObject {
  if (object.metadata?.name === undefined) throw new Error(`bug: a ${object.kind} without a name was planned`);
  return object as KubeObject;
}
