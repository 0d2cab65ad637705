/** A ModelInferResponse as bytes, with its tensors either typed or raw. */
import type { Datatype, TensorData } from '../../protocol/datatype.ts';
import type { InferResponse, Parameters, ParameterValue } from '../../protocol/messages.ts';
import { writeRaw } from '../../protocol/raw.ts';
import type { NamedTensor } from '../../protocol/tensor.ts';
import type { Answer } from '../messages.ts';
import { PREFIX } from '../rpc/message-reader.ts';
import { fieldOf } from '../typed.ts';
import {
  createWriter,
  finishPieces,
  passBytes,
  reserve,
  type Writer,
  writeDouble,
  writeHalves,
  writeHead,
  writeInt64,
  writeText,
  writeVarint,
  written,
} from './write.ts';

export type Form = 'typed' | 'raw';

/** Fields go from the last to the first, as the writer wants it. Floats of 16 bits have no typed form and must not come here so. */
export function writeInferResponse(response: InferResponse, form: Form): Answer {
  const writer = createWriter(256);
  putInferResponse(writer, response, form);
  return finishAnswer(writer);
}

/** `ModelStreamInferResponse`: an answer, or why there is none. */
export function writeStreamResponse(
  answer: { readonly response: InferResponse; readonly form: Form } | string,
  id = '',
): Answer {
  const writer = createWriter(256);
  const before = written(writer);
  if (typeof answer !== 'string') putInferResponse(writer, answer.response, answer.form);
  else if (id !== '') writeText(writer, 3, id);
  writeHead(writer, 2, before);
  if (typeof answer === 'string') writeText(writer, 1, answer);
  return finishAnswer(writer);
}

/** With room before it for the prefix, which is filled when it is sent. */
function finishAnswer(writer: Writer): Answer {
  reserve(writer, PREFIX);
  writer.at -= PREFIX;
  return { pieces: finishPieces(writer), bytes: written(writer) };
}

function putInferResponse(writer: Writer, response: InferResponse, form: Form): void {
  const { outputs } = response;
  if (form === 'raw') for (const { data } of outputs.toReversed()) passBytes(writer, 6, writeRaw(data));
  for (const output of outputs.toReversed()) putOutput(writer, output, form);
  if (response.parameters !== undefined) putParameters(writer, 4, response.parameters);
  if (response.id !== undefined && response.id !== '') writeText(writer, 3, response.id);
  writeText(writer, 2, response.modelVersion);
  writeText(writer, 1, response.modelName);
}

function putOutput(writer: Writer, { name, datatype, shape, data }: NamedTensor, form: Form): void {
  const before = written(writer);
  if (form === 'typed') putContents(writer, datatype, data);
  if (shape.length > 0) {
    const shapeBefore = written(writer);
    for (const dimension of shape.toReversed()) writeInt64(writer, dimension);
    writeHead(writer, 3, shapeBefore);
  }
  writeText(writer, 2, datatype);
  writeText(writer, 1, name);
  writeHead(writer, 5, before);
}

function putContents(writer: Writer, datatype: Datatype, data: TensorData): void {
  const field = fieldOf[datatype];
  if (field === undefined) throw new TypeError(`${datatype} has no typed contents`);
  const before = written(writer);
  if (Array.isArray(data)) for (const text of data.toReversed()) writeText(writer, field, text);
  else if (data.length > 0) {
    const packedBefore = written(writer);
    putPacked(writer, data);
    writeHead(writer, field, packedBefore);
  }
  writeHead(writer, 5, before);
}

function putPacked(writer: Writer, data: Exclude<TensorData, string[]>): void {
  if (data instanceof Float32Array || data instanceof Float64Array) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    reserve(writer, bytes.length);
    writer.at -= bytes.length;
    writer.bytes.set(bytes, writer.at);
    return;
  }
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    const halves = new Uint32Array(data.buffer, data.byteOffset, data.length * 2);
    for (let index = data.length - 1; index >= 0; index--) {
      writeHalves(writer, halves[2 * index] ?? 0, halves[2 * index + 1] ?? 0);
    }
    return;
  }
  for (let index = data.length - 1; index >= 0; index--) writeInt64(writer, data[index] ?? 0);
}

/** `map<string, InferParameter>`; integers as int64, other numbers as double. */
function putParameters(writer: Writer, field: number, parameters: Parameters): void {
  for (const [name, value] of Object.entries(parameters).toReversed()) {
    const before = written(writer);
    const valueBefore = written(writer);
    putParameterValue(writer, value);
    writeHead(writer, 2, valueBefore);
    writeText(writer, 1, name);
    writeHead(writer, field, before);
  }
}

function putParameterValue(writer: Writer, value: ParameterValue): void {
  if (typeof value === 'string') writeText(writer, 3, value);
  else if (typeof value === 'boolean') {
    writeVarint(writer, Number(value));
    writeVarint(writer, 1 << 3);
  } else if (Number.isSafeInteger(value)) {
    writeInt64(writer, value);
    writeVarint(writer, 2 << 3);
  } else writeDouble(writer, 4, value);
}
