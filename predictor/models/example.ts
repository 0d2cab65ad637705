/** Inputs for the run before a model is ready: the example that MLflow stored with it, else zeros. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allocate, type Datatype, type TensorData } from '../protocol/datatype.ts';
import { narrowFloat } from '../protocol/narrow-float.ts';
import type { TensorSpec } from '../protocol/signature.ts';
import { countElements, type NamedTensor, zeros } from '../protocol/tensor.ts';

/** Serving form first: it is what a client would send. */
const files = ['serving_input_example.json', 'input_example.json'];
const largestExampleBytes = 16 * 1024 * 1024;

/** One tensor per input from the first stored example that fits the graph's inputs; undefined when none does. */
export async function exampleFeeds(
  folder: string,
  specs: readonly TensorSpec[],
): Promise<readonly NamedTensor[] | undefined> {
  for (const file of files) {
    const text = await readFile(join(folder, file), 'utf8').catch(() => undefined);
    if (text === undefined || text.length > largestExampleBytes) continue;
    const feeds = fitExample(parse(text), specs);
    if (feeds !== undefined) return feeds;
  }
  return undefined;
}

/** Zeros, false or empty strings; dimensions left to the caller are 1. */
export function zeroFeeds(specs: readonly TensorSpec[]): readonly NamedTensor[] {
  return specs.map((spec) => {
    const shape = spec.shape.map((dimension) => (dimension === -1 ? 1 : dimension));
    return { name: spec.name, ...zeros(spec.datatype, shape) };
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Forms that MLflow writes: `{"dataframe_split":{columns,data}}` and `{columns,data}` (rows of one matrix input),
 * `{"inputs": …}` and `{"instances": …}` (one tensor, or name → tensor), and the bare tensor.
 */
export function fitExample(example: unknown, specs: readonly TensorSpec[]): readonly NamedTensor[] | undefined {
  const root = fieldsOf(example);
  const split = fieldsOf(root?.['dataframe_split']) ?? root;
  const payload = split?.['data'] ?? root?.['inputs'] ?? root?.['instances'] ?? example;
  const named = fieldsOf(payload);
  const [only] = specs;
  const feeds =
    named === undefined && only !== undefined && specs.length === 1
      ? [fitTensor(payload, only)]
      : specs.map((spec) =>
          named !== undefined && Object.hasOwn(named, spec.name) ? fitTensor(named[spec.name], spec) : undefined,
        );
  return feeds.every((feed) => feed !== undefined) ? feeds : undefined;
}

function fitTensor(value: unknown, spec: TensorSpec): NamedTensor | undefined {
  const shape: number[] = [];
  for (let level = value; Array.isArray(level); level = level[0]) shape.push(level.length);
  const rankFits = spec.anyRank || shape.length === spec.shape.length;
  if (!rankFits || spec.shape.some((wanted, axis) => !spec.anyRank && wanted !== -1 && wanted !== shape[axis]))
    return undefined;
  const flat: unknown[] = shape.length === 0 ? [value] : (value as unknown[]).flat(shape.length);
  if (flat.length !== countElements(shape)) return undefined;
  const data = fill(spec.datatype, flat);
  return data === undefined ? undefined : { name: spec.name, datatype: spec.datatype, shape, data };
}

function fill(datatype: Datatype, values: readonly unknown[]): TensorData | undefined {
  if (narrowFloat(datatype) !== undefined) return undefined;
  const data = allocate(datatype, values.length);
  for (const [index, value] of values.entries()) {
    if (Array.isArray(data)) {
      if (typeof value !== 'string') return undefined;
      data[index] = value;
    } else if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
      if (typeof value !== 'number' || !Number.isSafeInteger(value)) return undefined;
      data[index] = BigInt(value);
    } else {
      if (typeof value !== 'number' && typeof value !== 'boolean') return undefined;
      data[index] = Number(value);
    }
  }
  return data;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const plain = typeof value === 'object' && value !== null && !Array.isArray(value);
  return plain ? (value as Record<string, unknown>) : undefined;
}
