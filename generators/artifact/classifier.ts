/** Class labels of a classifier's outputs, from the attributes of the nodes that make them. */
import type { Node } from './graph.ts';

export interface ClassLabels {
  /** Output of scores → the class of each column, as text. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
  /** Outputs that hold the chosen class. */
  readonly chosen: readonly string[];
  /** Outputs that ZipMap makes. */
  readonly zipMaps: readonly string[];
}

const ML = 'ai.onnx.ml';
const CLASSIFIERS = ['LinearClassifier', 'SVMClassifier', 'TreeEnsembleClassifier'];
/** Nodes that keep the meaning of columns on the way from a classifier to an output. */
const TRANSPARENT = ['Cast', 'Identity', 'Normalizer', 'Softmax', 'ZipMap'];
/** Their names differ: `classlabels_ints` in LinearClassifier and SVMClassifier, `…_int64s` in the others. */
const ATTRIBUTES = ['classlabels_ints', 'classlabels_int64s', 'classlabels_strings'];

/** Walks from each output back to the node that knows the classes. */
export function classLabels(nodes: readonly Node[], outputs: readonly string[]): ClassLabels {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const labels = new Map<string, readonly string[]>();
  const chosen: string[] = [];
  for (const output of outputs) {
    const origin = originOf(output, makers);
    if (origin === 'chosen') chosen.push(output);
    else if (origin !== undefined) labels.set(output, origin);
  }
  return { labels, chosen, zipMaps: outputs.filter((name) => isZipMap(makers.get(name))) };
}

function originOf(output: string, makers: ReadonlyMap<string, Node>): readonly string[] | 'chosen' | undefined {
  let name = output;
  for (let steps = 0; steps <= makers.size; steps += 1) {
    const node = makers.get(name);
    if (node === undefined) return undefined;
    if (isZipMap(node)) return labelsOf(node);
    if (node.domain === ML && CLASSIFIERS.includes(node.type)) {
      return node.outputs[0] === name ? 'chosen' : labelsOf(node);
    }
    if (!TRANSPARENT.includes(node.type)) return undefined;
    name = node.inputs[0] ?? '';
  }
  return undefined;
}

function isZipMap(node: Node | undefined): boolean {
  return node?.type === 'ZipMap' && node.domain === ML;
}

/** AttributeProto: name 1, ints 8, strings 9. */
function labelsOf(node: Node): string[] {
  return node.attributes
    .filter((attribute) => ATTRIBUTES.includes(attribute.text(1)))
    .flatMap((attribute) => [...attribute.integers(8).map(String), ...attribute.texts(9)]);
}
