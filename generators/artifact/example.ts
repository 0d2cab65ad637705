/** The example of an entry from the input example that MLflow stores beside a model. */
import type { Example, Signature, Tensor } from '../../schemas/types/models.d.ts';

type ExampleInput = Example['inputs'][number];

/** A reviewer reads the example; an image would bury the entry. */
const MOST_VALUES = 1024;

/**
 * One input a tensor of the signature, one row of each where the batch is open; undefined when the text holds no example that
 * fits. Forms of MLflow: `dataframe_split`, `columns` and `data`, `inputs` or `instances` (a tensor, or name → tensor), and
 * the bare tensor.
 */
export function exampleOf(text: string, signature: Signature): readonly ExampleInput[] | undefined {
  const inputs = signature.inputs.map((tensor) => {
    const values = valuesFor(parsed(text), tensor, signature.inputs.length === 1);
    return values === undefined ? undefined : inputOf(tensor, values);
  });
  return inputs.every((input) => input !== undefined) ? inputs : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whoever imports is told that there is no example that fits.
    return undefined;
  }
}

function valuesFor(root: unknown, tensor: Tensor, only: boolean): unknown {
  const fields = fieldsOf(root);
  const split = fieldsOf(fields?.['dataframe_split']) ?? fields;
  if (split !== undefined && Array.isArray(split['columns']) && Array.isArray(split['data'])) {
    return rows(split['columns'], split['data'], tensor, only);
  }
  const payload = fields?.['inputs'] ?? fields?.['instances'] ?? root;
  const named = fieldsOf(payload);
  if (named === undefined) return only ? payload : undefined;
  if (Object.hasOwn(named, tensor.name)) return named[tensor.name];
  return only && Object.keys(named).length === 1 ? Object.values(named)[0] : undefined;
}

/** Rows in the order of the signature's columns, whatever the order in the file. */
function rows(columns: readonly unknown[], data: readonly unknown[], tensor: Tensor, only: boolean): unknown {
  const wanted = tensor.columns ?? (only ? columns : [tensor.name]);
  const order = wanted.map((name) => columns.indexOf(name));
  if (order.includes(-1)) return undefined;
  return data.map((row) => (Array.isArray(row) ? order.map((at) => row[at] as unknown) : row));
}

function inputOf(tensor: Tensor, values: unknown): ExampleInput | undefined {
  const data = tensor.shape[0] === -1 && Array.isArray(values) ? values.slice(0, 1) : values;
  if (!Array.isArray(data)) return undefined;
  const shape: number[] = [];
  for (let level: unknown = data; Array.isArray(level); level = level[0]) shape.push(level.length);
  const fits =
    shape.length === tensor.shape.length && tensor.shape.every((size, axis) => size === -1 || size === shape[axis]);
  const count = shape.reduce((product, size) => product * size, 1);
  const flat = data.flat(shape.length) as unknown[];
  const typed = flat.every((value) =>
    tensor.datatype === 'BYTES' ? typeof value === 'string' : typeof value !== 'string',
  );
  const plain = flat.every((value) => value !== null && typeof value !== 'object');
  if (!fits || flat.length !== count || count === 0 || count > MOST_VALUES || !typed || !plain) return undefined;
  const { name, alias, datatype } = tensor;
  return { name: alias ?? name, shape, datatype, data: datatype === 'FP32' ? shortest(data) : data };
}

/** The shortest decimals that are the same 32-bit floats: 13.48 where JSON has 13.479999542236328. */
function shortest(data: readonly unknown[]): unknown[] {
  return data.map((value) => {
    if (Array.isArray(value)) return shortest(value);
    if (typeof value !== 'number') return value;
    for (let digits = 1; digits < 10; digits += 1) {
      const short = Number(value.toPrecision(digits));
      if (Math.fround(short) === Math.fround(value)) return short;
    }
    return value;
  });
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const plain = typeof value === 'object' && value !== null && !Array.isArray(value);
  return plain ? (value as Readonly<Record<string, unknown>>) : undefined;
}
