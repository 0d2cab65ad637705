/** A CustomResourceDefinition → schema of one version of its kind. */
import { isObject, type JsonSchema } from './json-schema.ts';
import type { PublishedKind } from './openapi.ts';

interface Definition {
  readonly kind: 'CustomResourceDefinition';
  readonly spec: {
    readonly scope: 'Namespaced' | 'Cluster';
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly schema: { readonly openAPIV3Schema: JsonSchema };
    }[];
  };
}

/** The kind as the release declares it, or undefined where none of the documents does. */
export function kindFromCrd(documents: readonly unknown[], kind: string, version: string): PublishedKind | undefined {
  const definition = documents.find((document) => isDefinition(document) && document.spec.names.kind === kind);
  if (!isDefinition(definition)) return undefined;
  const declared = definition.spec.versions.find(({ name }) => name === version);
  if (declared === undefined) return undefined;
  return { schema: declared.schema.openAPIV3Schema, namespaced: definition.spec.scope === 'Namespaced' };
}

function isDefinition(document: unknown): document is Definition {
  return isObject(document) && document['kind'] === 'CustomResourceDefinition';
}
