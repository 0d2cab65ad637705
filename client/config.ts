/** Environment and flags → Config, read once. A flag wins over the environment variable of the same name. */
import { Command, CommanderError } from 'commander';
import { baseUrl } from './server/served.ts';
import {
  type Environment,
  integer,
  type Key,
  nameOf,
  notes,
  oneOf,
  optional,
  required,
  type Setting,
  settings,
  textOf,
  UsageError,
  type Values,
} from './settings.ts';

export interface Config {
  readonly models: ModelsPlace;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Absent: no health, no metrics. */
  readonly operationsPort?: number;
  /** Empty, or `/` and words. */
  readonly prefix: string;
  readonly trustedProxies: number;
  readonly bodyBytes: number;
  readonly ratePerMinute: number;
  readonly burst: number;
  readonly timeoutMs: number;
  readonly readinessMs: number;
  readonly forwardAuthorization: boolean;
  readonly tokenFile?: string;
  /** Absent: nobody signs in. */
  readonly oidc?: OidcConfig;
  readonly frameAncestors: string;
  readonly accessLog: boolean;
  readonly drainMs: number;
}

export type ModelsPlace =
  | { readonly kind: 'file'; readonly file: string }
  | {
      readonly kind: 'servers';
      readonly servers: readonly string[];
      readonly models: readonly { readonly name: string; readonly url: string }[];
      readonly title: string;
      readonly cluster: string;
    };

export interface OidcConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecretFile?: string;
  readonly scope: string;
  readonly publicUrl: string;
  readonly keyFile: string;
  readonly sessionSeconds: number;
}

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
    command.parse(argv, { from: 'user' });
    const flags = command.opts<Record<string, readonly string[] | undefined>>();
    const given: Partial<Record<Key, readonly string[]>> = {};
    for (const { key, many } of settings as readonly (Setting & { key: Key })[]) {
      const fromEnv = env[`CLIENT_${key}`];
      const value = flags[camel(key)] ?? (fromEnv ? (many === true ? fromEnv.split(',') : [fromEnv]) : undefined);
      if (value !== undefined) given[key] = value;
    }
    return configOf(given);
  } catch (error) {
    if (error instanceof CommanderError) return { text: printed.join(''), code: error.exitCode === 0 ? 0 : 2 };
    if (error instanceof UsageError) return { text: `${error.message}\nSee --help.\n`, code: 2 };
    throw error;
  }
}

function configOf(given: Values): Config {
  const host = textOf(given, 'HOST');
  const loopback = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);
  const port = integer(given, 'PORT', 0, 65_535);
  const tokenFile = optional(given, 'TOKEN_FILE');
  const drain = given.DRAIN_SECONDS === undefined ? (loopback ? 0 : 5) : integer(given, 'DRAIN_SECONDS', 0, 60);
  return {
    models: modelsPlace(given),
    host,
    port,
    ...operationsPort(given, port),
    prefix: prefixOf(given),
    trustedProxies: integer(given, 'TRUSTED_PROXIES', 0, 10),
    bodyBytes: integer(given, 'MAX_BODY_BYTES', 1, 1024 ** 3),
    ratePerMinute: integer(given, 'RATE_PER_MINUTE', 0, 1_000_000),
    burst: integer(given, 'RATE_BURST', 1, 1_000_000),
    timeoutMs: integer(given, 'TIMEOUT_SECONDS', 1, 3600) * 1000,
    readinessMs: integer(given, 'READINESS_SECONDS', 1, 3600) * 1000,
    forwardAuthorization: oneOf(given, 'FORWARD_AUTHORIZATION', ['on', 'off']) === 'on',
    ...(tokenFile === undefined ? {} : { tokenFile }),
    ...oidc(given),
    frameAncestors: textOf(given, 'FRAME_ANCESTORS'),
    accessLog: oneOf(given, 'ACCESS_LOG', ['on', 'off']) === 'on',
    drainMs: drain * 1000,
  };
}

function operationsPort(given: Values, port: number): Pick<Config, 'operationsPort'> {
  if (textOf(given, 'OPERATIONS_PORT') === 'off') return {};
  if (port === 0 && given.OPERATIONS_PORT === undefined) return { operationsPort: 0 };
  return { operationsPort: integer(given, 'OPERATIONS_PORT', 0, 65_535) };
}

