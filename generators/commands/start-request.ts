/** The first request of `npm start`: an example of the registry, sent over REST and shown with its label. */
import type { Model } from '../../schemas/types/models.d.ts';
import { postJson } from '../outside/http.ts';
import type { Platform } from '../resolve/platform.ts';
import type { PredictorConfig } from './start-config.ts';

interface InferResponse {
  readonly model_name?: string;
  readonly outputs?: readonly { readonly name: string; readonly data: readonly unknown[] }[];
  readonly error?: string;
}

/** The model whose example is sent: the iris classifier where the cluster serves it, else the first with an example. */
export function sampleModel(config: PredictorConfig): Model | undefined {
  const iris = config.entries.get('iris-classifier');
  return iris?.example === undefined ? [...config.entries.values()].find(({ example }) => example !== undefined) : iris;
}

export async function ask(url: string, model: Model): Promise<{ text: string; ok: boolean }> {
  const path = `/v2/models/${model.name}/infer`;
  const request = { inputs: model.example?.inputs ?? [] };
  const { status, body } = await postJson(`${url}${path}`, request);
  const answer = body as InferResponse;
  const lines = [
    `    POST ${path}`,
    `    ${JSON.stringify(request)}`,
    `    ${status} ${JSON.stringify(answer)}`,
    ...(status === 200 ? labelLines(model, answer) : []),
  ];
  return { text: `${lines.join('\n')}\n`, ok: status === 200 };
}

/** Names of the classes for outputs that hold class indices. */
function labelLines(model: Model, answer: InferResponse): string[] {
  return (answer.outputs ?? []).flatMap(({ name, data }) => {
    const tensor = model.signature?.outputs.find((output) => output.name === name || output.alias === name);
    const labels = tensor?.labels;
    if (labels === undefined || tensor?.datatype.startsWith('FP') !== false) return [];
    return [`    ${name}: ${data.map((index) => labels[Number(index)] ?? String(index)).join(', ')}`];
  });
}

/** What is served now, one line a model. */
export function describeServed(platform: Platform, config: PredictorConfig): string {
  const width = Math.max(0, ...platform.models.map(({ name }) => name.length));
  const served = config.file.models.map(
    ({ name, version, sha256 }) =>
      `    ${name.padEnd(width)}  version ${version}  sha256 ${(sha256 ?? '').slice(0, 12)}… ready\n`,
  );
  const other = config.elsewhere.map(
    ({ name, runtime }) => `    ${name.padEnd(width)}  not here: its runtime is ${runtime.name}\n`,
  );
  return [...served, ...other].join('');
}
