/** Walks every node of a model, down into the bodies of If, Loop and Scan, and through the file's own functions. */
import { elementOf } from './element.ts';
import { Message, WireError } from './wire.ts';

export interface Node {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly type: string;
  /** `ai.onnx` for the default domain. */
  readonly domain: string;
  readonly attributes: readonly Message[];
}

export interface GraphWalk {
  /** Nodes of the outermost graph. */
  readonly nodes: readonly Node[];
  readonly operators: readonly { readonly domain: string; readonly type: string }[];
  /** The outermost graph's initializers, defaults where an input has the same name: name → element type in ONNX's words. */
  readonly initializers: ReadonlyMap<string, string>;
  /** File beside the model → bytes that it must have. */
  readonly external: ReadonlyMap<string, number>;
  readonly weightBytes: number;
}

const MODEL = { functions: 25 } as const;
const GRAPH = { node: 1, initializer: 5, sparse: 15 } as const;
const NODE = { input: 1, output: 2, type: 4, attribute: 5, domain: 7 } as const;
const ATTRIBUTE = { tensor: 5, graph: 6, tensors: 10, graphs: 11, sparse: 22, sparses: 23 } as const;
const TENSOR = { dims: 1, dataType: 2, strings: 6, name: 8, raw: 9, external: 13, location: 14 } as const;
const FUNCTION = { name: 1, node: 7, domain: 10 } as const;
const EXTERNAL = 1;
/** Bodies nest a few levels at most; a file made to exhaust the stack nests thousands. */
const DEEPEST = 64;

interface Findings {
  readonly operators: Map<string, { readonly domain: string; readonly type: string }>;
  readonly external: Map<string, number>;
  bytes: number;
}

/** Throws WireError. */
export function walkModel(model: Message, graph: Message): GraphWalk {
  const found: Findings = { operators: new Map(), external: new Map(), bytes: 0 };
  walkGraph(graph, found, 0);
  const functions = model.messages(MODEL.functions);
  for (const one of functions) {
    for (const bytes of one.all(FUNCTION.node)) walkNode(readNode(bytes), found, 0);
  }
  for (const one of functions)
    found.operators.delete(keyOf(domainOf(one.text(FUNCTION.domain)), one.text(FUNCTION.name)));
  const initializers = [...graph.messages(GRAPH.initializer), ...sparseValues(graph.messages(GRAPH.sparse))];
  return {
    nodes: graph.all(GRAPH.node).map(readNode),
    operators: [...found.operators].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, operator]) => operator),
    initializers: new Map(
      initializers.map((tensor) => [tensor.text(TENSOR.name), elementOf(tensor.integer(TENSOR.dataType)).name]),
    ),
    external: found.external,
    weightBytes: found.bytes,
  };
}

function walkGraph(graph: Message, found: Findings, depth: number): void {
  if (depth > DEEPEST) throw new WireError(`graphs nest deeper than ${DEEPEST}`);
  for (const tensor of graph.messages(GRAPH.initializer)) weigh(tensor, found);
  for (const sparse of graph.messages(GRAPH.sparse)) weighSparse(sparse, found);
  for (const bytes of graph.all(GRAPH.node)) walkNode(readNode(bytes), found, depth);
}

function walkNode(node: Node, found: Findings, depth: number): void {
  found.operators.set(keyOf(node.domain, node.type), { domain: node.domain, type: node.type });
  for (const attribute of node.attributes) {
    for (const tensor of [...attribute.messages(ATTRIBUTE.tensor), ...attribute.messages(ATTRIBUTE.tensors)]) {
      weigh(tensor, found);
    }
    for (const sparse of [...attribute.messages(ATTRIBUTE.sparse), ...attribute.messages(ATTRIBUTE.sparses)]) {
      weighSparse(sparse, found);
    }
    for (const graph of [...attribute.messages(ATTRIBUTE.graph), ...attribute.messages(ATTRIBUTE.graphs)]) {
      walkGraph(graph, found, depth + 1);
    }
  }
}

function readNode(bytes: Uint8Array): Node {
  const message = new Message(bytes);
  return {
    inputs: message.texts(NODE.input),
    outputs: message.texts(NODE.output),
    type: message.text(NODE.type),
    domain: domainOf(message.text(NODE.domain)),
    attributes: message.messages(NODE.attribute),
  };
}

function domainOf(text: string): string {
  return text === '' ? 'ai.onnx' : text;
}

function keyOf(domain: string, type: string): string {
  return `${domain}\0${type}`;
}

/** SparseTensorProto: values, indices. */
function sparseValues(sparse: readonly Message[]): Message[] {
  return sparse.flatMap((one) => one.messages(1));
}

function weighSparse(sparse: Message, found: Findings): void {
  for (const tensor of [...sparse.messages(1), ...sparse.messages(2)]) weigh(tensor, found);
}

function weigh(tensor: Message, found: Findings): void {
  const bytes = bytesOf(tensor);
  found.bytes += bytes;
  if (tensor.integer(TENSOR.location) !== EXTERNAL) return;
  const entries = new Map(tensor.messages(TENSOR.external).map((entry) => [entry.text(1), entry.text(2)]));
  const location = entries.get('location');
  if (location === undefined) throw new WireError(`tensor "${tensor.text(TENSOR.name)}" lies in a file without a name`);
  const end = Number(entries.get('offset') ?? 0) + Number(entries.get('length') ?? bytes);
  if (!Number.isSafeInteger(end) || end < 0) {
    throw new WireError(`tensor "${tensor.text(TENSOR.name)}" lies at no readable place in "${location}"`);
  }
  found.external.set(location, Math.max(found.external.get(location) ?? 0, end));
}

/** Bytes of a tensor's values in memory: by its shape, since the file may pack small ones more tightly. */
function bytesOf(tensor: Message): number {
  const element = elementOf(tensor.integer(TENSOR.dataType));
  if (element.bits === 0) return tensor.all(TENSOR.strings).reduce((sum, text) => sum + text.length, 0);
  const count = tensor.integers(TENSOR.dims).reduce((product, size) => product * Number(size), 1);
  return Math.ceil((count * element.bits) / 8);
}
