/**
 * Environment and flags → Config, read once. A flag wins over the environment variable of the same name; KServe's
 * form with underscores (`--model_name`) is understood too.
 */
import { Command, CommanderError } from 'commander';
import { type PayloadLogConfig, payloadLogOf } from './config-payload-log.ts';
import { type Ports, portsOf } from './config-ports.ts';
import {
  type Environment,
  integer,
  type Key,
  notes,
  oneOf,
  type Setting,
  settingOf,
  settings,
  UsageError,
  type Values,
} from './config-settings.ts';
import { readBudget } from './runtime/cgroup.ts';

const mostProcesses = 64;

export interface Config extends Ports {
  readonly models: ModelsPlace;
  readonly httpHost: string;
  /** 0 lets the system choose. */
  readonly httpPort: number;
  /** Processes that serve, behind the same ports. */
  readonly processes: number;
  readonly maxBodyBytes: number;
  readonly intraOpThreads: number;
  /** Median microseconds of a run up to which a model runs on the event loop. */
  readonly inlineMaxUs: number;
  /** Processes per model that runs outside of it; 0 takes the cores that there are. */
  readonly modelProcesses: number;
  /** Requests that may wait for one model. */
  readonly maxQueue: number;
  readonly maxBatch: { readonly requests: number; readonly rows: number };
  readonly pollSeconds: number;
  readonly s3: { readonly endpoint?: string; readonly region: string };
  /** Absent without MLFLOW_TRACKING_URI. */
  readonly mlflow?: { readonly trackingUri: string; readonly authorization?: string };
  readonly accessLog: boolean;
  /** Absent: payloads are not logged. */
  readonly payloadLog?: PayloadLogConfig;
  readonly apiKeysFile?: string;
  readonly tls?: { readonly certFile: string; readonly keyFile: string; readonly clientCaFile?: string };
  /** From "not ready" to the first refused connection, so that routers hear of it. */
  readonly drainMs: number;
  /** Whether spans are sent; where to stands in the exporter's own variables. */
  readonly tracing: boolean;
}

export type ModelsPlace =
  | {
      readonly kind: 'folder';
      readonly name: string;
      readonly version: string;
      readonly location: string;
      readonly sha256?: string;
    }
  | { readonly kind: 'repository'; readonly location: string }
  | { readonly kind: 'file'; readonly file: string };

/** What the process should print before it ends, instead of serving. */
export interface Ending {
  readonly text: string;
  readonly code: 0 | 2;
}

/** `argv` without the interpreter and the script. */
export function readConfig(argv: readonly string[], env: Environment): Config | Ending {
  const printed: string[] = [];
  const command = describe((text) => printed.push(text));
  try {
    command.parse(argv.map(dashed), { from: 'user' });
    const flags = command.opts<Record<string, string | undefined>>();
    const given: Partial<Record<Key, string>> = {};
    for (const { key } of settings) {
      const value = flags[camel(key)] ?? (env[key] || undefined);
      if (value !== undefined) given[key] = value;
    }
    return configOf(given, env);
  } catch (error) {
    if (error instanceof CommanderError) return { text: printed.join(''), code: error.exitCode === 0 ? 0 : 2 };
    if (error instanceof UsageError) return { text: `${error.message}\nSee --help.\n`, code: 2 };
    throw error;
  }
}

function configOf(given: Values, env: Environment): Config {
  const endpoint = env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL'] || undefined;
  return {
    models: modelsPlace(given),
    httpHost: settingOf(given, 'HTTP_HOST'),
    httpPort: integer(given, 'HTTP_PORT', 0, 65_535),
    processes: processesOf(given),
    maxBodyBytes: integer(given, 'MAX_REQUEST_BYTES', 1, 1024 * 1024 * 1024),
    intraOpThreads: integer(given, 'INTRA_OP_THREADS', 1, 256),
    inlineMaxUs: integer(given, 'INLINE_MAX_US', 0, 1_000_000),
    modelProcesses: integer(given, 'MODEL_PROCESSES', 0, 64),
    maxQueue: integer(given, 'MAX_QUEUE', 1, 1_000_000),
    maxBatch: {
      requests: integer(given, 'MAX_BATCH_REQUESTS', 1, 10_000),
      rows: integer(given, 'MAX_BATCH_ROWS', 1, 1_000_000),
    },
    pollSeconds: integer(given, 'POLL_SECONDS', 0, 86_400),
    s3: {
      ...(endpoint === undefined ? {} : { endpoint }),
      region: env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || 'us-east-1',
    },
    ...mlflowServer(env),
    ...portsOf(given),
    ...operation(given),
    tracing: Boolean(env['OTEL_EXPORTER_OTLP_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']),
  };
}

