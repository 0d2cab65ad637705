/**
 * Metrics in Prometheus' text format: our own (`predictor_…`), and those under which dashboards for KServe and Triton
 * look for the same facts. Durations of Triton's names are microseconds, as there; all others are seconds.
 *
 * What the data plane counts anyway is read when somebody asks; only histograms and failures cost time on each request.
 */
import { Counter, collectDefaultMetrics, Registry } from 'prom-client';
import type { DataPlane } from '../data-plane.ts';
import type { ErrorCode } from '../protocol/error.ts';
import type { Duration, ModelStatistics } from '../protocol/messages.ts';
import type { Observation, Observer } from '../protocol/observer.ts';
import { createHistogram } from './histogram.ts';
import type { SendResult } from './outbox.ts';
import { createPending, type Pending } from './pending.ts';
import type { CallObserver } from './requests.ts';
import { addIdentity, addPayloads, addResident, addStates, perModel } from './state-metrics.ts';

export interface Metrics {
  /** For the data plane. */
  readonly observe: Observer;
  /** For the transports. */
  readonly observeCall: CallObserver;
  /** The same plane, whose inferences in progress are counted; its statistics are what is told from then on. */
  watch(plane: DataPlane): DataPlane;
  /** Counts the events of the payload log; `waiting` is how many it holds. Call once. */
  watchPayloads(waiting: () => number): (result: SendResult) => void;
  text(): Promise<{ readonly contentType: string; readonly text: string }>;
  /** As prom-client brings them together with those of other processes; each says how in its `aggregator`. */
  readings(): Promise<readonly object[]>;
}

/** Seconds; small models take tens of microseconds. */
const buckets = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];
const batchBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/** Triton's reasons for failed requests. */
const reasons = {
  REQUEST_SYNTAX: 'OTHER',
  REQUEST_FIELD: 'OTHER',
  REQUEST_TOO_LARGE: 'OTHER',
  INPUT_UNKNOWN: 'OTHER',
  INPUT_MISSING: 'OTHER',
  INPUT_REPEATED: 'OTHER',
  INPUT_DATATYPE: 'OTHER',
  INPUT_SHAPE: 'OTHER',
  INPUT_DATA: 'OTHER',
  OUTPUT_UNKNOWN: 'OTHER',
  OUTPUT_REPEATED: 'OTHER',
  MODEL_UNKNOWN: 'OTHER',
  MODEL_NOT_READY: 'REJECTED',
  QUEUE_FULL: 'REJECTED',
  DEADLINE_EXCEEDED: 'REJECTED',
  CANCELLED: 'CANCELED',
  UNIMPLEMENTED: 'OTHER',
  FORBIDDEN: 'OTHER',
  UNAUTHENTICATED: 'OTHER',
  INFERENCE_FAILED: 'BACKEND',
  INTERNAL: 'OTHER',
} satisfies Record<ErrorCode, 'REJECTED' | 'CANCELED' | 'BACKEND' | 'OTHER'>;

/** `process` is the number of this process where several serve. */
export function createMetrics(version: string, process?: number): Metrics {
  const registry = new Registry();
  let plane: DataPlane | undefined;
  const pending = createPending();
  collectDefaultMetrics({ register: registry });
  addIdentity(registry, version);
  addStates(registry, () => plane, pending);
  addStatistics(registry, async () => (await plane?.statistics()) ?? []);
  if (process !== undefined) addResident(registry, process);
  return {
    observe: inferenceObserver(registry),
    observeCall: callObserver(registry),
    watch: (watched) => {
      plane = watched;
      return { ...watched, infer: counted(watched, pending) };
    },
    text: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
    watchPayloads: (waiting) => addPayloads(registry, waiting),
    readings: () => registry.getMetricsAsJSON(),
  };
}

function counted(plane: DataPlane, pending: Pending): DataPlane['infer'] {
  return (request, context) => {
    const { modelName, modelVersion } = request;
    const ended = () => pending.end(modelName, modelVersion);
    pending.begin(modelName, modelVersion);
    const inferred = plane.infer(request, context);
    inferred.then(ended, ended);
    return inferred;
  };
}

type Reading = readonly [name: string, help: string, read: (model: ModelStatistics) => number];

