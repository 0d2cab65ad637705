/** Every setting of the predictor, by its environment variable, and how its text becomes a value. */

/** Why the settings cannot be meant; the message names the variable. */
export class UsageError extends Error {}

export interface Setting {
  readonly key: string;
  readonly value: string;
  readonly fallback?: string;
  readonly about: string;
}

/** 64 MiB, Triton's default. */
const defaultBodyBytes = 64 * 1024 * 1024;

/** Keys as environment variables; the flag is the same in kebab case. */
export const settings = [
  { key: 'MODEL_NAME', value: 'name', about: 'name of the model in MODEL_DIR' },
  { key: 'MODEL_VERSION', value: 'version', fallback: '1', about: 'version of the model in MODEL_DIR' },
  {
    key: 'MODEL_DIR',
    value: 'folder|s3://…|models:/…',
    fallback: '/mnt/models',
    about:
      'one model: a folder with one .onnx file or an MLflow MLmodel layout, an .onnx file, an S3 prefix, or a name in MLflow',
  },
  { key: 'MODEL_SHA256', value: 'hex', about: 'sha256 of the model file in MODEL_DIR; another file is refused' },
  {
    key: 'POLL_SECONDS',
    value: 'seconds',
    fallback: '0',
    about: 'how often MLflow is asked whether an alias (models:/name@alias) names another version; 0: never',
  },
  { key: 'MODEL_REPOSITORY', value: 'folder|s3://…', about: 'several models: <model>/<version>/…' },
  {
    key: 'MODELS_CONFIG',
    value: 'file.json',
    about:
      'several models, each from its own place, with digests, labels and aliases (schemas/predictor-config.schema.json)',
  },
  { key: 'HTTP_HOST', value: 'address', fallback: '0.0.0.0', about: 'address to listen on' },
  { key: 'HTTP_PORT', value: 'port', fallback: '8080', about: 'port to listen on; 0 takes a free one' },
  {
    key: 'PROCESSES',
    value: 'count|auto',
    fallback: '1',
    about:
      'serving processes behind the same ports, each with the models in memory; auto takes the cores that the container may use',
  },
  {
    key: 'MAX_REQUEST_BYTES',
    value: 'bytes',
    fallback: String(defaultBodyBytes),
    about: 'largest request body, also after decompression',
  },
  {
    key: 'INTRA_OP_THREADS',
    value: 'threads',
    fallback: '1',
    about: 'threads within one inference, unless MLmodel sets it',
  },
  {
    key: 'INLINE_MAX_US',
    value: 'microseconds',
    fallback: '300',
    about: 'median run up to which a model runs inside the server; slower ones get processes of their own',
  },
  {
    key: 'MODEL_PROCESSES',
    value: 'count',
    fallback: '0',
    about: 'processes per slower model; 0 takes one less than the cores that the container may use, 1 to 4',
  },
  { key: 'MAX_QUEUE', value: 'requests', fallback: '256', about: 'requests that may wait for one model' },
  {
    key: 'MAX_BATCH_REQUESTS',
    value: 'requests',
    fallback: '64',
    about: 'requests that may share one run, of models whose rows do not touch each other; 1 runs each alone',
  },
  { key: 'MAX_BATCH_ROWS', value: 'rows', fallback: '1024', about: 'rows of one run that requests share' },
  {
    key: 'GRPC_PORT',
    value: 'port|off',
    about: 'port of gRPC; default 9000, or any free one when that is taken or HTTP_PORT is 0',
  },
  {
    key: 'GRPC_OUTPUT',
    value: 'form',
    fallback: 'mirror',
    about: 'tensors in gRPC answers: mirror (as in the request), typed or raw',
  },
  {
    key: 'GRPC_MAX_CONNECTION_AGE',
    value: 'seconds',
    fallback: '0',
    about:
      'age, give or take a tenth, at which a gRPC connection is asked to end, so that clients spread over new replicas; 0: never',
  },
  {
    key: 'GRPC_MAX_CONNECTION_AGE_GRACE',
    value: 'seconds',
    about: 'how long calls may still take on such a connection before it is cut; default: as long as they need',
  },
  {
    key: 'METRICS_PORT',
    value: 'port|off',
    about: 'further port of /metrics; default 8081, or any free one when that is taken or HTTP_PORT is 0',
  },
  { key: 'ADMIN_PORT', value: 'port', about: 'HTTP port on which models may be loaded and unloaded; may be HTTP_PORT' },
  { key: 'ADMIN_GRPC_PORT', value: 'port', about: 'the same for gRPC; may be GRPC_PORT' },
  { key: 'ACCESS_LOG', value: 'on|off', fallback: 'off', about: 'one log line per call' },
  {
    key: 'PAYLOAD_LOG_URL',
    value: 'http(s)://…',
    about: "receiver of requests and answers as CloudEvents with the types of KServe's logger; default: nobody",
  },
  { key: 'PAYLOAD_LOG_SAMPLE', value: '0…1', fallback: '1', about: 'share of requests that are logged there' },
  { key: 'PAYLOAD_LOG_MODE', value: 'all|request|response', fallback: 'all', about: 'what is logged there' },
  {
    key: 'PAYLOAD_LOG_ATTRIBUTES',
    value: 'name=value,…',
    about: 'CloudEvents attributes of each event, such as inferenceservicename=iris,namespace=ml,endpoint=default',
  },
  { key: 'API_KEYS_FILE', value: 'file', about: 'one API key per line; health and metrics need none' },
  { key: 'TLS_CERT_FILE', value: 'file', about: 'certificate chain for HTTP and gRPC, read again when it changes' },
  { key: 'TLS_KEY_FILE', value: 'file', about: 'its key' },
  {
    key: 'TLS_CLIENT_CA',
    value: 'file',
    about:
      'authorities of which every caller must show a certificate, probes too (METRICS_PORT asks none); read again when it changes',
  },
  {
    key: 'DRAIN_SECONDS',
    value: 'seconds',
    about: 'from "not ready" to the end of listening on SIGTERM; default 5, or 0 on a loopback HTTP_HOST',
  },
] as const satisfies readonly Setting[];

