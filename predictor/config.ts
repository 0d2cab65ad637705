/**
 * Environment and flags → Config, read once. A flag wins over the environment variable of the same name; KServe's
 * form with underscores (`--model_name`) is understood too.
 */
import { Command, CommanderError } from 'commander';

export interface Config {
  readonly models: ModelsPlace;
  readonly httpHost: string;
  /** 0 lets the system choose. */
  readonly httpPort: number;
  readonly maxBodyBytes: number;
  readonly intraOpThreads: number;
  readonly s3: { readonly endpoint?: string; readonly region: string };
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

interface Setting {
  readonly key: string;
  readonly value: string;
  readonly fallback?: string;
  readonly about: string;
}

/** 64 MiB, Triton's default. */
const defaultBodyBytes = 64 * 1024 * 1024;

/** Keys as environment variables; the flag is the same in kebab case. */
const settings = [
  { key: 'MODEL_NAME', value: 'name', about: 'name of the model in MODEL_DIR' },
  { key: 'MODEL_VERSION', value: 'version', fallback: '1', about: 'version of the model in MODEL_DIR' },
  {
    key: 'MODEL_DIR',
    value: 'folder|s3://…',
    fallback: '/mnt/models',
    about: 'one model: a folder with one .onnx file or an MLflow MLmodel layout, an .onnx file, or an S3 prefix',
  },
  { key: 'MODEL_SHA256', value: 'hex', about: 'sha256 of the model file in MODEL_DIR; another file is refused' },
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
] as const satisfies readonly Setting[];

type Key = (typeof settings)[number]['key'];
type Values = Readonly<Partial<Record<Key, string>>>;
type Environment = Readonly<Record<string, string | undefined>>;

class UsageError extends Error {}

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
    maxBodyBytes: integer(given, 'MAX_REQUEST_BYTES', 1, 1024 * 1024 * 1024),
    intraOpThreads: integer(given, 'INTRA_OP_THREADS', 1, 256),
    s3: {
      ...(endpoint === undefined ? {} : { endpoint }),
      region: env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || 'us-east-1',
    },
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

function settingOf(given: Values, key: Key): string {
  const setting: Setting | undefined = settings.find((candidate) => candidate.key === key);
  return given[key] ?? setting?.fallback ?? '';
}

function integer(given: Values, key: Key, smallest: number, largest: number): number {
  const text = settingOf(given, key);
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < smallest || value > largest) {
    throw new UsageError(`${key} is "${text}", expected an integer from ${smallest} to ${largest}`);
  }
  return value;
}

function describe(print: (text: string) => void): Command {
  const command = new Command('predictor')
    .description('Serves ONNX models over the Open Inference Protocol V2 (REST).')
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

const notes = `
Each flag has an environment variable, named in parentheses; the flag wins. Underscores in flags are
read as hyphens. S3 credentials and region come from the usual AWS_* variables; with AWS_ENDPOINT_URL
buckets are addressed by path.

Addresses: GET  /v2, /v2/health/live, /v2/health/ready, /v2/models/<model>, /v2/models/<model>/ready
           POST /v2/models/<model>/infer
           each of a model also as /v2/models/<model>/versions/<version>/…

Tensors go by the graph's own names, by position (input-0, output-0), by configured aliases, and as
predict and predict_proba. A request whose inputs all go by position is answered by position; outputs
asked for by name are answered under these names.

SIGHUP loads the models anew, as does a change of MODELS_CONFIG. SIGTERM finishes requests in flight
and ends with 0. Events go to standard error, one JSON object per line; "ready" is the first moment at
which every model answers.

Examples:
  predictor --model-name iris --model-dir ./iris --http-port 8080
  predictor --model-name iris --model-dir s3://models/iris/1/
  predictor --models-config models.json --http-host 127.0.0.1
`;

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
