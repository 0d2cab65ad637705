/** A request that a model accepts, for descriptions: zeros, or empty text, in the shape that the model wants. */
import type { Datatype } from '../protocol/datatype.ts';
import type { ModelMetadata, TensorMetadata } from '../protocol/messages.ts';
import { countElements } from '../protocol/tensor.ts';

/** More would not be read by anyone. */
const largestExample = 512;

/** Undefined when it would be too long to show. Dimensions left to the caller are 1. */
export function exampleInputs(model: ModelMetadata): object[] | undefined {
  const inputs = model.inputs.map((input) => {
    const shape = shapeOf(input);
    return {
      name: input.name,
      shape,
      datatype: input.datatype,
      data: shape.length === 0 ? [zero(input.datatype)] : nested(shape, zero(input.datatype)),
    };
  });
  const elements = inputs.reduce((sum, { shape }) => sum + countElements(shape), 0);
  return elements > largestExample ? undefined : inputs;
}

/** V1: one row of a model with one input, one object of a model with several. */
export function exampleInstances(model: ModelMetadata): unknown[] | undefined {
  if (exampleInputs(model) === undefined || model.inputs.some((input) => input.shape.length === 0)) return undefined;
  const row = (input: TensorMetadata) => nested(shapeOf(input).slice(1), zero(input.datatype));
  const [only] = model.inputs;
  const rows = only === undefined ? 0 : (shapeOf(only)[0] ?? 0);
  if (only !== undefined && model.inputs.length === 1) return Array.from({ length: rows }, () => row(only));
  return [Object.fromEntries(model.inputs.map((input) => [input.name, row(input)]))];
}

function shapeOf({ shape }: TensorMetadata): number[] {
  return shape.map((dimension) => (dimension === -1 ? 1 : dimension));
}

function zero(datatype: Datatype): unknown {
  if (datatype === 'BYTES') return '';
  return datatype === 'BOOL' ? false : 0;
}

/** A tensor without dimensions is still sent as a list of one. */
function nested(shape: readonly number[], element: unknown): unknown {
  const [count, ...rest] = shape;
  if (count === undefined) return element;
  return Array.from({ length: Math.min(count, largestExample + 1) }, () => nested(rest, element));
}
