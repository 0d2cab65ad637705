/** Triton's extensions of the protocol beside binary tensors: repository, configuration, statistics, logging. */
import { ServeError } from '../protocol/error.ts';
import type { Duration, ModelConfig, ModelStatistics, TensorConfig } from '../protocol/messages.ts';
import { pointer } from '../protocol/pointer.ts';
import { type Answer, type Call, type Handler, json, type Route } from './call.ts';
import { type Fields, member, objectAt, optionalObject, wrongKind } from './fields.ts';
import { parseJson } from './json.ts';
import { perModel } from './v2.ts';

const statistics: Handler = async ({ services, path }) => {
  const all = await services.plane.statistics(path.model || undefined, path.version);
  return json(200, { model_stats: all.map(statisticsJson) });
};

export const extensionRoutes: readonly Route[] = [
  { method: 'GET', address: '/v2/models/stats', handler: statistics },
  ...perModel('GET', '/stats', statistics),
  ...perModel('GET', '/config', ({ services, path }) =>
    json(200, configJson(services.plane.config(path.model, path.version))),
  ),
  { method: 'POST', address: '/v2/repository/index', handler: index },
  { method: 'POST', address: '/v2/repository/models/{model}/load', handler: load },
  { method: 'POST', address: '/v2/repository/models/{model}/unload', handler: unload },
  { method: 'GET', address: '/metrics', handler: metrics, open: true },
  { method: 'GET', address: '/v2/logging', handler: logging },
  { method: 'POST', address: '/v2/logging', handler: changeLogging },
];

/** Clients leave these bodies out as often as they send `{}`. */
function optionalBody(body: Buffer): Fields {
  return body.length === 0 ? {} : objectAt(parseJson(body).value, []);
}

function index({ services, body }: Call): Answer {
  const ready = member(optionalBody(body), 'ready');
  if (ready !== undefined && typeof ready !== 'boolean') throw wrongKind('true or false', ready, ['ready']);
  const entries = services.plane.index();
  return json(200, ready === true ? entries.filter(({ state }) => state === 'READY') : entries);
}

async function load({ services, path, body }: Call): Promise<Answer> {
  checkAdmin(services.modelControl, 'models are not loaded and unloaded');
  const parameters = optionalObject(optionalBody(body), 'parameters', []) ?? {};
  const [unknown] = Object.keys(parameters);
  if (unknown !== undefined) {
    const message = `parameter '${unknown.slice(0, 100)}' of load is not supported: a model is loaded as it is configured here`;
    throw new ServeError('REQUEST_FIELD', message, { pointer: pointer('parameters', unknown) });
  }
  await services.plane.load(path.model);
  return json(200, { name: path.model, load: true });
}

async function unload({ services, path, body }: Call): Promise<Answer> {
  checkAdmin(services.modelControl, 'models are not loaded and unloaded');
  optionalObject(optionalBody(body), 'parameters', []);
  await services.plane.unload(path.model);
  return json(200, { name: path.model, unload: true });
}

function checkAdmin(enabled: boolean, what: string): void {
  if (!enabled) throw new ServeError('FORBIDDEN', `${what} over this port; ask at the port that ADMIN_PORT names`);
}

async function metrics({ services }: Call): Promise<Answer> {
  if (services.metrics === undefined) throw new ServeError('UNIMPLEMENTED', 'this server serves no metrics here');
  const { contentType, text } = await services.metrics();
  return { status: 200, contentType, body: text };
}

function logging({ services: { logControl } }: Call): Answer {
  if (logControl === undefined) throw new ServeError('UNIMPLEMENTED', 'this server has no log settings');
  return json(200, logControl.settings());
}

async function changeLogging(call: Call): Promise<Answer> {
  const { logControl, modelControl } = call.services;
  if (logControl === undefined) throw new ServeError('UNIMPLEMENTED', 'this server has no log settings');
  checkAdmin(modelControl, 'log settings are not changed');
  await logControl.change(optionalBody(call.body));
  return json(200, logControl.settings());
}

const none: Duration = { count: 0, ns: 0 };

/** Triton's names; there is no response cache, so nothing ever hit or missed one. */
function statisticsJson(one: ModelStatistics): object {
  return {
    name: one.name,
    version: one.version,
    last_inference: one.lastInferenceMs,
    inference_count: one.inferenceCount,
    execution_count: one.executionCount,
    inference_stats: {
      success: one.success,
      fail: one.fail,
      queue: one.queue,
      compute_input: one.computeInput,
      compute_infer: one.computeInfer,
      compute_output: one.computeOutput,
      cache_hit: none,
      cache_miss: none,
    },
    batch_stats: one.batches.map((batch) => ({
      batch_size: batch.batchSize,
      compute_input: batch.computeInput,
      compute_infer: batch.computeInfer,
      compute_output: batch.computeOutput,
    })),
  };
}

function configJson(config: ModelConfig): object {
  const tensor = ({ name, dataType, dims }: TensorConfig) => ({ name, data_type: dataType, dims });
  const batching = config.dynamicBatching;
  return {
    name: config.name,
    platform: config.platform,
    backend: config.backend,
    version_policy: config.versionPolicy,
    max_batch_size: config.maxBatchSize,
    input: config.input.map(tensor),
    output: config.output.map(tensor),
    instance_group: config.instanceGroup,
    ...(batching === undefined
      ? {}
      : {
          dynamic_batching: {
            preferred_batch_size: batching.preferredBatchSize,
            max_queue_delay_microseconds: batching.maxQueueDelayMicroseconds,
          },
        }),
    parameters: Object.fromEntries(
      Object.entries(config.parameters).map(([name, value]) => [name, { string_value: value }]),
    ),
  };
}
