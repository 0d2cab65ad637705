/**
 * A table sent column by column → the one matrix that the graph takes. MLflow's signature of a model names its columns,
 * while the graph that was converted from it has a single input [N,C].
 */
import { allocate, type Datatype, type TensorData } from './datatype.ts';
import { ServeError } from './error.ts';
import type { InferRequest, InputTensor } from './messages.ts';
import { narrowFloat } from './narrow-float.ts';
import { pointer } from './pointer.ts';
import type { Columns, Signature } from './signature.ts';
import { type NamedTensor, shapeText } from './tensor.ts';

/**
 * Undefined when the request does not go by columns, which is when no input has a column's name without having a name
 * of the graph's. Columns are [N] or [N,1]; numbers are brought to the matrix's datatype: floats of other widths are
 * rounded, what an integer cannot hold is refused. Throws ServeError INPUT_*.
 */
export function assembleColumns(
  request: InferRequest,
  { columns, inputNames }: Signature,
): readonly NamedTensor[] | undefined {
  if (columns === undefined) return undefined;
  if (!request.inputs.some(({ name }) => !inputNames.has(name) && columns.names.includes(name))) return undefined;
  const found = inOrder(request, columns);
  const rows = found[0]?.input.shape[0] ?? 0;
  const width = columns.names.length;
  const { name, datatype } = columns.spec;
  const data = allocate(datatype, rows * width);
  for (const [column, { input, index }] of found.entries()) {
    checkShape(input, index, rows);
    if ((input.datatype === 'BYTES') !== (datatype === 'BYTES')) {
      const message = `column '${input.name}' has data-type '${input.datatype}', but model '${request.modelName}' expects '${datatype}'`;
      throw new ServeError('INPUT_DATATYPE', message, { pointer: pointer('inputs', index, 'datatype') });
    }
    fill(data, datatype, { input, index }, column, width);
  }
  return [{ name, datatype, shape: [rows, width], data }];
}

interface Found {
  readonly input: InputTensor;
  readonly index: number;
}

function inOrder(request: InferRequest, columns: Columns): Found[] {
  const byName = new Map<string, Found>();
  for (const [index, input] of request.inputs.entries()) {
    const at = { pointer: pointer('inputs', index, 'name') };
    if (!columns.names.includes(input.name)) {
      const expected = columns.names.map((name) => `'${name}'`).join(', ');
      const message = `unexpected inference input '${input.name}' for model '${request.modelName}'. Expected columns ${expected}`;
      throw new ServeError('INPUT_UNKNOWN', message, at);
    }
    if (byName.has(input.name))
      throw new ServeError('INPUT_REPEATED', `input '${input.name}' already exists in request`, at);
    byName.set(input.name, { input, index });
  }
  const missing = columns.names.filter((name) => !byName.has(name));
  if (missing.length > 0) {
    const message = `expected ${columns.names.length} inputs but got ${byName.size} inputs for model '${request.modelName}'. Missing columns ${missing.map((name) => `'${name}'`).join(', ')}`;
    throw new ServeError('INPUT_MISSING', message, { pointer: pointer('inputs') });
  }
  return columns.names.map((name) => byName.get(name) as Found);
}

function checkShape({ name, shape }: InputTensor, index: number, rows: number): void {
  const flat = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  if (flat && shape[0] === rows) return;
  const message = `unexpected shape for column '${name}'. Expected [${rows}] or [${rows},1], got ${shapeText(shape)}`;
  throw new ServeError('INPUT_SHAPE', message, { pointer: pointer('inputs', index, 'shape') });
}

function fill(data: TensorData, datatype: Datatype, { input, index }: Found, column: number, width: number): void {
  const target = data as unknown[];
  const convert = converter(input.datatype, datatype);
  for (let row = 0; row < input.data.length; row++) {
    const value = input.data[row] as number | bigint | string;
    const cast = typeof value === 'string' ? value : convert(value);
    if (cast === undefined) {
      const shown = narrowFloat(input.datatype)?.from(Number(value)) ?? value;
      const message = `column '${input.name}' of ${input.datatype} holds ${shown}, which ${datatype} cannot`;
      throw new ServeError('INPUT_DATA', message, { pointer: pointer('inputs', index, 'data', row) });
    }
    target[row * width + column] = cast;
  }
}

/** From an element of one datatype to one of the other; undefined for what that cannot hold. */
function converter(from: Datatype, to: Datatype): (value: number | bigint) => number | bigint | undefined {
  const [given, wanted] = [narrowFloat(from), narrowFloat(to)];
  return (value) => {
    const number = given === undefined ? value : given.from(Number(value));
    if (wanted !== undefined) return wanted.to(Number(number));
    return to === 'FP32' || to === 'FP64' ? Number(number) : whole(number, to);
  };
}

/** The storage itself cuts integers to their width, so what does not come back the same did not fit. */
function whole(number: number | bigint, to: Datatype): number | bigint | undefined {
  if (typeof number === 'number' && !Number.isInteger(number)) return undefined;
  if (to === 'BOOL') return number === 0 || number === 1 || number === 0n || number === 1n ? Number(number) : undefined;
  const probe = allocate(to, 1);
  const integer = to === 'INT64' || to === 'UINT64' ? BigInt(number) : Number(number);
  (probe as unknown[])[0] = integer;
  return probe[0] === integer ? integer : undefined;
}
