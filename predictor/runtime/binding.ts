/**
 * onnxruntime-node's native part without its JavaScript around it (1.30.0, held by package.json): a run is over when the
 * call returns. The public `run` hides the same call behind a timer, which costs a small model more than the run.
 */
import { env, type InferenceSession } from 'onnxruntime-node';
import { type Binding, binding, initOrt } from 'onnxruntime-node/dist/binding.js';

export type NativeSession = Binding.InferenceSession;
export type NativeValue = Binding.ValueMetadata;

/** onnxruntime's own lines on standard error are no JSON; every error comes as an exception with the same text. */
env.logLevel = 'fatal';

/** From a file, whose external data is found beside it, or from bytes. Blocks; throws onnxruntime's error. */
export function openNative(model: string | Uint8Array, options: InferenceSession.SessionOptions): NativeSession {
  initOrt();
  const session = new binding.InferenceSession();
  if (typeof model === 'string') session.loadModel(model, options);
  else session.loadModel(model.buffer as ArrayBuffer, model.byteOffset, model.byteLength, options);
  return session;
}

/** Element types by their number in ONNX's TensorProto.DataType. */
const elementTypes: readonly (string | undefined)[] = [
  undefined,
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
];

/** onnxruntime's name in JavaScript; undefined for types that have none. */
export function elementType({ type }: NativeValue): string | undefined {
  return elementTypes[type];
}