function processesOf(given: Values): number {
  if (settingOf(given, 'PROCESSES') !== 'auto') return integer(given, 'PROCESSES', 1, mostProcesses);
  return Math.min(Math.max(1, Math.floor(readBudget().cpus)), mostProcesses);
}

type Operation = Pick<Config, 'accessLog' | 'payloadLog' | 'apiKeysFile' | 'tls' | 'drainMs'>;

function operation(given: Values): Operation {
  const tls = tlsFiles(given);
  const loopback = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(settingOf(given, 'HTTP_HOST'));
  const drain = given.DRAIN_SECONDS === undefined ? (loopback ? 0 : 5) : integer(given, 'DRAIN_SECONDS', 0, 20);
  return {
    accessLog: oneOf(given, 'ACCESS_LOG', ['on', 'off']) === 'on',
    ...payloadLogOf(given),
    ...(given.API_KEYS_FILE === undefined ? {} : { apiKeysFile: given.API_KEYS_FILE }),
    ...(tls === undefined ? {} : { tls }),
    drainMs: drain * 1000,
  };
}

function tlsFiles(given: Values): Config['tls'] {
  const { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile, TLS_CLIENT_CA: clientCaFile } = given;
  if (certFile === undefined && keyFile === undefined && clientCaFile !== undefined)
    throw new UsageError('TLS_CLIENT_CA asks callers for certificates, but TLS_CERT_FILE and TLS_KEY_FILE are not set');
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile !== undefined && keyFile !== undefined)
    return { certFile, keyFile, ...(clientCaFile === undefined ? {} : { clientCaFile }) };
  throw new UsageError('TLS_CERT_FILE and TLS_KEY_FILE belong together, but only one is set');
}

/** The variables are those of MLflow's own clients. */
function mlflowServer(env: Environment): Pick<Config, 'mlflow'> {
  const trackingUri = env['MLFLOW_TRACKING_URI'];
  if (!trackingUri) return {};
  if (!/^https?:\/\//.test(trackingUri))
    throw new UsageError(`MLFLOW_TRACKING_URI is "${trackingUri}", expected an http or https address`);
  const [token, user, password] = ['TOKEN', 'USERNAME', 'PASSWORD'].map((name) => env[`MLFLOW_TRACKING_${name}`]);
  const basic = user && password ? `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` : undefined;
  const authorization = token ? `Bearer ${token}` : basic;
  return {
    mlflow: { trackingUri: trackingUri.replace(/\/+$/, ''), ...(authorization === undefined ? {} : { authorization }) },
  };
}

function modelsPlace(given: Values): ModelsPlace {
  const places = (['MODEL_DIR', 'MODEL_REPOSITORY', 'MODELS_CONFIG'] as const).filter(
    (key) => given[key] !== undefined,
  );
  if (places.length > 1) throw new UsageError(`${places.join(' and ')} are both set, expected one place of models`);
  if (given.MODELS_CONFIG !== undefined) return { kind: 'file', file: given.MODELS_CONFIG };
  if (given.MODEL_REPOSITORY !== undefined) return { kind: 'repository', location: given.MODEL_REPOSITORY };
  const name = given.MODEL_NAME;
  if (name === undefined)
    throw new UsageError('MODEL_NAME is not set, expected the name under which to serve MODEL_DIR');
  const sha256 = given.MODEL_SHA256?.toLowerCase();
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(sha256)) {
    throw new UsageError(`MODEL_SHA256 is "${given.MODEL_SHA256}", expected 64 hexadecimal digits`);
  }
  const place = { name, version: settingOf(given, 'MODEL_VERSION'), location: settingOf(given, 'MODEL_DIR') };
  return { kind: 'folder', ...place, ...(sha256 === undefined ? {} : { sha256 }) };
}

function describe(print: (text: string) => void): Command {
  const command = new Command('predictor')
    .description('Serves ONNX models over the Open Inference Protocol V2 (REST and gRPC).')
    .configureOutput({ writeOut: print, writeErr: print })
    .configureHelp({ helpWidth: 100 })
    .allowExcessArguments(false)
    .exitOverride();
  for (const setting of settings as readonly Setting[]) {
    const fallback = setting.fallback === undefined ? '' : `; default ${setting.fallback}`;
    command.option(`${flag(setting.key)} <${setting.value}>`, `${setting.about} (${setting.key}${fallback})`);
  }
  return command.addHelpText('after', notes);
}

function flag(key: string): string {
  return `--${key.toLowerCase().replaceAll('_', '-')}`;
}

function camel(key: string): string {
  return key.toLowerCase().replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** `--model_name=a_b` → `--model-name=a_b`. */
function dashed(argument: string): string {
  if (!argument.startsWith('--')) return argument;
  const [name = '', ...value] = argument.split('=');
  return [name.replaceAll('_', '-'), ...value].join('=');
}