const microseconds = ({ ns }: Duration) => ns / 1000;

/** Counters of Triton that the statistics extension has too. */
const readings: readonly Reading[] = [
  ['nv_inference_request_success', 'Answered inference requests', (model) => model.success.count],
  ['nv_inference_count', 'Rows answered', (model) => model.inferenceCount],
  ['nv_inference_exec_count', 'Runs of the model', (model) => model.executionCount],
  ['nv_inference_request_duration_us', 'Microseconds of answered requests', (model) => microseconds(model.success)],
  ['nv_inference_queue_duration_us', 'Microseconds spent waiting', (model) => microseconds(model.queue)],
  [
    'nv_inference_compute_input_duration_us',
    'Microseconds spent on inputs',
    (model) => microseconds(model.computeInput),
  ],
  [
    'nv_inference_compute_infer_duration_us',
    'Microseconds spent in the model',
    (model) => microseconds(model.computeInfer),
  ],
  [
    'nv_inference_compute_output_duration_us',
    'Microseconds spent on outputs',
    (model) => microseconds(model.computeOutput),
  ],
];

function addStatistics(registry: Registry, statistics: () => Promise<readonly ModelStatistics[]>): void {
  for (const [name, help, read] of readings) {
    new Counter({
      name,
      help,
      labelNames: perModel,
      registers: [registry],
      async collect() {
        const models = await statistics();
        this.reset();
        for (const model of models) this.inc({ model: model.name, version: model.version }, read(model));
      },
    });
  }
}

function inferenceObserver(registry: Registry): Observer {
  const histogram = (name: string, help: string, labelNames: readonly string[]) =>
    createHistogram(registry, { name, help, labelNames, buckets });
  const preprocess = histogram('request_preprocess_seconds', 'Bringing the inputs together', ['model_name']);
  const predict = histogram('request_predict_seconds', 'Running the model', ['model_name']);
  const postprocess = histogram('request_postprocess_seconds', 'Taking the answer apart', ['model_name']);
  const duration = histogram('predictor_inference_seconds', 'From acceptance to the answer', perModel);
  const queue = histogram('predictor_queue_seconds', 'From acceptance to the start of the run', perModel);
  const batch = createHistogram(registry, {
    name: 'predictor_batch_rows',
    help: 'Rows of the run that answered a request',
    labelNames: perModel,
    buckets: batchBuckets,
  });
  const tellFailure = failureObserver([registry]);
  return (observation) => {
    const { model, version, outcome, timings } = observation;
    if (outcome !== 'success') tellFailure(observation, outcome);
    if (timings === undefined) return;
    const { queueNs, inputNs, inferNs, outputNs } = timings;
    preprocess(inputNs / 1e9, model);
    predict(inferNs / 1e9, model);
    postprocess(outputNs / 1e9, model);
    duration((queueNs + inputNs + inferNs + outputNs) / 1e9, model, version);
    queue(queueNs / 1e9, model, version);
    batch(timings.batchSize, model, version);
  };
}

/** An unknown model's name is the client's own text, and is left out. */
function failureObserver(registers: Registry[]): (observation: Observation, code: ErrorCode) => void {
  const triton = new Counter({
    name: 'nv_inference_request_failure',
    help: 'Inference requests that were not answered',
    labelNames: [...perModel, 'reason'],
    registers,
  });
  const own = new Counter({
    name: 'predictor_inference_failures_total',
    help: 'Inference requests that were not answered, by code',
    labelNames: [...perModel, 'code'],
    registers,
  });
  return ({ model, version }, code) => {
    const labels = code === 'MODEL_UNKNOWN' ? { model: '', version: '' } : { model, version };
    triton.inc({ ...labels, reason: reasons[code] });
    own.inc({ ...labels, code });
  };
}

function callObserver(registry: Registry): CallObserver {
  const seconds = createHistogram(registry, {
    name: 'predictor_call_seconds',
    help: 'From the head of a call to the end of its answer, by protocol, operation and status',
    labelNames: ['protocol', 'operation', 'status'],
    buckets,
  });
  return ({ protocol, operation, status, milliseconds }) =>
    seconds(milliseconds / 1000, protocol, operation, String(status));
}
