/** Facts about a model beyond its tensors, as the protocol's string properties. */
import type { Description } from '../runtime/session.ts';
import { LoadError } from './fault.ts';
import type { ModelSource } from './source.ts';

/**
 * `labels.<output>` JSON array of class labels (configured ones before the graph's own), `columns.<input>` JSON array
 * of column names, `onnx.producer`, `onnx.opset` such as `ai.onnx 13, ai.onnx.ml 1`, and `sha256` of the model file.
 * Throws LoadError when labels are configured for an output that the model lacks.
 */
export function propertiesOf(
  session: Description,
  source: ModelSource,
  columns: readonly string[],
  sha256: string,
): Readonly<Record<string, string>> {
  const outputs = session.outputs.map((spec) => spec.name);
  const stranger = Object.keys(source.labels).find((output) => !outputs.includes(output));
  if (stranger !== undefined)
    throw new LoadError(`labels for "${stranger}", but the model's outputs are ${outputs.join(', ')}`);
  const entries: [string, string][] = [];
  for (const [output, labels] of labelsOf(session, source)) entries.push([`labels.${output}`, JSON.stringify(labels)]);
  const [matrix] = session.inputs;
  if (
    matrix !== undefined &&
    session.inputs.length === 1 &&
    columns.length > 0 &&
    matrix.shape.at(-1) === columns.length
  ) {
    entries.push([`columns.${matrix.name}`, JSON.stringify(columns)]);
  }
  const { producer, opsets } = session.facts;
  if (producer !== '') entries.push(['onnx.producer', producer]);
  const opset = Object.entries(opsets).map(([domain, version]) => `${domain} ${version}`);
  entries.push(['onnx.opset', opset.join(', ')], ['sha256', sha256]);
  return Object.fromEntries(entries);
}

/** Output → class labels: configured ones before the graph's own; outputs without labels are left out. */
export function labelsOf(session: Description, source: ModelSource): ReadonlyMap<string, readonly string[]> {
  const labels = new Map<string, readonly string[]>();
  for (const { name } of session.outputs) {
    const found = Object.hasOwn(source.labels, name) ? source.labels[name] : session.facts.classLabels.get(name);
    if (found !== undefined && found.length > 0) labels.set(name, found);
  }
  return labels;
}
