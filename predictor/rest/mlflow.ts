/** MLflow's scoring protocol, as `mlflow models serve` speaks it. */
import { ServeError } from '../protocol/error.ts';
import { frameInputs } from '../protocol/frame.ts';
import type { ModelMetadata } from '../protocol/messages.ts';
import type { NamedTensor } from '../protocol/tensor.ts';
import type { Answer, Call, Route } from './call.ts';
import { csvFrame } from './csv.ts';
import type { Target } from './decode.ts';
import { parseJson } from './json.ts';
import { invocationInputs } from './predict.ts';
import { HttpError } from './status.ts';
import { answerPredictions } from './v1.ts';
import { serverReady } from './v2.ts';

export const mlflowRoutes: readonly Route[] = [
  { method: 'GET', address: '/ping', handler: serverReady, open: true },
  { method: 'GET', address: '/health', handler: serverReady, open: true },
  { method: 'GET', address: '/version', handler: version },
  { method: 'POST', address: '/invocations', handler: invocations },
];

/** Bare text, as MLflow answers its own. */
function version({ services }: Call): Answer {
  return { status: 200, contentType: 'text/plain', body: services.plane.metadata().version };
}

async function invocations(call: Call): Promise<Answer> {
  const target = chosenModel(call);
  const model = call.services.plane.modelMetadata(target.modelName, target.modelVersion);
  return answerPredictions(call, inputsOf(call, model), target);
}

/** This address names no model: the headers X-Model-Name and X-Model-Version do, or there is only one. */
function chosenModel({ services, headers }: Call): Target {
  const name = headers['x-model-name'];
  const version = headers['x-model-version'];
  const names = services.plane.models();
  const modelName = typeof name === 'string' ? name : names[0];
  if (modelName === undefined || (name === undefined && names.length > 1)) {
    const found =
      names.length === 0
        ? 'none is ready'
        : names
            .map((each) => `'${each}'`)
            .join(', ')
            .slice(0, 300);
    const message = `which model is meant? Name one in the header X-Model-Name: ${found}`;
    throw new ServeError(names.length === 0 ? 'MODEL_NOT_READY' : 'REQUEST_FIELD', message);
  }
  return typeof version === 'string' ? { modelName, modelVersion: version } : { modelName };
}

function inputsOf({ headers, body }: Call, model: ModelMetadata): NamedTensor[] {
  const [type = ''] = (headers['content-type'] ?? 'application/json').toLowerCase().split(';');
  if (type.trim() === 'text/csv') {
    const [only] = model.inputs;
    const datatype = (column: string) =>
      (model.inputs.find((input) => input.name === column) ?? only)?.datatype ?? 'FP32';
    return frameInputs(csvFrame(body, datatype), model);
  }
  if (type.trim() === 'application/json') return invocationInputs(parseJson(body).value, model);
  const message = `content type '${type.trim().slice(0, 100)}' is not supported, expected application/json or text/csv`;
  throw new HttpError('MEDIA_UNSUPPORTED', message, { accept: 'application/json, text/csv' });
}
