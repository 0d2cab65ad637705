/**
 * Holds a request against a model's signature. What passes here needs no further check: the runtime itself ignores
 * inputs that it does not know, cuts text at a NUL and replaces lone surrogates, all without a word.
 *
 * The wording of datatype, shape and name faults is that of Triton, which clients' tests look for.
 */
import { assembleColumns } from './columns.ts';
import { ServeError } from './error.ts';
import type { InferRequest } from './messages.ts';
import { pointer } from './pointer.ts';
import type { NamedSpec, Signature, TensorSpec } from './signature.ts';
import { type NamedTensor, shapeText } from './tensor.ts';

/** A request in the graph's own words. */
export interface CheckedRequest {
  /** One tensor per graph input, in the graph's order and under its names. */
  readonly feeds: readonly NamedTensor[];
  /** Graph outputs to compute, each once. */
  readonly wanted: readonly string[];
  /** What to answer, in this order. */
  readonly answers: readonly Answer[];
  /** First dimension of every input; undefined when they differ or an input has none. */
  readonly rows: number | undefined;
  /** Equal for requests that want the same outputs and differ in nothing but rows. */
  readonly key: string;
}

export interface Answer {
  /** Position in `wanted`. */
  readonly at: number;
  /** The name that the client knows it by. */
  readonly name: string;
  /** Classes to answer instead of the tensor. */
  readonly classification?: number;
}

/** Throws ServeError INPUT_*, OUTPUT_* or REQUEST_FIELD for the first fault. */
export type Checker = (request: InferRequest) => CheckedRequest;

/** What does not depend on a request is worked out once. */
export function createChecker(signature: Signature): Checker {
  const order = new Map(signature.inputs.map((spec, index) => [spec, index]));
  const wanted = signature.outputs.map((spec) => spec.name);
  const own = wanted.map((name, at): Answer => ({ at, name }));
  const positional = signature.outputs.map((spec, at): Answer => ({ at, name: positionOf(spec, signature) }));
  const shapesVary = signature.inputs.some((spec) => spec.anyRank || spec.shape.slice(1).includes(-1));
  return (request) => {
    const inputs = assembleColumns(request, signature) ?? request.inputs;
    const { feeds, byPosition } = feedsOf(request, inputs, signature, order);
    const all = request.outputs.length === 0;
    const asked = all ? { wanted, answers: byPosition ? positional : own } : askedOutputs(request, signature);
    const outputsKey = all ? '' : JSON.stringify(asked.wanted);
    const key = shapesVary ? outputsKey + shapesKey(feeds) : outputsKey;
    return { feeds, wanted: asked.wanted, answers: asked.answers, rows: rowsOf(feeds), key };
  };
}

function positionOf(spec: TensorSpec, signature: Signature): string {
  const found = [...signature.outputNames].find(([, known]) => known.positional && known.spec === spec);
  return found?.[0] ?? spec.name;
}

function feedsOf(
  request: InferRequest,
  inputs: readonly NamedTensor[],
  signature: Signature,
  order: ReadonlyMap<TensorSpec, number>,
): { readonly feeds: readonly NamedTensor[]; readonly byPosition: boolean } {
  const feeds = new Array<NamedTensor | undefined>(signature.inputs.length).fill(undefined);
  const known = inputs.map((input, index) => resolveInput(request.modelName, input, index, signature));
  let byPosition = inputs.length > 0;
  for (const [index, { spec, positional }] of known.entries()) {
    const input = inputs[index] as NamedTensor;
    const at = order.get(spec) ?? 0;
    if (feeds[at] !== undefined) {
      const place = { pointer: pointer('inputs', index, 'name') };
      throw new ServeError('INPUT_REPEATED', `input '${input.name}' already exists in request`, place);
    }
    checkInput(request.modelName, input, index, spec);
    feeds[at] = input.name === spec.name ? input : { ...input, name: spec.name };
    byPosition &&= positional;
  }
  checkMissing(request.modelName, feeds, signature);
  if (signature.refusesEmpty === true) checkElements(request.modelName, inputs);
  return { feeds: feeds as NamedTensor[], byPosition };
}

function rowsOf(feeds: readonly NamedTensor[]): number | undefined {
  const rows = feeds[0]?.shape[0];
  for (const feed of feeds) if (feed.shape[0] !== rows) return undefined;
  return rows;
}

/** All but the rows. */
function shapesKey(feeds: readonly NamedTensor[]): string {
  return feeds.map(({ shape }) => shape.slice(1).join(',')).join(';');
}

function resolveInput(model: string, input: NamedTensor, index: number, signature: Signature): NamedSpec {
  const known = signature.inputNames.get(input.name);
  if (known !== undefined) return known;
  const message = `unexpected inference input '${input.name}' for model '${model}'. Expected ${quoted(signature.inputs)}`;
  throw new ServeError('INPUT_UNKNOWN', message, { pointer: pointer('inputs', index, 'name') });
}

