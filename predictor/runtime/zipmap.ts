/**
 * Removes ZipMap, the last node of most converted classifiers.
 *
 * ZipMap turns scores [N,C] into a sequence of N maps from class label to score, a type that onnxruntime-node cannot
 * return ("Non tensor type is temporarily not supported"). The scores are there before it: the node becomes an
 * Identity, so the output keeps its public name and is a FP32 tensor [N,C]. All else in the file stays byte for byte.
 */
import {
  all,
  dimensionField,
  graphField,
  integers,
  listAttribute,
  mlDomain,
  modelField,
  type Node,
  nodeField,
  opsetField,
  readNode,
  shapeField,
  tensorTypeField,
  text,
  typeField,
  valueInfoField,
} from './onnx.ts';
import { bytesField, bytesOf, type Field, integerField, readFields, writeFields } from './wire.ts';

/** Identity has been in the default domain since version 1; 13 is its form in ONNX 1.8 and later. */
const identityOpset = 13;
const floatElement = 1;

/** The model without ZipMap nodes that feed a graph output, or undefined when there are none. Throws WireError. */
export function withoutZipMap(model: Uint8Array): Uint8Array | undefined {
  const fields = readFields(model);
  const graph = all(fields, modelField.graph).at(-1);
  const rewritten = graph === undefined ? undefined : rewriteGraph(readFields(graph));
  if (rewritten === undefined) return undefined;
  const changed = fields.map((field) =>
    field.number === modelField.graph ? bytesField(field.number, rewritten) : field,
  );
  return writeFields(importsDefaultDomain(fields) ? changed : [...changed, defaultImport()]);
}

function rewriteGraph(graph: readonly Field[]): Uint8Array | undefined {
  const outputs = new Set(all(graph, graphField.output).map((info) => text(readFields(info), valueInfoField.name)));
  const zipped = new Map<string, number>();
  const changed = graph.map((field) => {
    if (field.number !== graphField.node) return field;
    const node = readNode(bytesOf(field));
    const output = node.outputs[0];
    if (!isZipMap(node) || output === undefined || !outputs.has(output)) return field;
    zipped.set(output, zipMapLabels(node).length);
    return bytesField(graphField.node, identityNode(node));
  });
  if (zipped.size === 0) return undefined;
  return writeFields(
    changed.map((field) => (field.number === graphField.output ? scoresOutput(field, zipped) : field)),
  );
}

/** True for a ZipMap of the machine learning domain. */
export function isZipMap(node: Node): boolean {
  return node.opType === 'ZipMap' && node.domain === mlDomain;
}

/** Class labels in the order of the scores' columns. */
export function zipMapLabels(node: Node): string[] {
  return [...listAttribute(node, 'classlabels_int64s'), ...listAttribute(node, 'classlabels_strings')];
}

function identityNode(zipMap: Node): Uint8Array {
  return writeFields([
    ...zipMap.inputs.map((name) => bytesField(nodeField.input, name)),
    ...zipMap.outputs.map((name) => bytesField(nodeField.output, name)),
    bytesField(nodeField.opType, 'Identity'),
  ]);
}

function scoresOutput(field: Field, zipped: ReadonlyMap<string, number>): Field {
  const info = readFields(bytesOf(field));
  const classes = zipped.get(text(info, valueInfoField.name));
  if (classes === undefined) return field;
  const columns = classes === 0 ? [] : [integerField(dimensionField.value, classes)];
  const shape = writeFields([
    bytesField(shapeField.dimension, new Uint8Array(0)),
    bytesField(shapeField.dimension, writeFields(columns)),
  ]);
  const tensor = writeFields([
    integerField(tensorTypeField.elementType, floatElement),
    bytesField(tensorTypeField.shape, shape),
  ]);
  const type = bytesField(valueInfoField.type, writeFields([bytesField(typeField.tensor, tensor)]));
  return bytesField(
    graphField.output,
    writeFields(info.map((part) => (part.number === valueInfoField.type ? type : part))),
  );
}

function importsDefaultDomain(model: readonly Field[]): boolean {
  return all(model, modelField.opsetImport).some((opset) => {
    const fields = readFields(opset);
    return ['', 'ai.onnx'].includes(text(fields, opsetField.domain)) && integers(fields, opsetField.version).length > 0;
  });
}

function defaultImport(): Field {
  return bytesField(modelField.opsetImport, writeFields([integerField(opsetField.version, identityOpset)]));
}
