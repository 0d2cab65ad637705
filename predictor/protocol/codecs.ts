/** What MLServer's codecs write on the client's side, brought to the form that the model takes. */
import { columnsFrame, columnsOf, type FrameModel, frameInputs } from './frame.ts';
import type { InferRequest, InputTensor, Parameters } from './messages.ts';

/** Codecs of plain lists, which say that a list of N has the shape [N,1]. */
const listCodecs = new Set<unknown>(['np', 'str', 'base64', 'datetime']);

/** Whether a request has one input and says nothing of codecs, as most do: it is as the model takes it. */
export function isPlain({ inputs, parameters }: InferRequest): boolean {
  return (
    inputs.length === 1 && contentType(parameters) === undefined && contentType(inputs[0]?.parameters) === undefined
  );
}

/** Throws ServeError INPUT_*. */
export function fromCodecs(request: InferRequest, model: FrameModel): InferRequest {
  const type = contentType(request.parameters);
  if (areColumns(request, model, type === 'pd'))
    return { ...request, inputs: frameInputs(columnsFrame(request.inputs), model) };
  return { ...request, inputs: request.inputs.map((input) => asList(input, type, model)) };
}

function contentType(parameters: Parameters | undefined): string | number | boolean | undefined {
  return parameters?.['content_type'];
}

/**
 * Several inputs may be the columns of one data frame: the request says so, or they are the columns that the model's
 * one matrix has.
 */
function areColumns({ inputs }: InferRequest, model: FrameModel, pandas: boolean): boolean {
  const [only] = model.inputs;
  const columns = only === undefined || model.inputs.length !== 1 ? undefined : columnsOf(model, only.name);
  if (columns !== undefined && inputs.length > 0 && inputs.every((input) => columns.includes(input.name))) return true;
  const matrix = inputs.length === 1 && model.inputs.some((input) => input.name === inputs[0]?.name);
  return pandas && inputs.length > 0 && !matrix;
}

function asList(input: InputTensor, type: unknown, model: FrameModel): InputTensor {
  const [rows, width] = input.shape;
  if (rows === undefined || width !== 1 || input.shape.length !== 2) return input;
  if (!listCodecs.has(contentType(input.parameters) ?? type)) return input;
  const spec = model.inputs.find(({ name }, index) => name === input.name || input.name === `input-${index}`);
  return spec?.shape.length === 1 ? { ...input, shape: [rows] } : input;
}
