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

/** The classes by name: of each index, and of the highest of each row of probabilities. */
function labelLines(model: Model, answer: InferResponse): string[] {
  return (answer.outputs ?? []).flatMap(({ name, data }) => {
    const tensor = model.signature?.outputs.find((output) => output.name === name || output.alias === name);
    if (tensor?.labels === undefined) return [];
    const { labels, datatype } = tensor;
    const names = datatype.startsWith('FP')
      ? rowsOf(data.map(Number), labels.length).map((row) => likeliest(row, labels))
      : data.map((index) => labels[Number(index)] ?? String(index));
    return [`    ${name}: ${names.join(', ')}`];
  });
}

function rowsOf(values: readonly number[], width: number): number[][] {
  return Array.from({ length: Math.ceil(values.length / width) }, (_, row) =>
    values.slice(row * width, (row + 1) * width),
  );
}

function likeliest(row: readonly number[], labels: readonly string[]): string {
  const best = row.indexOf(Math.max(...row));
  return `${labels[best] ?? best} ${((row[best] ?? 0) * 100).toFixed(1)} %`;
}

/** What is served now, one line a model. A model that failed keeps its last good state, if it ever had one. */
export function describeServed(platform: Platform, config: PredictorConfig, failed: ReadonlySet<string>): string {
  const width = Math.max(0, ...platform.models.map(({ name }) => name.length));
  const served = config.file.models.map(({ name, version, sha256 }) =>
    failed.has(name)
      ? `    ${name.padEnd(width)}  version ${version}  cannot be served, see above; what served before serves on\n`
      : `    ${name.padEnd(width)}  version ${version}  sha256 ${(sha256 ?? '').slice(0, 12)}…  ready\n`,
  );
  const other = config.elsewhere.map(
    ({ name, runtime }) => `    ${name.padEnd(width)}  not here: its runtime is ${runtime.name}\n`,
  );
  return [...served, ...other].join('');
}