function checkInput(model: string, input: NamedTensor, index: number, spec: TensorSpec): void {
  if (input.datatype !== spec.datatype) {
    const message = `inference input '${input.name}' data-type is '${input.datatype}', but model '${model}' expects '${spec.datatype}'`;
    throw new ServeError('INPUT_DATATYPE', message, { pointer: pointer('inputs', index, 'datatype') });
  }
  if (!fits(input.shape, spec)) {
    const wanted = shapeText(spec.shape);
    const message = `unexpected shape for input '${input.name}' for model '${model}'. Expected ${wanted}, got ${shapeText(input.shape)}`;
    throw new ServeError('INPUT_SHAPE', message, { pointer: pointer('inputs', index, 'shape') });
  }
  if (input.datatype === 'BYTES') checkText(input, index);
}

function fits(shape: readonly number[], spec: TensorSpec): boolean {
  if (spec.anyRank) return true;
  if (shape.length !== spec.shape.length) return false;
  return spec.shape.every((wanted, axis) => wanted === -1 || wanted === shape[axis]);
}

/** With the u flag a pair is one character, so only an unpaired half matches. */
const loneSurrogate = /\p{Surrogate}/u;

/** ONNX strings end at a NUL and are UTF-8: an element outside that would reach the model as something else. */
function checkText(input: NamedTensor, index: number): void {
  for (const [element, text] of (input.data as readonly string[]).entries()) {
    const fault = text.includes('\0') ? 'a NUL' : loneSurrogate.test(text) ? 'a lone surrogate' : undefined;
    if (fault === undefined) continue;
    const message = `element ${element} of input '${input.name}' holds ${fault}, which an ONNX string cannot`;
    throw new ServeError('INPUT_DATA', message, { pointer: pointer('inputs', index, 'data') });
  }
}

/** Seen at load: the graph does not survive an input without elements. */
function checkElements(model: string, inputs: readonly NamedTensor[]): void {
  const index = inputs.findIndex(({ data }) => data.length === 0);
  const input = inputs[index];
  if (input === undefined) return;
  const message = `unexpected shape for input '${input.name}' for model '${model}'. Expected at least one element, since the graph cannot run on none, got ${shapeText(input.shape)}`;
  throw new ServeError('INPUT_SHAPE', message, { pointer: pointer('inputs', index, 'shape') });
}

function checkMissing(model: string, feeds: readonly (NamedTensor | undefined)[], signature: Signature): void {
  if (!feeds.includes(undefined)) return;
  const missing = signature.inputs.filter((_, index) => feeds[index] === undefined);
  const found = feeds.length - missing.length;
  const message = `expected ${feeds.length} inputs but got ${found} inputs for model '${model}'. Missing ${quoted(missing)}`;
  throw new ServeError('INPUT_MISSING', message, { pointer: pointer('inputs') });
}

/** Asked for by name: exactly those names. */
function askedOutputs(
  request: InferRequest,
  signature: Signature,
): { readonly wanted: readonly string[]; readonly answers: readonly Answer[] } {
  const asked = new Set<string>();
  const wanted: string[] = [];
  const answers = request.outputs.map(({ name, classification }, index): Answer => {
    const at = { pointer: pointer('outputs', index, 'name') };
    const known = signature.outputNames.get(name);
    if (known === undefined) {
      const message = `unexpected inference output '${name}' for model '${request.modelName}'. Expected ${quoted(signature.outputs)}`;
      throw new ServeError('OUTPUT_UNKNOWN', message, at);
    }
    if (asked.has(name)) throw new ServeError('OUTPUT_REPEATED', `output '${name}' already exists in request`, at);
    asked.add(name);
    if (!wanted.includes(known.spec.name)) wanted.push(known.spec.name);
    const classes = classesOf(name, classification, known.spec, index);
    return { at: wanted.indexOf(known.spec.name), name, ...(classes === 0 ? {} : { classification: classes }) };
  });
  return { wanted, answers };
}

/** 0 asks for the tensor, as in Triton. */
function classesOf(name: string, classification: number | undefined, spec: TensorSpec, index: number): number {
  if (classification === undefined || classification === 0) return 0;
  const at = { pointer: pointer('outputs', index, 'parameters', 'classification') };
  if (!Number.isSafeInteger(classification) || classification < 0) {
    const message = `classification of output '${name}' is ${classification}, expected a number of classes`;
    throw new ServeError('REQUEST_FIELD', message, at);
  }
  if (spec.datatype === 'BYTES' || spec.datatype === 'BOOL') {
    const message = `cannot classify output '${name}' of data-type '${spec.datatype}', expected numbers`;
    throw new ServeError('REQUEST_FIELD', message, at);
  }
  return classification;
}

function quoted(specs: readonly TensorSpec[]): string {
  return specs.map((spec) => `'${spec.name}'`).join(', ');
}
