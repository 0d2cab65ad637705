/** An entry's example in the names of its graph, which every server of the model knows, with or without aliases. */
import type { Model, Tensor } from '../../schemas/types/models.d.ts';
import { defaults } from './defaults.ts';
import type { Smoke } from './platform.ts';

export function resolveSmoke({ example, signature }: Model): Smoke | undefined {
  if (example === undefined) return undefined;
  const expected = Object.entries(example.expect ?? {}).map(([name, data]) => ({
    name: graphName(signature?.outputs, name),
    data,
  }));
  const outputs = signature?.outputs ?? [];
  const all = outputs.map(({ name }) => expected.find((output) => output.name === name) ?? { name });
  return {
    inputs: example.inputs.map(({ name, shape, datatype, data }) => ({
      name: graphName(signature?.inputs, name),
      shape,
      datatype,
      data,
    })),
    // Without a signature only what is expected is known; sorted, since the order of keys has no meaning.
    outputs: outputs.length > 0 ? all : expected.sort((a, b) => (a.name < b.name ? -1 : 1)),
    tolerance: example.tolerance ?? defaults.exampleTolerance,
  };
}

function graphName(tensors: readonly Tensor[] | undefined, name: string): string {
  return tensors?.find((tensor) => tensor.name === name || tensor.alias === name)?.name ?? name;
}
