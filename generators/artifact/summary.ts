/** What the checks need of a model file, as plain JSON: it is kept between runs. */
import type { OnnxFacts, OnnxTensor } from './onnx.ts';

export interface ModelSummary {
  readonly sha256: string;
  /** Absent when the file is no ONNX file; `fault` says why where it should be one. */
  readonly onnx?: Pick<
    OnnxFacts,
    'irVersion' | 'opsets' | 'operators' | 'uses' | 'externalFiles' | 'weightBytes' | 'producer'
  > & {
    readonly inputs: readonly OnnxTensor[];
    readonly outputs: readonly OnnxTensor[];
    /** Output → class of each column. */
    readonly labels: Readonly<Record<string, readonly string[]>>;
  };
  readonly fault?: string;
}

export function summaryOf(sha256: string, facts: OnnxFacts): ModelSummary {
  const { irVersion, opsets, operators, uses, externalFiles, weightBytes, producer, inputs, outputs, classes } = facts;
  const labels = Object.fromEntries(classes.labels);
  return {
    sha256,
    onnx: { irVersion, opsets, operators, uses, externalFiles, weightBytes, producer, inputs, outputs, labels },
  };
}
