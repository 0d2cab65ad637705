/**
 * What an ONNX file says about itself: what it takes and gives, what it needs to run, how large it will be.
 *
 * Inputs and outputs are given as a client of this repository's predictor meets them: an input with a default value in
 * the file (an initializer of the same name) need not be sent, and an output behind ZipMap is the tensor of scores in
 * front of it. Field numbers are those of `onnx.proto`, IR version 3 and later.
 */
import { type ClassLabels, classLabels } from './classifier.ts';
import { type Datatype, elementOf } from './element.ts';
import { type GraphWalk, walkModel } from './graph.ts';
import type { Reading } from './reading.ts';
import { type Results, type Use, usesOf } from './uses.ts';
import { Message, WireError } from './wire.ts';

export interface OnnxTensor {
  readonly name: string;
  /** Absent for what is no tensor, and for element types that the Open Inference Protocol lacks. */
  readonly datatype?: Datatype;
  /** Type in ONNX's words: `FLOAT`, `sequence`, `map`, … */
  readonly type: string;
  /** -1 for a dimension of any size; absent when even the number of dimensions is open. */
  readonly shape?: readonly number[];
}

/** A file beside the model that holds weights. */
export interface ExternalFile {
  /** As the model names it, relative to its own folder. */
  readonly path: string;
  /** Bytes that the file must have at least for every tensor in it to be there; 0 when the model does not say. */
  readonly bytes: number;
}

export interface Operator {
  /** `ai.onnx` for the default domain. */
  readonly domain: string;
  readonly type: string;
}

export interface OnnxFacts {
  readonly irVersion: number;
  /** The program that wrote the file, such as `skl2onnx 1.20.0`. */
  readonly producer: string;
  /** Operator domain → version; the default domain is `ai.onnx`. */
  readonly opsets: Readonly<Record<string, number>>;
  /** Every operator that a runtime must have, once each, sorted; functions of the file itself are taken apart. */
  readonly operators: readonly Operator[];
  /** Operators of the outermost graph by the element type that they are given; none where nobody told what operators give. */
  readonly uses: readonly Use[];
  readonly inputs: readonly OnnxTensor[];
  readonly outputs: readonly OnnxTensor[];
  /** Outputs that ZipMap makes. */
  readonly zipMaps: readonly string[];
  readonly classes: ClassLabels;
  readonly externalFiles: readonly ExternalFile[];
  /** Bytes of all weights once they are in memory, in the file and beside it. */
  readonly weightBytes: number;
  /** `metadata_props`, free text that exporters leave. */
  readonly metadata: Readonly<Record<string, string>>;
}

const MODEL = { irVersion: 1, producer: 2, producerVersion: 3, graph: 7, opsetImport: 8, metadata: 14 } as const;
const GRAPH = { output: 12, input: 11 } as const;
const FLOAT = 'FLOAT';

/** Reads the bytes of a model file; `results` tell what operators give. */
export function readOnnx(bytes: Uint8Array, results?: Results): Reading<OnnxFacts> {
  try {
    return readModel(new Message(bytes), results);
  } catch (error) {
    if (error instanceof WireError) return { fault: `it is no ONNX file: ${error.message}` };
    throw error;
  }
}

function readModel(model: Message, results: Results | undefined): Reading<OnnxFacts> {
  const graph = model.message(MODEL.graph);
  const opsets = Object.fromEntries(
    model.messages(MODEL.opsetImport).map((opset) => [opset.text(1) || 'ai.onnx', opset.integer(2)]),
  );
  // Other protobuf files, and text that happens to look like one, have no such three fields together.
  if (graph === undefined || !model.has(MODEL.irVersion) || Object.keys(opsets).length === 0) {
    return { fault: 'it is no ONNX file: it has no graph, no IR version or no opset' };
  }
  const walk = walkModel(model, graph);
  const classes = classLabels(walk.nodes, namesOf(graph, GRAPH.output));
  const inputs = tensorsOf(graph, GRAPH.input);
  const known = new Map([...inputs.map(({ name, type }) => [name, type] as const), ...walk.initializers]);
  return {
    value: {
      irVersion: model.integer(MODEL.irVersion),
      producer: `${model.text(MODEL.producer)} ${model.text(MODEL.producerVersion)}`.trim(),
      opsets,
      operators: walk.operators,
      uses: results === undefined ? [] : usesOf(walk.nodes, known, results),
      inputs: inputs.filter(({ name }) => !walk.initializers.has(name)),
      outputs: tensorsOf(graph, GRAPH.output).map((tensor) => throughZipMap(tensor, classes)),
      zipMaps: classes.zipMaps,
      classes,
      ...weights(walk),
      metadata: Object.fromEntries(model.messages(MODEL.metadata).map((entry) => [entry.text(1), entry.text(2)])),
    },
  };
}

function weights({ external, weightBytes }: GraphWalk): Pick<OnnxFacts, 'externalFiles' | 'weightBytes'> {
  return { externalFiles: [...external].map(([path, bytes]) => ({ path, bytes })), weightBytes };
}

function namesOf(graph: Message, field: number): string[] {
  return graph.messages(field).map((info) => info.text(1));
}

/** ValueInfoProto, TypeProto: exactly one of its fields says what the value is. */
function tensorsOf(graph: Message, field: number): OnnxTensor[] {
  const others = { 4: 'sequence', 5: 'map', 8: 'sparse tensor', 9: 'optional' } as const;
  return graph.messages(field).map((info) => {
    const name = info.text(1);
    const type = info.message(2);
    const tensor = type?.message(1);
    if (tensor === undefined) {
      const other = Object.entries(others).find(([number]) => type?.has(Number(number)) === true);
      return { name, type: other?.[1] ?? 'unknown' };
    }
    const element = elementOf(tensor.integer(1));
    const shape = tensor.message(2);
    return {
      name,
      type: element.name,
      ...(element.datatype === undefined ? {} : { datatype: element.datatype }),
      ...(shape === undefined ? {} : { shape: shape.messages(1).map(dimensionOf) }),
    };
  });
}

/** A dimension with a name, or without any, takes any size; so does a negative one that old exporters wrote. */
function dimensionOf(dimension: Message): number {
  if (!dimension.has(1)) return -1;
  return Math.max(-1, dimension.integer(1));
}

function throughZipMap(tensor: OnnxTensor, { zipMaps, labels }: ClassLabels): OnnxTensor {
  if (!zipMaps.includes(tensor.name)) return tensor;
  const columns = labels.get(tensor.name)?.length ?? -1;
  return { name: tensor.name, type: FLOAT, datatype: 'FP32', shape: [-1, columns] };
}
