/** An entry's example in the names of its graph, which every server of the model knows, with or without aliases. */
import type { Model, Tensor, Version } from '../../schemas/types/models.d.ts';
import { defaults } from './defaults.ts';
import type { Smoke } from './platform.ts';

/** What `served` must answer, and `canary`, where one runs beside it; undefined without an example. */
export function resolveSmoke(model: Model, served: Version, canary?: Version): Smoke | undefined {
  const { example, signature } = model;
  if (example === undefined) return undefined;
  const outputs = outputsOf(signature, served.expect ?? example.expect);
  return {
    inputs: example.inputs.map(({ name, shape, datatype, data }) => ({
      name: graphName(signature?.inputs, name),
      shape,
      datatype,
      data,
    })),
    outputs,
    ...(canary === undefined ? {} : { canary: canaryOutputs(signature, canary, outputs) }),
    tolerance: example.tolerance ?? defaults.exampleTolerance,
  };
}

/** Another version may answer other values: unless it says which, all to ask of it is that every output comes. */
function canaryOutputs(signature: Model['signature'], { expect }: Version, served: Smoke['outputs']): Smoke['outputs'] {
  return expect === undefined ? served.map(({ name }) => ({ name })) : outputsOf(signature, expect);
}

function outputsOf(signature: Model['signature'], expect: Version['expect'] = {}): Smoke['outputs'] {
  const expected = Object.entries(expect).map(([name, data]) => ({ name: graphName(signature?.outputs, name), data }));
  const outputs = signature?.outputs ?? [];
  // Without a signature only what is expected is known; sorted, since the order of keys has no meaning.
  if (outputs.length === 0) return expected.sort((a, b) => (a.name < b.name ? -1 : 1));
  return outputs.map(({ name }) => expected.find((output) => output.name === name) ?? { name });
}

function graphName(tensors: readonly Tensor[] | undefined, name: string): string {
  return tensors?.find((tensor) => tensor.name === name || tensor.alias === name)?.name ?? name;
}
