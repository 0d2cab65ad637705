/**
 * Holds a request against a model's signature. What passes here needs no further check: the runtime itself ignores
 * inputs that it does not know, cuts text at a NUL and replaces lone surrogates, all without a word.
 *
 * The wording of datatype, shape and name faults is that of Triton, which clients' tests look for.
 */
import { ServeError } from './error.ts';
import type { InferRequest } from './messages.ts';
import { pointer } from './pointer.ts';
import type { NamedSpec, Signature, TensorSpec } from './signature.ts';
import { type NamedTensor, shapeText } from './tensor.ts';

/** A request in the graph's own words. */
export interface CheckedRequest {
  /** One tensor per graph input, under the graph's own name. */
  readonly feeds: readonly NamedTensor[];
  /** What to answer, in this order: graph output and the name that the client knows it by. */
  readonly answers: readonly { readonly output: string; readonly name: string }[];
}

/** Throws ServeError INPUT_* or OUTPUT_* for the first fault. */
export function checkRequest(request: InferRequest, signature: Signature): CheckedRequest {
  const inputs = request.inputs.map((input, index) => resolveInput(request.modelName, input, index, signature));
  const feeds = new Map<string, NamedTensor>();
  for (const [index, input] of request.inputs.entries()) {
    const spec = inputs[index]?.spec;
    if (spec === undefined) continue;
    if (feeds.has(spec.name)) {
      const at = { pointer: pointer('inputs', index, 'name') };
      throw new ServeError('INPUT_REPEATED', `input '${input.name}' already exists in request`, at);
    }
    checkInput(request.modelName, input, index, spec);
    feeds.set(spec.name, { ...input, name: spec.name });
  }
  checkMissing(request.modelName, feeds, signature);
  const positional = inputs.length > 0 && inputs.every((input) => input.positional);
  return { feeds: [...feeds.values()], answers: answersFor(request, signature, positional) };
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

function checkMissing(model: string, feeds: ReadonlyMap<string, NamedTensor>, signature: Signature): void {
  const missing = signature.inputs.filter((spec) => !feeds.has(spec.name));
  if (missing.length === 0) return;
  const message = `expected ${signature.inputs.length} inputs but got ${feeds.size} inputs for model '${model}'. Missing ${quoted(missing)}`;
  throw new ServeError('INPUT_MISSING', message, { pointer: pointer('inputs') });
}

/**
 * Names of the answer. Asked for by name: exactly those names. Otherwise every output: under `output-<i>` when all
 * inputs were addressed as `input-<i>`, else under the graph's own names.
 */
function answersFor(request: InferRequest, signature: Signature, positional: boolean): CheckedRequest['answers'] {
  if (request.outputs.length === 0) {
    const alias = new Map(
      [...signature.outputNames]
        .filter(([, known]) => known.positional)
        .map(([name, known]) => [known.spec.name, name]),
    );
    return signature.outputs.map(({ name }) => ({ output: name, name: (positional && alias.get(name)) || name }));
  }
  const asked = new Set<string>();
  return request.outputs.map((name, index) => {
    const at = { pointer: pointer('outputs', index, 'name') };
    const known = signature.outputNames.get(name);
    if (known === undefined) {
      const message = `unexpected inference output '${name}' for model '${request.modelName}'. Expected ${quoted(signature.outputs)}`;
      throw new ServeError('OUTPUT_UNKNOWN', message, at);
    }
    if (asked.has(name)) throw new ServeError('OUTPUT_REPEATED', `output '${name}' already exists in request`, at);
    asked.add(name);
    return { output: known.spec.name, name };
  });
}

function quoted(specs: readonly TensorSpec[]): string {
  return specs.map((spec) => `'${spec.name}'`).join(', ');
}
