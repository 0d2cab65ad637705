/** A tensor: datatype, shape and row-major elements. */
import { allocate, type Datatype, type TensorData } from './datatype.ts';

/** Invariant, established by whoever makes one: `data.length` is the product of `shape` and fits `datatype`. */
export interface Tensor {
  readonly datatype: Datatype;
  /** Every dimension is a non-negative integer; an empty shape is a scalar. */
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export interface NamedTensor extends Tensor {
  readonly name: string;
}

/** Number of elements in a tensor of this shape; 1 for a scalar. Infinity when the product leaves the number range. */
export function countElements(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** A tensor of zeros, false or empty strings. */
export function zeros(datatype: Datatype, shape: readonly number[]): Tensor {
  return { datatype, shape, data: allocate(datatype, countElements(shape)) };
}

/** `[-1,4]`: how shapes are written in messages. */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(',')}]`;
}
