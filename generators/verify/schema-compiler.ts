/** Compiles vendored schemas with ajv, and teaches it what Kubernetes adds to JSON Schema. */
import { Ajv2020, type AnySchemaObject, type SchemaObjCxt, type ValidateFunction } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';

interface KeyValidator {
  (list: readonly unknown[]): boolean;
  errors?: { keyword: string; params: { keys: readonly string[]; first: number; second: number } }[];
}

/** Says whether a value fits its schema, and no more. */
export type QuickCheck = (value: unknown) => boolean;

/** Validators that list every fault, each with the value and the schema that it breaks. */
export function createCompiler(): (schema: AnySchemaObject) => ValidateFunction {
  const ajv = kubernetesAjv({ allErrors: true, verbose: true });
  return (schema) => ajv.compile(schema);
}

/**
 * Validators that only answer yes or no, and compile a definition when a value first reaches it. A pod template alone
 * has hundreds, of which manifests touch few: compiling all of them takes longer than checking a thousand models.
 */
export function createQuickCompiler(): (schema: AnySchemaObject) => QuickCheck {
  const ajv = kubernetesAjv({ allErrors: false });
  const definitions = new WeakMap<object, (name: string) => QuickCheck>();
  ajv.addKeyword({
    keyword: REFERENCE,
    schemaType: 'string',
    errors: false,
    compile: (name: string, _parent, context) => {
      const define = definitions.get(context.schemaEnv.root.schema as object);
      if (define === undefined) throw new Error(`bug: nothing defines "${name}"`);
      let check: QuickCheck | undefined;
      return (value: unknown) => {
        check ??= define(name);
        return check(value);
      };
    },
  });
  return (schema) => {
    const { $defs = {}, ...root } = withReferences(schema) as { readonly $defs?: Definitions };
    const checks = new Map<string, QuickCheck>();
    const compile = (part: AnySchemaObject): QuickCheck => {
      // The list keyword looks up its items in the root.
      const whole = { ...part, $defs };
      definitions.set(whole, define);
      return ajv.compile(whole);
    };
    const define = (name: string): QuickCheck => {
      const check = checks.get(name) ?? compile($defs[name] ?? {});
      checks.set(name, check);
      return check;
    };
    return compile(root);
  };
}

type Definitions = Readonly<Record<string, AnySchemaObject>>;

/** The keyword that stands for `$ref`, whose targets ajv would compile at once. */
const REFERENCE = 'x-definition';

/** The schema with `{"x-definition": "X"}` for each `{"$ref": "#/$defs/X"}`. */
function withReferences(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withReferences);
  if (schema === null || typeof schema !== 'object') return schema;
  const { $ref, ...others } = schema as { readonly $ref?: unknown };
  const parts = Object.entries(others).map(([key, part]) => [key, withReferences(part)] as const);
  const reference = typeof $ref === 'string' ? [[REFERENCE, definitionOf($ref)] as const] : [];
  return Object.fromEntries([...parts, ...reference]);
}

function definitionOf(reference: string): string {
  return reference.slice('#/$defs/'.length);
}

/** The schemas are vendored and their sums are checked, so that they are not held against the meta-schema again. */
function kubernetesAjv(options: { readonly allErrors: boolean; readonly verbose?: boolean }): Ajv2020 {
  const { byte, 'date-time': dateTime, double, float, int32, int64, ipv4, ipv6 } = fullFormats;
  const ajv = new Ajv2020({
    ...options,
    strictTypes: false,
    allowUnionTypes: true,
    validateSchema: false,
    messages: false,
    // Saves half of the compilation, and the validators are no slower.
    code: { optimize: false },
    addUsedSchema: false,
    formats: { byte, 'date-time': dateTime, double, float, int32, int64, ipv4, ipv6 },
  });
  ajv.addKeyword({ keyword: 'x-kubernetes-list-type', schemaType: 'string' });
  ajv.addKeyword({ keyword: 'x-kubernetes-validations', schemaType: 'array' });
  ajv.addKeyword({
    keyword: 'x-kubernetes-list-map-keys',
    type: 'array',
    schemaType: 'array',
    errors: 'full',
    compile: (keys: readonly string[], list: AnySchemaObject, context) =>
      keyValidator(keys, keyDefaults(list, context)),
  });
  return ajv;
}

/** A list that the server keeps as a map: no two items may have the same keys, once defaults are filled in. */
function keyValidator(keys: readonly string[], defaults: readonly unknown[]): KeyValidator {
  const validate: KeyValidator = (list) => {
    if (list.length < 2) return true;
    const seen = new Map<string, number>();
    for (const [second, item] of list.entries()) {
      const id = identify(item, keys, defaults);
      const first = seen.get(id);
      if (first !== undefined) {
        validate.errors = [{ keyword: 'x-kubernetes-list-map-keys', params: { keys, first, second } }];
        return false;
      }
      seen.set(id, second);
    }
    return true;
  };
  return validate;
}

function identify(item: unknown, keys: readonly string[], defaults: readonly unknown[]): string {
  if (item === null || typeof item !== 'object') return JSON.stringify(item);
  const fields = item as Record<string, unknown>;
  return keys.map((key, index) => String(fields[key] ?? defaults[index])).join('\n');
}

function keyDefaults(list: AnySchemaObject, context: SchemaObjCxt): readonly unknown[] {
  const keys = list['x-kubernetes-list-map-keys'] as readonly string[];
  const item = resolve(list['items'] as AnySchemaObject | undefined, context.schemaEnv.root.schema);
  const fields = (item?.['properties'] ?? {}) as Record<string, AnySchemaObject>;
  return keys.map((key) => resolve(fields[key], context.schemaEnv.root.schema)?.['default'] as unknown);
}

function resolve(schema: AnySchemaObject | undefined, root: unknown): AnySchemaObject | undefined {
  const reference = schema?.['$ref'] as string | undefined;
  const name = reference === undefined ? (schema?.[REFERENCE] as string | undefined) : definitionOf(reference);
  if (name === undefined) return schema;
  return (root as { readonly $defs?: Definitions }).$defs?.[name];
}
