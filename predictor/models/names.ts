/**
 * Every name under which a client may speak of a tensor. Three vocabularies meet at one model: the graph's own names,
 * KServe's positional `input-0` and `output-0`, and MLServer's `predict` and `predict_proba`.
 *
 * A graph's own name always means that tensor; then configured aliases, positions and MLServer's names, in this order.
 */
import type { NamedSpec, TensorSpec } from '../protocol/signature.ts';
import { LoadError } from './fault.ts';

/** `aliases` may name tensors of the other side too; those are passed over. Throws LoadError for an alias in use. */
export function inputNames(
  inputs: readonly TensorSpec[],
  aliases: Readonly<Record<string, string>>,
): ReadonlyMap<string, NamedSpec> {
  const names = ownAndConfigured(inputs, aliases);
  addPositions(names, inputs, 'input');
  const [only] = inputs;
  if (only !== undefined && inputs.length === 1) addUnlessTaken(names, 'predict', only);
  return names;
}

export interface OutputRoles {
  readonly label?: string;
  readonly scores?: string;
}

export function outputNames(
  outputs: readonly TensorSpec[],
  aliases: Readonly<Record<string, string>>,
  roles: OutputRoles,
): ReadonlyMap<string, NamedSpec> {
  const names = ownAndConfigured(outputs, aliases);
  addPositions(names, outputs, 'output');
  const label = outputs.length === 1 ? outputs[0] : outputs.find((spec) => spec.name === roles.label);
  const scores = outputs.find((spec) => spec.name === roles.scores);
  if (label !== undefined) addUnlessTaken(names, 'predict', label);
  if (scores !== undefined) addUnlessTaken(names, 'predict_proba', scores);
  return names;
}

/** A classifier that the graph does not show as one is known by the names that converters give its outputs. */
export function conventionalRoles(outputs: readonly TensorSpec[], traced: OutputRoles): OutputRoles {
  const named = (...names: string[]) => outputs.find((spec) => names.includes(spec.name))?.name;
  const label = traced.label ?? named('label', 'output_label');
  const scores = traced.scores ?? named('probabilities', 'output_probability');
  return { ...(label === undefined ? {} : { label }), ...(scores === undefined ? {} : { scores }) };
}

function ownAndConfigured(
  specs: readonly TensorSpec[],
  aliases: Readonly<Record<string, string>>,
): Map<string, NamedSpec> {
  const names = new Map<string, NamedSpec>(specs.map((spec) => [spec.name, { spec, positional: false }]));
  for (const spec of specs) {
    const alias = Object.hasOwn(aliases, spec.name) ? aliases[spec.name] : undefined;
    if (alias === undefined || alias === spec.name) continue;
    const taken = names.get(alias);
    if (taken !== undefined)
      throw new LoadError(`alias "${alias}" of "${spec.name}" already names "${taken.spec.name}"`);
    names.set(alias, { spec, positional: false });
  }
  return names;
}

/** A configured alias such as `output-0` counts as a position only when it is the tensor's own one. */
function addPositions(names: Map<string, NamedSpec>, specs: readonly TensorSpec[], side: 'input' | 'output'): void {
  for (const [index, spec] of specs.entries()) {
    const name = `${side}-${index}`;
    const taken = names.get(name);
    if (taken === undefined || (taken.spec === spec && spec.name !== name)) names.set(name, { spec, positional: true });
  }
}

function addUnlessTaken(names: Map<string, NamedSpec>, name: string, spec: TensorSpec): void {
  if (!names.has(name)) names.set(name, { spec, positional: false });
}
