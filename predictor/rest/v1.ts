/** KServe's V1 protocol and the parts of TensorFlow Serving's REST interface that it grew from. */
import { ServeError } from '../protocol/error.ts';
import type { ModelReady } from '../protocol/messages.ts';
import type { NamedTensor } from '../protocol/tensor.ts';
import { type Answer, type Call, json, type Route } from './call.ts';
import { parseJson } from './json.ts';
import { encodePredictions, predictInputs } from './predict.ts';
import { readiness, serverTiming, targetOf } from './v2.ts';

const heads = ['/v1/models/{model}', '/v1/models/{model}/versions/{version}'];

export const v1Routes: readonly Route[] = [
  { method: 'GET', address: '/', handler: () => json(200, { status: 'alive' }), open: true },
  { method: 'GET', address: '/v1/models', handler: ({ services }) => json(200, { models: services.plane.models() }) },
  ...heads.flatMap((head): Route[] => [
    { method: 'GET', address: head, handler: status },
    { method: 'POST', address: `${head}:predict`, handler: predict },
    { method: 'POST', address: `${head}:explain`, handler: explain },
  ]),
];

/** One object for both: KServe reads `name` and `ready`, TensorFlow Serving's clients the rest. */
function status({ services, path }: Call): Answer {
  const state: ModelReady = services.plane.modelReady(path.model, path.version);
  const versions = services.plane
    .index()
    .filter(({ name, version }) => name === path.model && (path.version ?? version) === version);
  return readiness({
    ...state,
    model_version_status: versions.map(({ version, state: each, reason }) => ({
      version,
      state: each === 'READY' ? 'AVAILABLE' : each === 'LOADING' || each === 'UNLOADING' ? each : 'END',
      status: { error_code: reason === '' ? 'OK' : 'UNKNOWN', error_message: reason },
    })),
  });
}

async function predict(call: Call): Promise<Answer> {
  const { modelName, modelVersion } = targetOf(call);
  const { value } = parseJson(call.body);
  const model = call.services.plane.modelMetadata(modelName, modelVersion);
  return answerPredictions(call, predictInputs(value, model));
}

function explain(call: Call): never {
  throw new ServeError('UNIMPLEMENTED', `this server has no explainer for model '${call.path.model}'`);
}

/** Asks for what is predicted; of a model without such an output, for all. */
export async function answerPredictions(
  call: Call,
  inputs: readonly NamedTensor[],
  target = targetOf(call),
): Promise<Answer> {
  const { plane } = call.services;
  const context = call.exchange.context({});
  const request = { ...target, inputs };
  const predicted = plane.infer({ ...request, outputs: [{ name: 'predict' }] }, context);
  const { response, timings } = await predicted.catch((error: unknown) => {
    if (error instanceof ServeError && error.code === 'OUTPUT_UNKNOWN')
      return plane.infer({ ...request, outputs: [] }, context);
    throw error;
  });
  return { status: 200, headers: { 'server-timing': serverTiming(timings) }, body: encodePredictions(response) };
}
