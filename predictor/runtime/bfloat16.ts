/**
 * Puts FP32 in the place of BF16 where a graph begins and ends.
 *
 * onnxruntime-node (1.30.0) has no BFLOAT16 in JavaScript and does not load a model whose inputs or outputs have that
 * type, while its kernels do. So a graph input X becomes a FP32 input of another name, from which a first node makes X;
 * a graph output Y becomes a FP32 output of another name, which a last node makes from Y. What uses X or makes Y, also in
 * subgraphs, stays as it is, as does all else in the file. Values that are BF16 lose nothing on these ways.
 */
import {
  all,
  attributeField,
  child,
  graphField,
  integers,
  modelField,
  nodeField,
  opsetField,
  readNode,
  tensorField,
  tensorTypeField,
  text,
  typeField,
  valueInfoField,
} from './onnx.ts';
import { bytesField, bytesOf, type Field, integerField, readFields, writeFields } from './wire.ts';

export interface Bfloat16Rewrite {
  readonly model: Uint8Array;
  /** Name of a BF16 input → name of the FP32 input in its place. */
  readonly inputs: ReadonlyMap<string, string>;
  /** Name of a BF16 output → name of the FP32 output in its place. */
  readonly outputs: ReadonlyMap<string, string>;
}

const floatElement = 1;
const bfloat16Element = 16;
/** Cast takes BFLOAT16 from this version of the default domain on. Source: ONNX's operator changelog. */
const castOpset = 13;
/** AttributeProto.AttributeType.INT. */
const integerAttribute = 2;

/**
 * Undefined when neither inputs nor outputs are BF16. Throws WireError, and Error for models that are older than BF16 in
 * ONNX.
 */
export function withoutBfloat16(model: Uint8Array): Bfloat16Rewrite | undefined {
  const fields = readFields(model);
  const bytes = all(fields, modelField.graph).at(-1);
  if (bytes === undefined) return undefined;
  const graph = readFields(bytes);
  const declared = bfloat16Names(graph, graphField.input);
  const outputs = bfloat16Names(graph, graphField.output);
  if (declared.length === 0 && outputs.length === 0) return undefined;
  // An input with a value of its own is none that the runtime asks for.
  const given = new Set(initializerNames(graph));
  const inputs = declared.filter((name) => !given.has(name));
  if (inputs.length === 0 && outputs.length === 0) return undefined;
  checkOpset(fields, inputs[0] ?? outputs[0] ?? '');
  const used = new Set<string>();
  collectNames(graph, used);
  const renamed = { inputs: unusedNames(inputs, used), outputs: unusedNames(outputs, used) };
  const rewritten = bytesField(modelField.graph, rewriteGraph(graph, renamed.inputs, renamed.outputs));
  const changed = fields.map((field) => (field.number === modelField.graph ? rewritten : field));
  return { model: writeFields(changed), ...renamed };
}

function bfloat16Names(graph: readonly Field[], number: number): string[] {
  const infos = all(graph, number).map(readFields);
  return infos.filter(isBfloat16).map((info) => text(info, valueInfoField.name));
}

function isBfloat16(info: readonly Field[]): boolean {
  const tensor = child(child(info, valueInfoField.type) ?? [], typeField.tensor) ?? [];
  return integers(tensor, tensorTypeField.elementType).at(-1) === BigInt(bfloat16Element);
}

function checkOpset(model: readonly Field[], name: string): void {
  const versions = all(model, modelField.opsetImport)
    .map(readFields)
    .filter((opset) => ['', 'ai.onnx'].includes(text(opset, opsetField.domain)))
    .map((opset) => Number(integers(opset, opsetField.version).at(-1) ?? 0n));
  const newest = Math.max(0, ...versions);
  if (newest >= castOpset) return;
  const found = newest === 0 ? 'imports none' : `has ${newest}`;
  throw new Error(
    `'${name}' is BFLOAT16, which takes opset ${castOpset} of ai.onnx or a later one; the model ${found}`,
  );
}

function initializerNames(graph: readonly Field[]): string[] {
  const dense = all(graph, graphField.initializer).map(readFields);
  const sparse = all(graph, graphField.sparseInitializer).map((one) => child(readFields(one), sparseValues) ?? []);
  return [...dense, ...sparse].map((tensor) => text(tensor, tensorField.name));
}

/** SparseTensorProto.values, whose name is that of the whole. */
const sparseValues = 1;

/** Every name of a value, in subgraphs too: these may not take the name of a value around them. */
function collectNames(graph: readonly Field[], found: Set<string>): void {
  for (const name of initializerNames(graph)) found.add(name);
  for (const number of [graphField.input, graphField.output, graphField.valueInfo])
    for (const info of all(graph, number)) found.add(text(readFields(info), valueInfoField.name));
  for (const node of all(graph, graphField.node).map(readNode)) {
    for (const name of [...node.inputs, ...node.outputs]) found.add(name);
    for (const attribute of node.attributes.map(readFields))
      for (const number of [attributeField.graph, attributeField.graphs])
        for (const inner of all(attribute, number)) collectNames(readFields(inner), found);
  }
}

/** Each name → one that is not used yet; it is used then. */
function unusedNames(names: readonly string[], used: Set<string>): Map<string, string> {
  return new Map(
    names.map((name) => {
      let free = `${name}_fp32`;
      while (used.has(free)) free += '_';
      used.add(free);
      return [name, free];
    }),
  );
}

/** Order among fields of different numbers means nothing, that among nodes does: what comes first is computed first. */
function rewriteGraph(
  graph: readonly Field[],
  inputs: ReadonlyMap<string, string>,
  outputs: ReadonlyMap<string, string>,
): Uint8Array {
  const changed = graph.map((field) => {
    if (field.number === graphField.input) return asFloat(field, inputs);
    return field.number === graphField.output ? asFloat(field, outputs) : field;
  });
  const first = [...inputs].map(([name, float]) => castNode(float, name, bfloat16Element));
  const last = [...outputs].map(([name, float]) => castNode(name, float, floatElement));
  return writeFields([...first, ...changed, ...last]);
}

function castNode(from: string, to: string, element: number): Field {
  const attribute = writeFields([
    bytesField(attributeField.name, 'to'),
    integerField(attributeField.integer, element),
    integerField(attributeField.type, integerAttribute),
  ]);
  const node = writeFields([
    bytesField(nodeField.input, from),
    bytesField(nodeField.output, to),
    bytesField(nodeField.opType, 'Cast'),
    bytesField(nodeField.attribute, attribute),
  ]);
  return bytesField(graphField.node, node);
}

/** The input or output under its new name and with the new element type; its shape and all else stay. */
function asFloat(field: Field, names: ReadonlyMap<string, string>): Field {
  const info = readFields(bytesOf(field));
  const name = names.get(text(info, valueInfoField.name));
  if (name === undefined) return field;
  const type = child(info, valueInfoField.type) ?? [];
  const tensor = child(type, typeField.tensor) ?? [];
  const floats = replaced(tensor, integerField(tensorTypeField.elementType, floatElement));
  const typed = replaced(type, bytesField(typeField.tensor, writeFields(floats)));
  const named = replaced(info, bytesField(valueInfoField.name, name));
  return bytesField(field.number, writeFields(replaced(named, bytesField(valueInfoField.type, writeFields(typed)))));
}

function replaced(message: readonly Field[], by: Field): Field[] {
  return message.map((field) => (field.number === by.number ? by : field));
}
