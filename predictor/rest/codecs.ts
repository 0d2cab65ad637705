/** What MLServer's codecs write on the client's side, brought to the form that the model takes. */
import type { DataPlane } from '../data-plane.ts';
import type { InferRequest, InputTensor, ModelMetadata, Parameters } from '../protocol/messages.ts';
import type { Decoded } from './decode.ts';
import { columnsFrame, columnsOf, frameInputs } from './frame.ts';

/** Codecs of plain lists, which say that a list of N has the shape [N,1]. */
const listCodecs = new Set<unknown>(['np', 'str', 'base64', 'datetime']);

/** Requests that say nothing of codecs and have one input, as most do, go through untouched. */
export function fromCodecs(decoded: Decoded, plane: DataPlane): Decoded {
  const { request } = decoded;
  const type = contentType(request.parameters);
  if (type === undefined && request.inputs.length === 1 && contentType(request.inputs[0]?.parameters) === undefined)
    return decoded;
  const model = plane.modelMetadata(request.modelName, request.modelVersion);
  if (areColumns(request, model, type === 'pd'))
    return { ...decoded, request: { ...request, inputs: frameInputs(columnsFrame(request.inputs), model) } };
  return { ...decoded, request: { ...request, inputs: request.inputs.map((input) => asList(input, type, model)) } };
}

function contentType(parameters: Parameters | undefined): string | number | boolean | undefined {
  return parameters?.['content_type'];
}

/**
 * Several inputs may be the columns of one data frame: the request says so, or they are the columns that the model's
 * one matrix has.
 */
function areColumns({ inputs }: InferRequest, model: ModelMetadata, pandas: boolean): boolean {
  const [only] = model.inputs;
  const columns = only === undefined || model.inputs.length !== 1 ? undefined : columnsOf(model, only.name);
  if (columns !== undefined && inputs.length > 0 && inputs.every((input) => columns.includes(input.name))) return true;
  const matrix = inputs.length === 1 && model.inputs.some((input) => input.name === inputs[0]?.name);
  return pandas && inputs.length > 0 && !matrix;
}

function asList(input: InputTensor, type: unknown, model: ModelMetadata): InputTensor {
  const [rows, width] = input.shape;
  if (rows === undefined || width !== 1 || input.shape.length !== 2) return input;
  if (!listCodecs.has(contentType(input.parameters) ?? type)) return input;
  const spec = model.inputs.find(({ name }, index) => name === input.name || input.name === `input-${index}`);
  return spec?.shape.length === 1 ? { ...input, shape: [rows] } : input;
}
