/**
 * The registry's signature from what a model folder says: the graph decides, since it is what runs; MLflow's signature
 * adds the names of columns, and the author's metadata the names of classes.
 */
import type { Signature, Tensor } from '../../schemas/types/models.d.ts';
import type { MlField, MlModelFacts } from './mlmodel.ts';
import type { OnnxFacts, OnnxTensor } from './onnx.ts';

export interface Described {
  /** Absent where the artifact does not say enough. */
  readonly signature?: Signature;
  /** What a person has to know: why there is no signature, what differs. */
  readonly notes: readonly string[];
}

/** Of an ONNX model. */
export function describeGraph(graph: OnnxFacts, mlModel: MlModelFacts | undefined): Described {
  const notes: string[] = [];
  const inputs = graph.inputs.map((tensor, index) => tensorOf(tensor, 'input', index, mlModel?.inputs ?? [], notes));
  const outputs = graph.outputs.map((tensor, index) =>
    tensorOf(tensor, 'output', index, mlModel?.outputs ?? [], notes),
  );
  const [knownInputs, knownOutputs] = [inputs.filter(isTensor), outputs.filter(isTensor)];
  if (notes.length > 0 || knownInputs.length === 0 || knownOutputs.length === 0) {
    return { notes: [...notes, 'no signature is written; add it by hand'] };
  }
  const columns = withColumns(knownInputs, mlModel?.inputs ?? []);
  const labels = authorLabels(mlModel);
  const labelled = knownOutputs.map((tensor) => withLabels(tensor, knownOutputs, graph, labels));
  return { signature: { inputs: atLeastOne(columns), outputs: atLeastOne(labelled) }, notes: [] };
}

/** Of another format: only MLflow's signature is there to read. */
export function describeFields({ inputs, outputs }: MlModelFacts): Described {
  const [input, output] = [oneTensor(inputs, 'input-0'), oneTensor(outputs, 'output-0')];
  if (input !== undefined && output !== undefined)
    return { signature: { inputs: [input], outputs: [output] }, notes: [] };
  return { notes: ['the MLmodel file does not tell one input and one output tensor; no signature is written'] };
}

function oneTensor(fields: readonly MlField[], name: string): Tensor | undefined {
  const [first] = fields;
  if (
    first?.datatype === undefined ||
    fields.some(({ kind, datatype }) => kind !== first.kind || datatype !== first.datatype)
  ) {
    return undefined;
  }
  const { datatype } = first;
  if (first.kind === 'tensor') return fields.length === 1 ? { name, datatype, shape: first.shape ?? [] } : undefined;
  const columns = fields.flatMap((field) => field.name ?? []);
  return {
    ...{ name, datatype, shape: [-1, fields.length] },
    ...(columns.length === fields.length ? { columns: atLeastOne(columns) } : {}),
  };
}

function tensorOf(
  tensor: OnnxTensor,
  side: 'input' | 'output',
  index: number,
  fields: readonly MlField[],
  notes: string[],
): Tensor | undefined {
  const { name, datatype, type } = tensor;
  const field = fields.find((one) => one.kind === 'tensor' && one.name === name) ?? fields[index];
  const shape = tensor.shape ?? (field?.kind === 'tensor' ? field.shape : undefined);
  if (datatype === undefined) notes.push(`the ${side} "${name}" is of type ${type}, which the protocol does not have`);
  else if (shape === undefined) notes.push(`the ${side} "${name}" may have any number of dimensions`);
  if (datatype === undefined || shape === undefined) return undefined;
  const alias = `${side}-${index}`;
  return { name, ...(name === alias ? {} : { alias }), datatype, shape };
}

/** One named column a feature in MLflow, one tensor of as many columns in the graph. */
function withColumns(tensors: readonly Tensor[], fields: readonly MlField[]): readonly Tensor[] {
  const [only] = tensors;
  const names = fields.flatMap((field) => (field.kind === 'column' ? (field.name ?? []) : []));
  const fits = only?.shape.length === 2 && [-1, names.length].includes(only.shape[1] ?? 0);
  if (only === undefined || tensors.length !== 1 || names.length === 0 || names.length !== fields.length || !fits)
    return tensors;
  return [{ ...only, columns: atLeastOne(names) }];
}

/** Names of the classes by index, which training scripts keep in the model's metadata. */
function authorLabels(mlModel: MlModelFacts | undefined): readonly string[] {
  const labels = mlModel?.metadata['labels'];
  return Array.isArray(labels) && labels.every((label) => typeof label === 'string' && label !== '') ? labels : [];
}

function withLabels(tensor: Tensor, outputs: readonly Tensor[], graph: OnnxFacts, author: readonly string[]): Tensor {
  const { labels, chosen } = graph.classes;
  const classes = labels.get(tensor.name);
  const counted = [...labels.values()].some((names) => names.every((name, index) => name === String(index)));
  if (classes !== undefined) {
    const named = counted && author.length === classes.length ? author : classes;
    return named.length === 0 ? tensor : { ...tensor, labels: atLeastOne(named) };
  }
  if (author.length === 0 || !(counted || labels.size === 0)) return tensor;
  const isIndex = tensor.datatype.startsWith('INT') && tensor.shape.length <= 1;
  const isScores = tensor.datatype.startsWith('FP') && tensor.shape.length === 2 && tensor.shape[1] === author.length;
  const alone = outputs.filter(({ datatype }) => datatype.startsWith(isIndex ? 'INT' : 'FP')).length === 1;
  const fits = chosen.includes(tensor.name) ? isIndex : labels.size === 0 && (isIndex || isScores) && alone;
  return fits ? { ...tensor, labels: atLeastOne(author) } : tensor;
}

function isTensor(tensor: Tensor | undefined): tensor is Tensor {
  return tensor !== undefined;
}

function atLeastOne<T>(list: readonly T[]): readonly [T, ...T[]] {
  return list as readonly [T, ...T[]];
}

/** What of a new version's tensors a client of the old ones would notice; empty when nothing. */
export function signatureChanges(before: Signature, after: Signature): string[] {
  return (['inputs', 'outputs'] as const).flatMap((side) => {
    const [old, now] = [before[side], after[side]];
    const text = ({ name, datatype, shape }: Tensor) => `${name} ${datatype} [${shape.join(', ')}]`;
    const [was, is] = [old.map(text).join('; '), now.map(text).join('; ')];
    return was === is ? [] : [`${side} are ${is}, before ${was}`];
  });
}
