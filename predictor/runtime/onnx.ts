/**
 * The parts of an ONNX file that this predictor reads, over the wire format. Field numbers are those of `onnx.proto`
 * (ONNX IR version 3 and later).
 */
import { bytesOf, type Field, integersOf, readFields, textOf } from './wire.ts';

export const modelField = { irVersion: 1, producerName: 2, producerVersion: 3, graph: 7, opsetImport: 8 } as const;
export const opsetField = { domain: 1, version: 2 } as const;
export const graphField = {
  node: 1,
  name: 2,
  initializer: 5,
  input: 11,
  output: 12,
  valueInfo: 13,
  sparseInitializer: 15,
} as const;
export const nodeField = { input: 1, output: 2, name: 3, opType: 4, attribute: 5, domain: 7 } as const;
export const attributeField = {
  name: 1,
  float: 2,
  integer: 3,
  text: 4,
  tensor: 5,
  graph: 6,
  floats: 7,
  integers: 8,
  texts: 9,
  tensors: 10,
  graphs: 11,
  type: 20,
} as const;
export const valueInfoField = { name: 1, type: 2 } as const;
export const typeField = { tensor: 1, sequence: 4, map: 5 } as const;
export const tensorTypeField = { elementType: 1, shape: 2 } as const;
export const shapeField = { dimension: 1 } as const;
export const dimensionField = { value: 1, name: 2 } as const;
export const tensorField = {
  dimensions: 1,
  dataType: 2,
  name: 8,
  rawData: 9,
  externalData: 13,
  dataLocation: 14,
} as const;
export const entryField = { key: 1, value: 2 } as const;

/** Domain of the classic machine learning operators. */
export const mlDomain = 'ai.onnx.ml';

export interface Node {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly opType: string;
  /** `ai.onnx`, the long form of the default domain, is given as the empty string. */
  readonly domain: string;
  readonly attributes: readonly Uint8Array[];
}

/** Contents of every field with this number. */
export function all(fields: readonly Field[], number: number): Uint8Array[] {
  return fields.filter((field) => field.number === number).map(bytesOf);
}

/** Texts of every field with this number. */
export function texts(fields: readonly Field[], number: number): string[] {
  return fields.filter((field) => field.number === number).map(textOf);
}

/** Integers of every field with this number, packed or not. */
export function integers(fields: readonly Field[], number: number): bigint[] {
  return fields.filter((field) => field.number === number).flatMap(integersOf);
}

/** Text of the last field with this number, as protobuf decides for a single field; empty when there is none. */
export function text(fields: readonly Field[], number: number): string {
  return texts(fields, number).at(-1) ?? '';
}

/** The last message with this number, as fields. */
export function child(fields: readonly Field[], number: number): Field[] | undefined {
  const last = all(fields, number).at(-1);
  return last === undefined ? undefined : readFields(last);
}

/** A NodeProto. */
export function readNode(bytes: Uint8Array): Node {
  const fields = readFields(bytes);
  const domain = text(fields, nodeField.domain);
  return {
    inputs: texts(fields, nodeField.input),
    outputs: texts(fields, nodeField.output),
    opType: text(fields, nodeField.opType),
    domain: domain === 'ai.onnx' ? '' : domain,
    attributes: all(fields, nodeField.attribute),
  };
}

/** Values of a node's list attribute as text, in order; empty when the node has no such attribute. */
export function listAttribute(node: Node, name: string): string[] {
  const fields = node.attributes.map(readFields).find((attribute) => text(attribute, attributeField.name) === name);
  if (fields === undefined) return [];
  return [...integers(fields, attributeField.integers).map(String), ...texts(fields, attributeField.texts)];
}
