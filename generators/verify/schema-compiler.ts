/** Compiles vendored schemas with ajv, and teaches it what Kubernetes adds to JSON Schema. */
import { Ajv2020, type AnySchemaObject, type SchemaObjCxt, type ValidateFunction } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';

interface KeyValidator {
  (list: readonly unknown[]): boolean;
  errors?: { keyword: string; params: { keys: readonly string[]; first: number; second: number } }[];
}

/** The schemas are vendored and their sums are checked, so that they are not held against the meta-schema again. */
export function createCompiler(): (schema: AnySchemaObject) => ValidateFunction {
  const { byte, 'date-time': dateTime, double, float, int32, int64, ipv4, ipv6 } = fullFormats;
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
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
  return (schema) => ajv.compile(schema);
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
  if (reference === undefined) return schema;
  const definitions = (root as { $defs?: Record<string, AnySchemaObject> }).$defs;
  return definitions?.[reference.slice('#/$defs/'.length)];
}
