/** The smallest model that holds a given operator: one input, one node, one output. */
import { graphField, modelField, nodeField, opsetField } from './onnx.ts';
import { bytesField, integerField, writeFields } from './wire.ts';

export interface OneNode {
  /** `ai.onnx` for the default domain. */
  readonly domain: string;
  readonly operator: string;
  readonly opset: number;
  readonly irVersion: number;
  /** Number of TensorProto.DataType; FLOAT without it. */
  readonly element?: number;
}

/** GraphProto 2 is its name, 11 its inputs; ValueInfoProto 1 name, 2 type; FLOAT is element type 1. */
export function oneNode({ domain, operator, opset, irVersion, element = 1 }: OneNode): Uint8Array {
  const isDefault = domain === 'ai.onnx';
  const node = writeFields([
    bytesField(nodeField.input, 'x'),
    bytesField(nodeField.output, 'y'),
    bytesField(nodeField.opType, operator),
    ...(isDefault ? [] : [bytesField(nodeField.domain, domain)]),
  ]);
  const type = writeFields([bytesField(1, writeFields([integerField(1, element)]))]);
  const graph = writeFields([
    bytesField(graphField.node, node),
    bytesField(2, 'g'),
    bytesField(11, writeFields([bytesField(1, 'x'), bytesField(2, type)])),
    bytesField(graphField.output, writeFields([bytesField(1, 'y')])),
  ]);
  const imported = (name: string, version: number) =>
    bytesField(
      modelField.opsetImport,
      writeFields([bytesField(opsetField.domain, name), integerField(opsetField.version, version)]),
    );
  return writeFields([
    integerField(modelField.irVersion, irVersion),
    bytesField(modelField.graph, graph),
    ...(isDefault ? [imported('', opset)] : [imported('', 13), imported(domain, opset)]),
  ]);
}
