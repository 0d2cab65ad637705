/** What `npm start` says to the person at the terminal. */
import type { LogLine } from '../outside/predictor-process.ts';
import type { Platform } from '../resolve/platform.ts';
import type { PredictorConfig } from './start-config.ts';
import { sampleModel } from './start-request.ts';

/** Names of the models that the predictor could not load; the last good state of those serves on. */
export function failedModels(line: LogLine): ReadonlySet<string> {
  const outcomes = (line['models'] ?? []) as readonly { readonly model: string; readonly result: string }[];
  return new Set(outcomes.filter(({ result }) => result === 'failed').map(({ model }) => model));
}

/** The message of a log line, with the error that goes with it; models and counts are told in the words of this command. */
export function faultText(line: Readonly<Record<string, unknown>>): string {
  const error = line['error'] ?? line['err'];
  return error === undefined ? String(line['msg']) : `${String(line['msg'])}: ${String(error)}`;
}

export function nextSteps(
  url: string,
  client: string,
  s3: string,
  platform: Platform,
  config: PredictorConfig,
): string {
  const model = sampleModel(config);
  const name = model?.name ?? 'iris-classifier';
  const request = JSON.stringify({ inputs: model?.example?.inputs ?? [] });
  const instances = JSON.stringify({ instances: model?.example?.inputs[0]?.data ?? [] });
  return `
Ready. The page to use the models: ${client}
Every model's addresses, schemas and examples: ${url}/docs
Try:
  curl -s ${url}/v2/models/${name}
  curl -s ${url}/v2/models/${name}/infer -d '${request}'
  curl -s ${url}/v1/models/${name}:predict -d '${instances}'
  AWS_ACCESS_KEY_ID=S3RVER AWS_SECRET_ACCESS_KEY=S3RVER aws --endpoint-url ${s3} s3 ls --recursive s3://${platform.site.storage.bucket}

Edit models.yaml or a cluster.yaml and save: manifests and models follow. Ctrl-C stops.
`;
}
