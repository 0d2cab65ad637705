/**
 * Which operators a graph gives which element types, as far as that can be told from the file: types begin at the inputs, the
 * weights, constants and casts, and go from node to node. What an operator gives is handed in. A type that cannot be told is
 * left out, and so are the bodies of If, Loop and Scan.
 */
import { elementOf } from './element.ts';
import type { Node } from './graph.ts';

/** Domain → operator → for each output the place of an input of the same type, a type of its own, or null. */
export type Results = Readonly<Record<string, Readonly<Record<string, readonly (number | string | null)[]>>>>;

export interface Use {
  readonly domain: string;
  readonly type: string;
  /** Element type of the first input, in ONNX's words: `DOUBLE`. */
  readonly element: string;
}

const ATTRIBUTE = { name: 1, integer: 3, tensor: 5 } as const;
const TENSOR_TYPE = 2;

/** `known`: element types by the names of inputs and weights. One of each use, in the order of the graph. */
export function usesOf(nodes: readonly Node[], known: ReadonlyMap<string, string>, results: Results): Use[] {
  const types = new Map(known);
  const uses = new Map<string, Use>();
  for (const node of nodes) {
    const element = types.get(node.inputs[0] ?? '');
    const { domain, type } = node;
    if (element !== undefined) uses.set(`${domain}\0${type}\0${element}`, { domain, type, element });
    for (const [index, name] of node.outputs.entries()) {
      const given = outputType(node, index, types, results);
      if (given !== undefined) types.set(name, given);
    }
  }
  return [...uses.values()];
}

function outputType(
  node: Node,
  index: number,
  types: ReadonlyMap<string, string>,
  results: Results,
): string | undefined {
  if (node.domain === 'ai.onnx' && node.type === 'Cast')
    return elementOf(attribute(node, 'to')?.integer(ATTRIBUTE.integer) ?? 0).name;
  if (node.domain === 'ai.onnx' && node.type === 'Constant') {
    const tensor = attribute(node, 'value')?.message(ATTRIBUTE.tensor);
    return tensor === undefined ? undefined : elementOf(tensor.integer(TENSOR_TYPE)).name;
  }
  const given = results[node.domain]?.[node.type]?.[index] ?? undefined;
  return typeof given === 'number' ? types.get(node.inputs[given] ?? '') : given;
}

function attribute({ attributes }: Node, name: string) {
  return attributes.find((one) => one.text(ATTRIBUTE.name) === name);
}
