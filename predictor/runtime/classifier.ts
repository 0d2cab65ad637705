/** Finds a classifier's label and score outputs in a graph, and the class labels in its attributes. */
import { all, graphField, listAttribute, mlDomain, type Node, readNode, text, valueInfoField } from './onnx.ts';
import { type Field, readFields } from './wire.ts';
import { isZipMap, zipMapLabels } from './zipmap.ts';

export interface ClassifierOutputs {
  /** Score output → its columns' class labels as text. */
  readonly classLabels: ReadonlyMap<string, readonly string[]>;
  /** Graph output that holds the chosen class. */
  readonly labelOutput?: string;
  /** Graph output that holds one score per class. */
  readonly scoreOutput?: string;
}

const classifiers = new Set(['LinearClassifier', 'SVMClassifier', 'TreeEnsembleClassifier']);
/** Nodes that keep the columns' meaning on the way from a classifier to a graph output. */
const transparent = new Set(['Cast', 'Identity', 'Normalizer', 'Softmax', 'ZipMap']);
const labelAttributes = ['classlabels_ints', 'classlabels_int64s', 'classlabels_strings'];

/** Walks from each graph output back to the classifier that it comes from. */
export function classifierOutputs(graph: readonly Field[]): ClassifierOutputs {
  const producers = new Map<string, Node>();
  for (const bytes of all(graph, graphField.node)) {
    const node = readNode(bytes);
    for (const name of node.outputs) producers.set(name, node);
  }
  const classLabels = new Map<string, readonly string[]>();
  let labelOutput: string | undefined;
  for (const info of all(graph, graphField.output)) {
    const output = text(readFields(info), valueInfoField.name);
    const origin = trace(output, producers);
    if (origin?.labels !== undefined) classLabels.set(output, origin.labels);
    else if (origin !== undefined) labelOutput ??= output;
  }
  const scoreOutput = [...classLabels.keys()][0];
  return {
    classLabels,
    ...(labelOutput === undefined ? {} : { labelOutput }),
    ...(scoreOutput === undefined ? {} : { scoreOutput }),
  };
}

/** `labels` are there for a score output and absent for a label output; undefined for what no classifier made. */
function trace(output: string, producers: ReadonlyMap<string, Node>): { labels?: readonly string[] } | undefined {
  let name = output;
  for (let steps = 0; steps <= producers.size; steps++) {
    const node = producers.get(name);
    if (node === undefined) return undefined;
    if (isZipMap(node)) return { labels: zipMapLabels(node) };
    if (node.domain === mlDomain && classifiers.has(node.opType)) {
      if (node.outputs[0] === name) return {};
      return { labels: labelAttributes.flatMap((attribute) => listAttribute(node, attribute)) };
    }
    if (!transparent.has(node.opType)) return undefined;
    name = node.inputs[0] ?? '';
  }
  return undefined;
}