export type Key = (typeof settings)[number]['key'];
export type Values = Readonly<Partial<Record<Key, string>>>;
export type Environment = Readonly<Record<string, string | undefined>>;

export function settingOf(given: Values, key: Key): string {
  const setting: Setting | undefined = settings.find((candidate) => candidate.key === key);
  return given[key] ?? setting?.fallback ?? '';
}

export function integer(given: Values, key: Key, smallest: number, largest: number): number {
  const text = settingOf(given, key);
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < smallest || value > largest) {
    throw new UsageError(`${key} is "${text}", expected an integer from ${smallest} to ${largest}`);
  }
  return value;
}

export function oneOf<Value extends string>(given: Values, key: Key, values: readonly Value[]): Value {
  const text = settingOf(given, key);
  const found = values.find((value) => value === text);
  if (found === undefined) throw new UsageError(`${key} is "${text}", expected ${values.join(', ')}`);
  return found;
}

/** What `--help` says after the list of flags. */
export const notes = `
Each flag has an environment variable, named in parentheses; the flag wins. Underscores in flags are
read as hyphens. S3 credentials and region come from the usual AWS_* variables; with AWS_ENDPOINT_URL
buckets are addressed by path. Names in MLflow (models:/<name>@<alias>, models:/<name>/<version>,
models:/m-<id>, runs:/<run>/<path>, mlflow-artifacts:/<path>) are asked of MLFLOW_TRACKING_URI, with
MLFLOW_TRACKING_TOKEN or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD if the server wants them.

Addresses: GET  /docs (every model with examples), /openapi.json, /v2, /v2/health/live, /v2/health/ready, /metrics
           GET  /v2/models/<model>, …/ready, …/config, …/stats; POST …/infer; each also as …/versions/<version>/…
           POST /v1/models/<model>:predict (KServe V1), /invocations (MLflow); gRPC: inference.GRPCInferenceService

Tensors go by the graph's own names, by position (input-0, output-0), by configured aliases, and as
predict and predict_proba. A request whose inputs all go by position is answered by position; outputs
asked for by name are answered under these names.

SIGHUP loads the models anew, as does a change of MODELS_CONFIG. SIGTERM says "not ready", waits for
DRAIN_SECONDS, finishes requests in flight and ends with 0. OTEL_EXPORTER_OTLP_ENDPOINT switches
OpenTelemetry spans on. Events go to standard error, one JSON object per line; "ready" is the first moment at
which every model answers.

Examples:
  predictor --model-name iris --model-dir ./iris --http-port 8080
  predictor --model-name iris --model-dir s3://models/iris/1/
  predictor --models-config models.json --http-host 127.0.0.1
`;
