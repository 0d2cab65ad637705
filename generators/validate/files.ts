/** Values of files → Registry and Cluster, held against their schemas (tier T0). */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import clusterSchema from '../../schemas/cluster.schema.json' with { type: 'json' };
import modelsSchema from '../../schemas/models.schema.json' with { type: 'json' };
import type { Cluster } from '../../schemas/types/cluster.d.ts';
import type { Model, Registry } from '../../schemas/types/models.d.ts';
import type { Source } from '../parse/source.ts';
import type { Problem, Staged } from '../problem.ts';
import { explain } from './explain.ts';

const ajv = new Ajv2020({ allErrors: true, verbose: true, strict: true, allowUnionTypes: true });
ajv.addSchema(modelsSchema);
let modelCheck: ValidateFunction | undefined;
let clusterCheck: ValidateFunction | undefined;

/** Entries found valid before; a memoised parse returns the same value, which need not be checked again. */
const validModels = new WeakSet<object>();

/** Checks the registry. Every fault of every entry is reported; the value is there only when there is none. */
export function validateRegistry(source: Source): Staged<Registry> {
  const value = source.value;
  if (!hasModels(value)) {
    const outer = ajv.getSchema('models.schema.json');
    outer?.(value ?? {});
    return { problems: explain(source.file, [], outer?.errors ?? [], value ?? {}) };
  }
  const problems: Problem[] = [];
  modelCheck ??= ajv.getSchema('models.schema.json#/$defs/Model');
  value.models.forEach((model, index) => {
    if (isObject(model) && validModels.has(model)) return;
    if (modelCheck?.(model)) {
      if (isObject(model)) validModels.add(model);
      return;
    }
    problems.push(...explain(source.file, ['models', index], modelCheck?.errors ?? [], model));
  });
  return problems.length > 0 ? { problems } : { value: { models: value.models as Model[] }, problems };
}

/** Checks one `cluster.yaml`. */
export function validateCluster(source: Source): Staged<Cluster> {
  clusterCheck ??= ajv.compile(clusterSchema);
  const value = source.value ?? {};
  if (clusterCheck(value)) return { value: value as Cluster, problems: [] };
  return { problems: explain(source.file, [], clusterCheck.errors ?? [], value) };
}

/** The usual shape, which is checked entry by entry: `models` and nothing else. */
function hasModels(value: unknown): value is { models: unknown[] } {
  return isObject(value) && 'models' in value && Array.isArray(value.models) && Object.keys(value).length === 1;
}

function isObject(value: unknown): value is object {
  return value !== null && typeof value === 'object';
}
