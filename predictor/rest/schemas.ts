/** JSON Schema (2020-12) of one model's requests and answers, from its metadata. */
import { beyondBfloat16 } from '../protocol/bfloat16.ts';
import type { Datatype } from '../protocol/datatype.ts';
import type { ModelMetadata, TensorMetadata } from '../protocol/messages.ts';
import { exampleInputs, exampleInstances } from './example-request.ts';
import { beyondFloat32 } from './fill.ts';

export type Schema = Readonly<Record<string, unknown>>;

/**
 * Floats are bounded where rounding begins to give an infinity. Bounds beyond 2^53 cannot be written as JSON numbers that every reader keeps, so
 * 64-bit integers have a format.
 */
const elements: Readonly<Record<Datatype, Schema>> = {
  BOOL: { enum: [true, false, 0, 1] },
  UINT8: { type: 'integer', minimum: 0, maximum: 255 },
  UINT16: { type: 'integer', minimum: 0, maximum: 65_535 },
  UINT32: { type: 'integer', minimum: 0, maximum: 4_294_967_295 },
  UINT64: { type: 'integer', minimum: 0, format: 'uint64' },
  INT8: { type: 'integer', minimum: -128, maximum: 127 },
  INT16: { type: 'integer', minimum: -32_768, maximum: 32_767 },
  INT32: { type: 'integer', minimum: -2_147_483_648, maximum: 2_147_483_647 },
  INT64: { type: 'integer', format: 'int64' },
  FP16: { type: ['number', 'null'], exclusiveMinimum: -65_520, exclusiveMaximum: 65_520, description: 'null is NaN' },
  BF16: {
    type: ['number', 'null'],
    exclusiveMinimum: -beyondBfloat16,
    exclusiveMaximum: beyondBfloat16,
    description: 'null is NaN',
  },
  FP32: {
    type: ['number', 'null'],
    exclusiveMinimum: -beyondFloat32,
    exclusiveMaximum: beyondFloat32,
    description: 'null is NaN',
  },
  FP64: { type: ['number', 'null'], description: 'null is NaN' },
  BYTES: { type: 'string' },
};

const parameters: Schema = {
  type: ['object', 'null'],
  propertyNames: { not: { pattern: '^triton_' } },
  additionalProperties: { type: ['string', 'number', 'boolean', 'null'] },
  description: 'Parameters; `timeout` is in microseconds, `priority` 1 goes first.',
};

export const errorSchema: Schema = {
  type: 'object',
  required: ['error'],
  properties: { error: { type: 'string', minLength: 1 } },
};

export function inferRequestSchema(model: ModelMetadata): Schema {
  const inputs = model.inputs.map((input, index) => inputSchema(input, index));
  const example = exampleInputs(model);
  return {
    type: 'object',
    required: ['inputs'],
    properties: {
      id: { type: 'string', description: 'Comes back in the answer.' },
      parameters,
      inputs: {
        type: 'array',
        minItems: inputs.length,
        maxItems: inputs.length,
        items: inputs.length === 1 ? inputs[0] : { oneOf: inputs },
      },
      outputs: { type: 'array', items: requestedOutput(model), description: 'Absent or empty: every output.' },
    },
    ...(example === undefined ? {} : { examples: [{ inputs: example }] }),
  };
}

function inputSchema({ name, datatype, shape }: TensorMetadata, index: number): Schema {
  return {
    type: 'object',
    title: name,
    required: ['name', 'shape', 'datatype', 'data'],
    properties: {
      name: { enum: [...new Set([name, `input-${index}`])] },
      datatype: { const: datatype },
      shape: shapeSchema(shape),
      parameters,
      data: dataSchema(datatype, shape),
    },
  };
}

function shapeSchema(shape: readonly number[]): Schema {
  const items = shape.map((dimension) => (dimension === -1 ? { type: 'integer', minimum: 0 } : { const: dimension }));
  return {
    type: 'array',
    ...(items.length === 0 ? {} : { prefixItems: items }),
    items: { type: 'integer', minimum: 0 },
    minItems: shape.length,
    maxItems: shape.length,
  };
}

/** Flat in row-major order, or nested in the tensor's shape. */
function dataSchema(datatype: Datatype, shape: readonly number[]): Schema {
  const flat = { type: 'array', items: elements[datatype] };
  return shape.length < 2 ? flat : { anyOf: [nestedSchema(datatype, shape), flat] };
}

function nestedSchema(datatype: Datatype, shape: readonly number[]): Schema {
  const [count, ...rest] = shape;
  if (count === undefined) return elements[datatype];
  const length = count === -1 ? {} : { minItems: count, maxItems: count };
  return { type: 'array', items: nestedSchema(datatype, rest), ...length };
}

function requestedOutput(model: ModelMetadata): Schema {
  const names = model.outputs.map((output) => output.name);
  return {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', examples: names, description: `One of ${names.join(', ')}, or another name for it.` },
      parameters,
    },
  };
}

export function inferAnswerSchema(model: ModelMetadata): Schema {
  const kinds = [...new Set(model.outputs.map((output) => output.datatype))];
  return {
    type: 'object',
    required: ['model_name', 'model_version', 'outputs'],
    properties: {
      model_name: { const: model.name },
      model_version: { type: 'string' },
      id: { type: 'string' },
      parameters: { type: 'object' },
      outputs: {
        type: 'array',
        items: {
          type: 'object',
          required: ['name', 'shape', 'datatype'],
          properties: {
            name: { type: 'string' },
            shape: { type: 'array', items: { type: 'integer', minimum: 0 } },
            datatype: { enum: [...new Set([...kinds, 'BYTES'])] },
            parameters: { type: 'object' },
            data: { type: 'array', items: { type: ['number', 'string', 'boolean', 'null'] } },
          },
        },
      },
    },
  };
}

/** V1. What a row looks like follows from the shape, so only its outer form is given. */
export function predictRequestSchema(model: ModelMetadata): Schema {
  const example = exampleInstances(model);
  return {
    type: 'object',
    oneOf: [{ required: ['instances'] }, { required: ['inputs'] }],
    properties: {
      instances: { type: 'array', minItems: 1, description: 'Rows; objects when the model has several inputs.' },
      inputs: { description: 'A tensor, or an object of tensors by input.' },
    },
    ...(example === undefined ? {} : { examples: [{ instances: example }] }),
  };
}

export const predictAnswerSchema: Schema = {
  type: 'object',
  required: ['predictions'],
  properties: { predictions: { type: ['array', 'object'] } },
};
