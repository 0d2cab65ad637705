/** Writes small ONNX models for tests, so that no binary fixture has to be trusted. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Datatype } from '../protocol/datatype.ts';
import {
  attributeField,
  dimensionField,
  entryField,
  graphField,
  mlDomain,
  modelField,
  nodeField,
  opsetField,
  shapeField,
  tensorField,
  tensorTypeField,
  typeField,
  valueInfoField,
} from '../runtime/onnx.ts';
import { bytesField, type Field, floatField, integerField, writeFields } from '../runtime/wire.ts';

/** TensorProto.DataType. */
export const elementTypes: Readonly<Record<Datatype, number>> = {
  FP32: 1, UINT8: 2, INT8: 3, UINT16: 4, INT16: 5, INT32: 6, INT64: 7, BYTES: 8, BOOL: 9, FP16: 10, FP64: 11, UINT32: 12, UINT64: 13,
  BF16: 16,
};

export type Bytes = Uint8Array;
type Attribute =
  string | number | readonly number[] | readonly string[] | { readonly floats: readonly number[] } | { readonly graph: Bytes };

/** -1 is an open dimension; no shape at all leaves the rank open. */
export function value(name: string, datatype: Datatype, shape?: readonly number[]): Bytes {
  const dimensions = shape?.map((size) =>
    bytesField(shapeField.dimension, writeFields(size === -1 ? [] : [integerField(dimensionField.value, size)])),
  );
  const tensor = [
    integerField(tensorTypeField.elementType, elementTypes[datatype]),
    ...(dimensions === undefined ? [] : [bytesField(tensorTypeField.shape, writeFields(dimensions))]),
  ];
  return typed(name, [bytesField(typeField.tensor, writeFields(tensor))]);
}

function typed(name: string, type: readonly Field[]): Bytes {
  return writeFields([bytesField(valueInfoField.name, name), bytesField(valueInfoField.type, writeFields(type))]);
}

/** seq(map(key, float)), as ZipMap gives it. */
export function sequenceOfMaps(name: string, key: 'INT64' | 'BYTES'): Bytes {
  const float = writeFields([bytesField(typeField.tensor, writeFields([integerField(1, elementTypes.FP32)]))]);
  const map = writeFields([integerField(1, elementTypes[key]), bytesField(2, float)]);
  const element = writeFields([bytesField(typeField.map, map)]);
  return typed(name, [bytesField(typeField.sequence, writeFields([bytesField(1, element)]))]);
}

/** seq(tensor(float)): a type that is served nowhere. */
export function sequenceOfTensors(name: string): Bytes {
  const element = writeFields([bytesField(typeField.tensor, writeFields([integerField(1, elementTypes.FP32)]))]);
  return typed(name, [bytesField(typeField.sequence, writeFields([bytesField(1, element)]))]);
}

export function node(
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {},
  domain = '',
): Bytes {
  return writeFields([
    ...inputs.map((name) => bytesField(nodeField.input, name)),
    ...outputs.map((name) => bytesField(nodeField.output, name)),
    bytesField(nodeField.opType, opType),
    ...Object.entries(attributes).map(([name, content]) => bytesField(nodeField.attribute, attribute(name, content))),
    ...(domain === '' ? [] : [bytesField(nodeField.domain, domain)]),
  ]);
}

function attribute(name: string, content: Attribute): Bytes {
  const [type, fields] = attributeContent(content);
  return writeFields([bytesField(attributeField.name, name), ...fields, integerField(attributeField.type, type)]);
}

function attributeContent(content: Attribute): [number, Field[]] {
  if (typeof content === 'number') return [2, [integerField(attributeField.integer, content)]];
  if (typeof content === 'string') return [3, [bytesField(attributeField.text, content)]];
  if ('graph' in content) return [5, [bytesField(attributeField.graph, content.graph)]];
  if ('floats' in content) return [6, content.floats.map((item) => floatField(attributeField.floats, item))];
  if (typeof content[0] === 'number') return [7, content.map((item) => integerField(attributeField.integers, item as number))];
  return [8, content.map((item) => bytesField(attributeField.texts, item as string))];
}

/** FP32 weights inside the model, or in `file` beside it. */
export function weights(name: string, shape: readonly number[], values: readonly number[], file?: string): Bytes {
  const raw = new Uint8Array(Float32Array.from(values).buffer);
  const entry = (key: string, text: string) =>
    bytesField(tensorField.externalData, writeFields([bytesField(entryField.key, key), bytesField(entryField.value, text)]));
  const place =
    file === undefined
      ? [bytesField(tensorField.rawData, raw)]
      : [entry('location', file), entry('offset', '0'), entry('length', String(raw.length)), integerField(tensorField.dataLocation, 1)];
  return writeFields([
    ...shape.map((size) => integerField(tensorField.dimensions, size)),
    integerField(tensorField.dataType, elementTypes.FP32),
    bytesField(tensorField.name, name),
    ...place,
  ]);
}

