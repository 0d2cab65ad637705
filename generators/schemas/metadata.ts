/** `metadata`: Kubernetes' ObjectMeta without what only the server writes, and with the rules that its code holds. */
import { type JsonSchema, mapValues } from './json-schema.ts';

const serverWritten = new Set([
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'ownerReferences',
  'resourceVersion',
  'selfLink',
  'uid',
]);

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const name = '[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
const qualifiedName: JsonSchema = { pattern: `^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?${name}$` };

const labels: JsonSchema = {
  type: 'object',
  propertyNames: qualifiedName,
  additionalProperties: { type: 'string', pattern: `^(${name})?$` },
};
const annotations: JsonSchema = { ...labels, additionalProperties: { type: 'string' } };
const finalizers: JsonSchema = { type: 'array', uniqueItems: true, items: { type: 'string', ...qualifiedName } };
const dnsLabel: JsonSchema = { type: 'string', maxLength: 63, pattern: `^${label}$` };
const dnsSubdomain: JsonSchema = { type: 'string', maxLength: 253, pattern: `^${label}(\\.${label})*$` };
const dnsLetterLabel: JsonSchema = { type: 'string', maxLength: 63, pattern: '^[a-z]([-a-z0-9]*[a-z0-9])?$' };
const pathSegment: JsonSchema = { type: 'string', pattern: '^[^/%]+$' };

/** Kinds whose names follow another rule than a DNS subdomain. */
const names: Readonly<Record<string, JsonSchema>> = {
  ClusterRole: pathSegment,
  ClusterRoleBinding: pathSegment,
  CronJob: { ...dnsSubdomain, maxLength: 52 },
  Namespace: dnsLabel,
  Role: pathSegment,
  RoleBinding: pathSegment,
  Service: dnsLetterLabel,
};

/** ObjectMeta of a template inside an object, where nothing is required. */
export function templateMetadata(objectMeta: JsonSchema): JsonSchema {
  const written = Object.entries(objectMeta.properties ?? {}).filter(([field]) => !serverWritten.has(field));
  const ruled = {
    annotations,
    finalizers,
    generateName: { type: 'string' },
    labels,
    name: dnsSubdomain,
    namespace: dnsLabel,
  };
  const properties = mapValues(
    Object.fromEntries(written),
    (schema, field) => ruled[field as keyof typeof ruled] ?? schema,
  );
  return { 'x-name': 'ObjectMeta', type: 'object', additionalProperties: false, properties };
}

/** `metadata` of the object itself: named, and in a namespace only where the kind lives in one. */
export function metadataOf(kind: string, namespaced: boolean, objectMeta: JsonSchema): JsonSchema {
  const template = templateMetadata(objectMeta);
  const fields = Object.entries(template.properties ?? {}).filter(
    ([field]) => field !== 'generateName' && (namespaced || field !== 'namespace'),
  );
  const properties = { ...Object.fromEntries(fields), name: names[kind] ?? dnsSubdomain };
  return { ...template, 'x-name': 'Metadata', required: ['name'], properties };
}
