/**
 * From answers to bytes: JSON, and binary tensors behind it where they were asked for.
 *
 * Members without a value are left out: the protocol's schema has no null. Data is flat, in row-major order.
 */
import type { InferResponse } from '../protocol/messages.ts';
import { narrowFloat } from '../protocol/narrow-float.ts';
import { writeRaw } from '../protocol/raw.ts';
import type { NamedTensor } from '../protocol/tensor.ts';

/** `base64` is for BYTES outputs; others are JSON all the same. */
export type OutputForm = 'json' | 'binary' | 'base64';

export interface OutputForms {
  readonly named: ReadonlyMap<string, OutputForm>;
  /** Of outputs that the request does not name. */
  readonly others: OutputForm;
}

export interface BinaryAnswer {
  readonly json: string;
  /** Bytes of the tensors, in the order of outputs. */
  readonly tensors: readonly Buffer[];
}

export function encodeInfer(response: InferResponse): string {
  let text = head(response);
  const { outputs } = response;
  for (let index = 0; index < outputs.length; index++) {
    if (index > 0) text += ',';
    text += encodeTensor(outputs[index] as NamedTensor);
  }
  return `${text}]}`;
}

/** For answers of which some outputs are not plain JSON. */
export function encodeForms(response: InferResponse, forms: OutputForms): BinaryAnswer {
  const tensors: Buffer[] = [];
  const outputs = response.outputs.map((tensor) => {
    const form = forms.named.get(tensor.name) ?? forms.others;
    if (form === 'json') return encodeTensor(tensor);
    if (form === 'base64') return encodeBase64(tensor);
    const bytes = writeRaw(tensor.data);
    tensors.push(bytes);
    return `${tensorHead(tensor)},"parameters":{"binary_data_size":${bytes.length}}}`;
  });
  return { json: `${head(response)}${outputs.join(',')}]}`, tensors };
}

function head({ modelName, modelVersion, id, parameters }: InferResponse): string {
  const start = `{"model_name":${JSON.stringify(modelName)},"model_version":${JSON.stringify(modelVersion)}`;
  const named = id === undefined ? '' : `,"id":${JSON.stringify(id)}`;
  return `${start}${named}${parameters === undefined ? '' : `,"parameters":${JSON.stringify(parameters)}`},"outputs":[`;
}

function encodeTensor(tensor: NamedTensor): string {
  return `${tensorHead(tensor)},"data":[${encodeData(tensor)}]}`;
}

function encodeBase64(tensor: NamedTensor): string {
  if (!Array.isArray(tensor.data)) return encodeTensor(tensor);
  const data = tensor.data.map((text) => `"${Buffer.from(text).toString('base64')}"`).join(',');
  return `${tensorHead(tensor)},"parameters":{"content_type":"base64"},"data":[${data}]}`;
}

function tensorHead({ name, shape, datatype }: NamedTensor): string {
  return `{"name":${JSON.stringify(name)},"shape":[${shape.join(',')}],"datatype":"${datatype}"`;
}

/** 64-bit integers with all their digits; FP32, FP16 and BF16 as the double of the same value; NaN and infinities as null. */
export function encodeData({ datatype, data }: Pick<NamedTensor, 'datatype' | 'data'>): string {
  if (Array.isArray(data)) return data.map((text) => JSON.stringify(text)).join(',');
  if (datatype === 'BOOL') return Array.from(data as Uint8Array, (bit) => (bit === 0 ? 'false' : 'true')).join(',');
  if (data instanceof Float32Array || data instanceof Float64Array) return floats(data);
  const narrow = narrowFloat(datatype);
  if (narrow !== undefined) return Array.from(data as Uint16Array, (bits) => number(narrow.from(bits))).join(',');
  return data.join(',');
}

function floats(data: Float32Array | Float64Array): string {
  for (let index = 0; index < data.length; index++) {
    const value = data[index] as number;
    // Zeros of either sign are rare enough; JSON keeps the sign, join does not.
    if (value - value !== 0 || (value === 0 && Object.is(value, -0))) return Array.from(data, number).join(',');
  }
  return data.join(',');
}

function number(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  return Object.is(value, -0) ? '-0' : String(value);
}
