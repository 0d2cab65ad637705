/** BF16 tensors outside ↔ the FP32 tensors that a rewritten graph has in their place. */
import { narrowed, widened } from '../protocol/bfloat16.ts';
import type { NamedTensor, Tensor } from '../protocol/tensor.ts';
import type { Bfloat16Rewrite } from './bfloat16.ts';
import type { Run } from './session.ts';

type RunGraph = (feeds: readonly NamedTensor[], outputs: readonly string[]) => Run;

export interface Border {
  /** Names in the graph → names outside, of BF16 inputs only. */
  readonly publicInputs: ReadonlyMap<string, string>;
  readonly publicOutputs: ReadonlyMap<string, string>;
  /** Runs the graph for feeds and outputs under their names outside. */
  run(graph: RunGraph, feeds: readonly NamedTensor[], outputs: readonly string[]): Run;
}

export function borderOf({ inputs, outputs }: Bfloat16Rewrite): Border {
  const run = (graph: RunGraph, feeds: readonly NamedTensor[], wanted: readonly string[]): Run => {
    const inner = feeds.map((feed) => asFloat(feed, inputs.get(feed.name)));
    const asked = wanted.map((name) => outputs.get(name) ?? name);
    const result = graph(inner, asked);
    return { ...result, tensors: result.tensors.map((tensor, at) => asHalf(tensor, outputs.has(wanted[at] ?? ''))) };
  };
  return { publicInputs: turned(inputs), publicOutputs: turned(outputs), run };
}

function asFloat(feed: NamedTensor, name: string | undefined): NamedTensor {
  if (name === undefined) return feed;
  return { name, datatype: 'FP32', shape: feed.shape, data: widened(feed.data as Uint16Array) };
}

function asHalf(tensor: Tensor, half: boolean): Tensor {
  if (!half) return tensor;
  return { datatype: 'BF16', shape: tensor.shape, data: narrowed(tensor.data as Float32Array) };
}

function turned(names: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...names].map(([outside, inside]) => [inside, outside]));
}
