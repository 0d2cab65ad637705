/** An ONNX model that takes as long as is wanted: a matrix multiplied with itself again and again. */
import {
  dimensionField,
  graphField,
  modelField,
  nodeField,
  opsetField,
  shapeField,
  tensorField,
  tensorTypeField,
  typeField,
  valueInfoField,
} from '../../predictor/runtime/onnx.ts';
import { bytesField, integerField, writeFields } from '../../predictor/runtime/wire.ts';

const SIDE = 512;
/** TensorProto.DataType. */
const FP32 = 1;

/** `in` FP32 [1] is added to the matrix first; the mean, FP32 [1,1], is `out`. */
export function matrices(multiplications: number): Uint8Array {
  const names = Array.from({ length: multiplications + 1 }, (_, index) => `m${index}`);
  const values = Float32Array.from({ length: SIDE * SIDE }, (_, index) => ((index * 31) % 97) / (97 * SIDE));
  const graph = writeFields([
    ...[
      node('Add', ['in', 'W'], 'm0'),
      ...names.slice(1).map((name, index) => node('MatMul', [names[index] ?? '', 'W'], name)),
      node('ReduceMean', [names.at(-1) ?? ''], 'out'),
    ].map((bytes) => bytesField(graphField.node, bytes)),
    bytesField(graphField.name, 'matrices'),
    bytesField(graphField.initializer, weights('W', values)),
    bytesField(graphField.input, value('in', [1])),
    bytesField(graphField.output, value('out', [1, 1])),
  ]);
  const opset = writeFields([bytesField(opsetField.domain, ''), integerField(opsetField.version, 13)]);
  return writeFields([
    integerField(modelField.irVersion, 8),
    bytesField(modelField.graph, graph),
    bytesField(modelField.opsetImport, opset),
  ]);
}

function node(operator: string, inputs: readonly string[], output: string): Uint8Array {
  return writeFields([
    ...inputs.map((name) => bytesField(nodeField.input, name)),
    bytesField(nodeField.output, output),
    bytesField(nodeField.opType, operator),
  ]);
}

function value(name: string, shape: readonly number[]): Uint8Array {
  const dimensions = shape.map((size) =>
    bytesField(shapeField.dimension, writeFields([integerField(dimensionField.value, size)])),
  );
  const tensor = writeFields([
    integerField(tensorTypeField.elementType, FP32),
    bytesField(tensorTypeField.shape, writeFields(dimensions)),
  ]);
  const type = writeFields([bytesField(typeField.tensor, tensor)]);
  return writeFields([bytesField(valueInfoField.name, name), bytesField(valueInfoField.type, type)]);
}

function weights(name: string, values: Float32Array): Uint8Array {
  return writeFields([
    integerField(tensorField.dimensions, SIDE),
    integerField(tensorField.dimensions, SIDE),
    integerField(tensorField.dataType, FP32),
    bytesField(tensorField.name, name),
    bytesField(tensorField.rawData, new Uint8Array(values.buffer)),
  ]);
}
