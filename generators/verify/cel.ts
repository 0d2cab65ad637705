/**
 * The CEL rules (`x-kubernetes-validations`) of the released CRDs over one object (tier T2), as the API server runs them:
 * after the schema's defaults, on values of the schema's types, with field names escaped. Only objects without fault in T1
 * come here. Rules about a change (`oldSelf`) need the object before, and are listed instead.
 */
import { type CelInput, celEnv, isCelError, parse, plan } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import type { KubeObject } from '../kube/object.ts';
import { schemaFile } from '../kube/schema-file.ts';
import { fault, type Pointer, type Problem } from '../problem.ts';

export interface CelChecker {
  (object: KubeObject, file: string): readonly Problem[];
  /** Rules that were met and not run, because they compare with the object before: `GatewayClass spec.controllerName`. */
  readonly skipped: ReadonlySet<string>;
}

interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string | readonly string[];
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string }[];
}

type Verdict = { readonly holds: boolean } | { readonly reason: string };
type Rule = (self: CelInput) => Verdict;

interface Walk {
  readonly root: Schema;
  readonly kind: string;
  readonly found: (pointer: Pointer, rule: string, verdict: Verdict) => void;
  readonly skip: (place: string) => void;
}

const none: readonly Problem[] = [];
const environment = celEnv({ funcs: strings });
const compiled = new Map<string, Rule>();

/** `load` gives a schema by the path that `schemaFile` names. */
export function createCelChecker(load: (file: string) => object | undefined): CelChecker {
  const ruled = new Map<string, Schema | undefined>();
  const skipped = new Set<string>();
  const schemaOf = ({ apiVersion, kind }: KubeObject): Schema | undefined => {
    const path = schemaFile(apiVersion, kind);
    if (!ruled.has(path)) {
      const schema = load(path) as Schema | undefined;
      ruled.set(path, schema !== undefined && hasRules(schema) ? schema : undefined);
    }
    return ruled.get(path);
  };
  const check = (object: KubeObject, file: string): readonly Problem[] => {
    const root = schemaOf(object);
    if (root === undefined) return none;
    const problems: Problem[] = [];
    const found: Walk['found'] = (pointer, rule, verdict) => {
      if ('holds' in verdict && verdict.holds) return;
      problems.push(breach(object, file, pointer, rule, verdict));
    };
    walk({ root, kind: object.kind, found, skip: (place) => skipped.add(place) }, root, object, []);
    return problems;
  };
  return Object.assign(check, { skipped });
}

function hasRules(schema: unknown): boolean {
  if (schema === null || typeof schema !== 'object') return false;
  return Object.entries(schema).some(([key, value]) => key === 'x-kubernetes-validations' || hasRules(value));
}

function breach(object: KubeObject, file: string, pointer: Pointer, rule: string, verdict: Verdict): Problem {
  const { name, namespace } = object.metadata;
  const title = `${object.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
  const place = pathOf(pointer);
  const text = rule.length > 200 ? `${rule.slice(0, 199)}…` : rule;
  const where = { file, pointer };
  if ('holds' in verdict) {
    return fault('RULE_BROKEN', where, `Cannot apply ${title}: ${place} breaks the rule ${text}`, 'Make the rule true');
  }
  const message = `Cannot judge ${title}: the rule ${text} at ${place} was not run: ${verdict.reason}`;
  return fault(
    'RULE_NOT_RUN',
    where,
    message,
    'Complete the fields that the rule reads; the API server may refuse the object',
  );
}

function pathOf(pointer: Pointer): string {
  return (
    pointer
      .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
      .join('')
      .slice(1) || 'the object'
  );
}

/** The value as CEL sees it, with defaults filled in; runs the rules of each place on the way back up. */
function walk(context: Walk, schema: Schema, value: unknown, pointer: Pointer): CelInput {
  const target = resolve(schema, context.root);
  const self = convert(context, target, value, pointer);
  for (const part of target === schema ? [schema] : [schema, target]) {
    for (const { rule } of part['x-kubernetes-validations'] ?? []) {
      if (/\boldSelf\b/.test(rule)) context.skip(`${context.kind} ${pathOf(pointer)}`);
      else context.found(pointer, rule, ruleOf(rule)(self));
    }
  }
  return self;
}

function convert(context: Walk, schema: Schema, value: unknown, pointer: Pointer): CelInput {
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => walk(context, schema.items ?? {}, item, [...pointer, index]));
  }
  if (value !== null && typeof value === 'object') return convertObject(context, schema, value, pointer);
  // An integer of the schema is an int of CEL; only `type: number` is a double.
  return typeof value === 'number' && Number.isInteger(value) && schema.type !== 'number'
    ? BigInt(value)
    : (value as CelInput);
}

function convertObject(context: Walk, schema: Schema, value: object, pointer: Pointer): CelInput {
  const properties = schema.properties ?? {};
  const fields = new Map<string, CelInput>();
  for (const [key, item] of Object.entries(withDefaults(value, properties, context.root))) {
    const property = properties[key];
    const rest = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {};
    fields.set(property === undefined ? key : fieldName(key), walk(context, property ?? rest, item, [...pointer, key]));
  }
  return fields;
}

function withDefaults(value: object, properties: Readonly<Record<string, Schema>>, root: Schema): object {
  const filled: Record<string, unknown> = { ...value };
  for (const [key, property] of Object.entries(properties)) {
    const fallback = property.default ?? resolve(property, root).default;
    if (filled[key] === undefined && fallback !== undefined) filled[key] = fallback;
  }
  return filled;
}

function resolve(schema: Schema, root: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  return root.$defs?.[schema.$ref.slice('#/$defs/'.length)] ?? {};
}

/** CEL's own words, which a field may not be called by (Kubernetes, "Validation rules", escaping). */
const RESERVED = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

function fieldName(name: string): string {
  if (RESERVED.has(name)) return `__${name}__`;
  return name
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__');
}

function ruleOf(text: string): Rule {
  const known = compiled.get(text) ?? compileRule(text);
  compiled.set(text, known);
  return known;
}

function compileRule(text: string): Rule {
  try {
    const evaluate = plan(environment, parse(text));
    return (self) => {
      const result = evaluate({ self });
      if (typeof result === 'boolean') return { holds: result };
      return { reason: isCelError(result) ? result.message : 'it does not give true or false' };
    };
  } catch (error) {
    const reason = (error as Error).message;
    return () => ({ reason });
  }
}
