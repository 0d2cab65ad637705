/** The JSON of requests and answers for the payload log. */
import type { InferRequest, InferResponse, Parameters } from '../protocol/messages.ts';
import { encodeData, encodeInfer } from '../rest/encode.ts';

/** Says where the bytes of a tensor were, which here are part of the JSON. */
const transport = new Set(['binary_data_size', 'binary_data', 'binary_data_output']);

export function requestJson({ id, parameters, inputs, outputs }: InferRequest): string {
  const tensors = inputs.map(({ name, shape, datatype, data, parameters: own }) => {
    const head = `"name":${JSON.stringify(name)},"shape":[${shape.join(',')}],"datatype":"${datatype}"`;
    return `{${head}${parametersJson(own)},"data":[${encodeData({ datatype, data })}]}`;
  });
  const asked = outputs.map(({ name }) => ({ name }));
  const named = id === undefined ? '' : `"id":${JSON.stringify(id)},`;
  const wanted = asked.length === 0 ? '' : `,"outputs":${JSON.stringify(asked)}`;
  return `{${named}"inputs":[${tensors.join(',')}]${parametersJson(parameters)}${wanted}}`;
}

export function responseJson(response: InferResponse): string {
  return encodeInfer(response);
}

function parametersJson(parameters: Parameters = {}): string {
  const kept = Object.entries(parameters).filter(([name]) => !transport.has(name));
  return kept.length === 0 ? '' : `,"parameters":${JSON.stringify(Object.fromEntries(kept))}`;
}
