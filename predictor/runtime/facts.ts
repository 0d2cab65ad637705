/** What an ONNX file says about itself beyond what the session tells: producer, opsets, ranks, labels, other files. */
import { type ClassifierOutputs, classifierOutputs } from './classifier.ts';
import {
  all,
  attributeField,
  child,
  entryField,
  graphField,
  integers,
  modelField,
  opsetField,
  readNode,
  tensorField,
  tensorTypeField,
  text,
  typeField,
  valueInfoField,
} from './onnx.ts';
import { readFields } from './wire.ts';

export interface GraphFacts extends ClassifierOutputs {
  readonly irVersion: number;
  /** Name and version of the program that wrote the file, such as `skl2onnx 1.20.0`. */
  readonly producer: string;
  /** Operator domain → version; the default domain is `ai.onnx`. */
  readonly opsets: Readonly<Record<string, number>>;
  /** Inputs and outputs whose type leaves the number of dimensions open. */
  readonly anyRank: ReadonlySet<string>;
  /** Files beside the model that hold weights, as the model names them. */
  readonly externalFiles: readonly string[];
}

const externalLocation = 1n;

/** Throws WireError when the bytes are not an ONNX model. */
export function readFacts(model: Uint8Array): GraphFacts {
  const fields = readFields(model);
  const graph = all(fields, modelField.graph).at(-1) ?? new Uint8Array(0);
  const opsets = all(fields, modelField.opsetImport).map((opset) => {
    const parts = readFields(opset);
    return [text(parts, opsetField.domain) || 'ai.onnx', Number(integers(parts, opsetField.version).at(-1) ?? 0n)];
  });
  const external = new Set<string>();
  collectExternal(graph, external);
  return {
    irVersion: Number(integers(fields, modelField.irVersion).at(-1) ?? 0n),
    producer: `${text(fields, modelField.producerName)} ${text(fields, modelField.producerVersion)}`.trim(),
    opsets: Object.fromEntries(opsets),
    anyRank: namesWithoutShape(graph),
    externalFiles: [...external],
    ...classifierOutputs(readFields(graph)),
  };
}

function namesWithoutShape(graph: Uint8Array): Set<string> {
  const fields = readFields(graph);
  const infos = [...all(fields, graphField.input), ...all(fields, graphField.output)].map(readFields);
  const open = infos.filter((info) => {
    const tensor = child(child(info, valueInfoField.type) ?? [], typeField.tensor);
    return tensor !== undefined && !tensor.some((field) => field.number === tensorTypeField.shape);
  });
  return new Set(open.map((info) => text(info, valueInfoField.name)));
}

/** Weights lie in initializers, and in attributes of nodes (Constant, If, Loop) to any depth. */
function collectExternal(graph: Uint8Array, found: Set<string>): void {
  const fields = readFields(graph);
  for (const tensor of all(fields, graphField.initializer)) addExternal(tensor, found);
  for (const bytes of all(fields, graphField.node)) {
    for (const attribute of readNode(bytes).attributes) {
      const parts = readFields(attribute);
      const { tensor, tensors, graph: one, graphs } = attributeField;
      for (const part of [...all(parts, tensor), ...all(parts, tensors)]) addExternal(part, found);
      for (const part of [...all(parts, one), ...all(parts, graphs)]) collectExternal(part, found);
    }
  }
}

function addExternal(tensor: Uint8Array, found: Set<string>): void {
  const fields = readFields(tensor);
  if (!integers(fields, tensorField.dataLocation).includes(externalLocation)) return;
  for (const entry of all(fields, tensorField.externalData).map(readFields)) {
    if (text(entry, entryField.key) === 'location') found.add(text(entry, entryField.value));
  }
}