function prefixOf(given: Values): string {
  const prefix = textOf(given, 'PREFIX').replace(/\/+$/, '');
  if (prefix !== '' && !/^(?:\/[\w.~-]+)+$/.test(prefix))
    throw new UsageError(`--prefix is "${prefix}", expected "/" and words, for example /models-ui`);
  return prefix;
}

function modelsPlace(given: Values): ModelsPlace {
  const { SERVER = [], MODEL = [], MODEL_NAME = [] } = given;
  const file = optional(given, 'CATALOGUE');
  if (file !== undefined) {
    if (SERVER.length + MODEL.length + MODEL_NAME.length > 0)
      throw new UsageError('--catalogue names every model; remove --server, --model and --model-name');
    return { kind: 'file', file };
  }
  if (SERVER.length + MODEL.length === 0)
    throw new UsageError('There are no models: give --catalogue, --server or --model');
  const servers = SERVER.map((text) => urlOf(text, 'SERVER'));
  const models = MODEL.map((text) => {
    const [, name, url] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
    if (name === undefined || url === undefined) throw new UsageError(`--model is "${text}", expected name=url`);
    return { name, url: urlOf(url, 'MODEL') };
  });
  const [first] = servers;
  if (MODEL_NAME.length > 0 && first === undefined) throw new UsageError('--model-name names models of a --server');
  const named = first === undefined ? [] : MODEL_NAME.map((name) => ({ name, url: first }));
  const texts = { title: textOf(given, 'TITLE'), cluster: textOf(given, 'CLUSTER') };
  // Of a server whose models are named, no list is asked for.
  return {
    kind: 'servers',
    servers: named.length > 0 ? servers.slice(1) : servers,
    models: [...models, ...named],
    ...texts,
  };
}

function urlOf(text: string, key: Key): string {
  try {
    return baseUrl(text, nameOf(key));
  } catch (error) {
    throw new UsageError(`${(error as Error).message}; it is "${text}"`);
  }
}

const HOUR = 3600;

function oidc(given: Values): Pick<Config, 'oidc'> {
  if (oneOf(given, 'AUTH', ['none', 'oidc']) === 'none') return {};
  const because = '--auth oidc needs it';
  const issuer = required(given, 'OIDC_ISSUER', because);
  const local = /^http:\/\/(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?(?:\/|$)/.test(issuer);
  if (!URL.canParse(issuer) || !(local || issuer.startsWith('https://')))
    throw new UsageError(`--oidc-issuer is "${issuer}", expected an https address`);
  const publicUrl = required(given, 'PUBLIC_URL', because);
  if (!/^https?:\/\/[^\s/?#@]+\/?$/.test(publicUrl))
    throw new UsageError(`--public-url is "${publicUrl}", expected a scheme and a host, without a path`);
  const secret = optional(given, 'OIDC_CLIENT_SECRET_FILE');
  return {
    oidc: {
      issuer,
      clientId: required(given, 'OIDC_CLIENT_ID', because),
      ...(secret === undefined ? {} : { clientSecretFile: secret }),
      scope: textOf(given, 'OIDC_SCOPE'),
      publicUrl: publicUrl.replace(/\/$/, ''),
      keyFile: required(given, 'SESSION_KEY_FILE', because),
      sessionSeconds: integer(given, 'SESSION_HOURS', 1, 24 * 30) * HOUR,
    },
  };
}

function describe(print: (text: string) => void): Command {
  const command = new Command('client')
    .description('The web page where people use served models, and the server behind it.')
    .configureOutput({ writeOut: print, writeErr: print })
    .configureHelp({ helpWidth: 100 })
    .allowExcessArguments(false)
    .exitOverride();
  for (const { key, value, fallback, about } of settings as readonly (Setting & { key: Key })[]) {
    const text = `${about} (CLIENT_${key}${fallback === undefined ? '' : `; default ${fallback}`})`;
    command.option(`${nameOf(key)} <${value}>`, text, (one: string, before: string[] = []) => [...before, one]);
  }
  return command.addHelpText('after', notes);
}

function camel(key: string): string {
  return key.toLowerCase().replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}
