/** Kubernetes' own OpenAPI v3 documents → schema of a kind, with every reference written out. */
import { isObject, type JsonSchema, mapValues } from './json-schema.ts';
import { templateMetadata } from './metadata.ts';

/** One document, `api/openapi-spec/v3/….json`. */
export interface OpenApi {
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
  readonly paths: Readonly<Record<string, unknown>>;
}

/** Before it is made strict: the schema as published and whether its objects live in a namespace. */
export interface PublishedKind {
  readonly schema: JsonSchema;
  readonly namespaced: boolean;
}

const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const quantity =
  '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$';

/** Types that Kubernetes publishes more loosely than it reads them. */
const better: Readonly<Record<string, JsonSchema>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': {
    'x-name': 'Quantity',
    type: ['number', 'string'],
    pattern: quantity,
  },
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { 'x-kubernetes-int-or-string': true },
};

/** The kind, or undefined where the document does not hold it. */
export function kindFromOpenApi(document: OpenApi, kind: string): PublishedKind | undefined {
  const found = Object.entries(document.components.schemas).find(([, schema]) => isKind(schema, kind));
  if (found === undefined) return undefined;
  return { schema: expand(found[1], document), namespaced: isNamespaced(document, kind) };
}

/** Kubernetes' ObjectMeta, which every document holds. */
export function objectMetaOf(document: OpenApi): JsonSchema {
  return document.components.schemas[objectMeta] ?? {};
}

function isKind(schema: JsonSchema, kind: string): boolean {
  const kinds = schema['x-kubernetes-group-version-kind'];
  return Array.isArray(kinds) && kinds.length === 1 && kinds[0]?.kind === kind;
}

function isNamespaced(document: OpenApi, kind: string): boolean {
  return Object.entries(document.paths).some(([path, item]) => {
    const post = isObject(item) ? item['post'] : undefined;
    const made = isObject(post) ? post['x-kubernetes-group-version-kind'] : undefined;
    return path.includes('/namespaces/{namespace}/') && isObject(made) && made['kind'] === kind;
  });
}

function expand(schema: JsonSchema, document: OpenApi): JsonSchema {
  const reference = referenceOf(schema);
  if (reference !== undefined) return { ...without(schema, ['$ref', 'allOf']), ...resolve(reference, document) };
  const { properties, items, additionalProperties } = schema;
  return {
    ...schema,
    ...(properties && { properties: mapValues(properties, (property) => expand(property, document)) }),
    ...(items && { items: expand(items, document) }),
    ...(isObject(additionalProperties) && { additionalProperties: expand(additionalProperties, document) }),
  };
}

/** `{$ref}`, or `{allOf: [{$ref}]}` where the document adds a description or a default beside it. */
function referenceOf(schema: JsonSchema): string | undefined {
  const all = schema['allOf'];
  return schema.$ref ?? (Array.isArray(all) && all.length === 1 ? (all[0] as JsonSchema).$ref : undefined);
}

function resolve(reference: string, document: OpenApi): JsonSchema {
  const name = reference.slice('#/components/schemas/'.length);
  if (name === objectMeta) return templateMetadata(objectMetaOf(document));
  const target = better[name] ?? document.components.schemas[name];
  if (target === undefined) throw new Error(`Cannot resolve ${reference}: the document does not hold it`);
  return { 'x-name': name.slice(name.lastIndexOf('.') + 1), ...expand(target, document) };
}

function without(schema: JsonSchema, keywords: readonly string[]): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !keywords.includes(keyword)));
}