/** Elements inside the model, given as their bytes. */
export function initializer(name: string, datatype: Datatype, shape: readonly number[], raw: ArrayBufferView): Bytes {
  return writeFields([
    ...shape.map((size) => integerField(tensorField.dimensions, size)),
    integerField(tensorField.dataType, elementTypes[datatype]),
    bytesField(tensorField.name, name),
    bytesField(tensorField.rawData, new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength)),
  ]);
}

export interface GraphParts {
  readonly nodes: readonly Bytes[];
  readonly inputs: readonly Bytes[];
  readonly outputs: readonly Bytes[];
  readonly initializers?: readonly Bytes[];
  readonly opsets?: Readonly<Record<string, number>>;
  /** Further fields of the model. */
  readonly extra?: readonly Field[];
}

/** A graph by itself, as If and Loop hold them. */
export function graph(parts: GraphParts): Bytes {
  return writeFields([
    ...parts.nodes.map((bytes) => bytesField(graphField.node, bytes)),
    bytesField(graphField.name, 'test'),
    ...(parts.initializers ?? []).map((bytes) => bytesField(graphField.initializer, bytes)),
    ...parts.inputs.map((bytes) => bytesField(graphField.input, bytes)),
    ...parts.outputs.map((bytes) => bytesField(graphField.output, bytes)),
  ]);
}

export function model(parts: GraphParts): Bytes {
  const opsets = Object.entries(parts.opsets ?? { '': 13, [mlDomain]: 1 });
  return writeFields([
    integerField(modelField.irVersion, 8),
    bytesField(modelField.producerName, 'test'),
    bytesField(modelField.graph, graph(parts)),
    ...opsets.map(([domain, version]) =>
      bytesField(modelField.opsetImport, writeFields([bytesField(opsetField.domain, domain), integerField(opsetField.version, version)])),
    ),
    ...(parts.extra ?? []),
  ]);
}

/** `in` → `out`, unchanged. */
export function identity(datatype: Datatype, shape?: readonly number[]): Bytes {
  return model({
    nodes: [node('Identity', ['in'], ['out'])],
    inputs: [value('in', datatype, shape)],
    outputs: [value('out', datatype, shape)],
  });
}

/** `a` + `b` → `sum`, FP32 [-1,2]. */
export function add(): Bytes {
  return model({
    nodes: [node('Add', ['a', 'b'], ['sum'])],
    inputs: [value('a', 'FP32', [-1, 2]), value('b', 'FP32', [-1, 2])],
    outputs: [value('sum', 'FP32', [-1, 2])],
  });
}

export interface ClassifierOptions {
  readonly labels: readonly number[] | readonly string[];
  /** Name of the file beside the model that holds the first layer. */
  readonly external?: string;
  /** Leave the default operator domain out, as converters of pure classifiers do. */
  readonly onlyMl?: boolean;
}

/** X FP32 [-1,2] → label, probabilities (ZipMap over softmax scores): class i wins where its own column is largest. */
export function classifier({ labels, external, onlyMl = false }: ClassifierOptions): Bytes {
  const texts = typeof labels[0] === 'string';
  const key = texts ? 'BYTES' : 'INT64';
  const count = labels.length;
  const coefficients = { floats: Array.from({ length: count * 2 }, (_, at) => (at % 2 === Math.floor(at / 2) % 2 ? 1 : -1)) };
  const shared = { coefficients, intercepts: { floats: new Array<number>(count).fill(0) }, post_transform: 'SOFTMAX' };
  const named = { ...shared, [texts ? 'classlabels_strings' : 'classlabels_ints']: labels };
  const layer = external === undefined ? [] : [node('MatMul', ['X', 'W'], ['hidden'])];
  return model({
    nodes: [
      ...layer,
      node('LinearClassifier', [external === undefined ? 'X' : 'hidden'], ['label', 'scores'], named, mlDomain),
      node('ZipMap', ['scores'], ['probabilities'], { [texts ? 'classlabels_strings' : 'classlabels_int64s']: labels }, mlDomain),
    ],
    inputs: [value('X', 'FP32', [-1, 2])],
    outputs: [value('label', key, [-1]), sequenceOfMaps('probabilities', key)],
    initializers: external === undefined ? [] : [weights('W', [2, 2], [2, 0, 0, 2], external)],
    ...(onlyMl ? { opsets: { [mlDomain]: 1 } } : {}),
  });
}

/** The file that `classifier({external})` and `doubled` name. */
export function externalWeights(): Bytes {
  return new Uint8Array(Float32Array.from([2, 0, 0, 2]).buffer);
}

/** X FP32 [-1,2] → Y = 2 X, with weights in `file`. */
export function doubled(file: string): Bytes {
  return model({
    nodes: [node('MatMul', ['X', 'W'], ['Y'])],
    inputs: [value('X', 'FP32', [-1, 2])],
    outputs: [value('Y', 'FP32', [-1, 2])],
    initializers: [weights('W', [2, 2], [2, 0, 0, 2], file)],
  });
}

/** Writes files below a folder: name → content. */
export function write(folder: string, files: Readonly<Record<string, Bytes | string>>): string {
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return folder;
}
