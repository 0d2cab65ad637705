/** Every setting of the client, by its environment variable, and how its text becomes a value. */

/** Why the settings cannot be meant; the message names the variable. */
export class UsageError extends Error {}

export interface Setting {
  readonly key: string;
  readonly value: string;
  readonly fallback?: string;
  /** May be given several times; in the environment separated by commas. */
  readonly many?: boolean;
  readonly about: string;
}

/** Keys as in the environment, where CLIENT_ stands before them; the flag is the same in kebab case. */
export const settings = [
  {
    key: 'CATALOGUE',
    value: 'file.json',
    about: 'the models to show and where they are (schemas/client-catalogue.schema.json); read again when it changes',
  },
  {
    key: 'SERVER',
    value: 'url',
    many: true,
    about: 'without a catalogue: a model server, all of whose models are shown; may be given several times',
  },
  {
    key: 'MODEL_NAME',
    value: 'name',
    many: true,
    about: 'a model of the (first) server, for servers that do not list theirs; may be given several times',
  },
  { key: 'MODEL', value: 'name=url', many: true, about: 'one model and its server; may be given several times' },
  { key: 'TITLE', value: 'text', fallback: 'Models', about: 'heading, without a catalogue' },
  { key: 'CLUSTER', value: 'name', fallback: 'local', about: 'name shown beside the heading, without a catalogue' },
  { key: 'HOST', value: 'address', fallback: '127.0.0.1', about: 'address to listen on' },
  { key: 'PORT', value: 'port', fallback: '8501', about: 'port to listen on; 0 takes a free one' },
  {
    key: 'OPERATIONS_PORT',
    value: 'port|off',
    fallback: '8502',
    about: 'port of /healthz/live, /healthz/ready and /metrics; 0 takes a free one',
  },
  { key: 'PREFIX', value: 'path', about: 'path before every address, for example /models-ui' },
  { key: 'PUBLIC_URL', value: 'url', about: 'scheme and host under which people reach the client; OIDC needs it' },
  {
    key: 'TRUSTED_PROXIES',
    value: 'count',
    fallback: '0',
    about: 'proxies in front whose X-Forwarded-For is believed when calls are counted for each person',
  },
  { key: 'MAX_BODY_BYTES', value: 'bytes', fallback: '16777216', about: 'largest inference request' },
  {
    key: 'RATE_PER_MINUTE',
    value: 'calls',
    fallback: '1200',
    about: 'inference requests of one person; 0 for no limit',
  },
  { key: 'RATE_BURST', value: 'calls', fallback: '100', about: 'how many of them may come at once' },
  { key: 'TIMEOUT_SECONDS', value: 'seconds', fallback: '60', about: 'after which a silent model server is given up' },
  { key: 'READINESS_SECONDS', value: 'seconds', fallback: '10', about: 'between two looks at each model' },
  {
    key: 'FORWARD_AUTHORIZATION',
    value: 'on|off',
    fallback: 'off',
    about: "passes the person's own Authorization on to the model servers; the page then asks for a token",
  },
  { key: 'TOKEN_FILE', value: 'file', about: 'bearer token for the model servers, read again as it is renewed' },
  { key: 'AUTH', value: 'none|oidc', fallback: 'none', about: 'whether people sign in' },
  { key: 'OIDC_ISSUER', value: 'url', about: 'identity provider; https, or http on this machine' },
  { key: 'OIDC_CLIENT_ID', value: 'id', about: 'the client as the provider knows it' },
  { key: 'OIDC_CLIENT_SECRET_FILE', value: 'file', about: 'its secret; without one it is a public client' },
  { key: 'OIDC_SCOPE', value: 'scopes', fallback: 'openid profile email', about: 'what the provider is asked for' },
  { key: 'SESSION_KEY_FILE', value: 'file', about: 'key of the session cookies, the same for all replicas' },
  { key: 'SESSION_HOURS', value: 'hours', fallback: '8', about: 'after which people sign in again' },
  {
    key: 'FRAME_ANCESTORS',
    value: 'sources',
    fallback: "'none'",
    about: 'sites that may show the page in a frame, as in Content-Security-Policy',
  },
  { key: 'ACCESS_LOG', value: 'on|off', fallback: 'off', about: 'one log line per call' },
  {
    key: 'DRAIN_SECONDS',
    value: 'seconds',
    about: 'from "not ready" to the end of listening on SIGTERM; default 5, or 0 on a loopback host',
  },
] as const satisfies readonly Setting[];

export type Key = (typeof settings)[number]['key'];
export type Values = Readonly<Partial<Record<Key, readonly string[]>>>;
export type Environment = Readonly<Record<string, string | undefined>>;

export function textOf(given: Values, key: Key): string {
  const setting: Setting | undefined = settings.find((candidate) => candidate.key === key);
  return given[key]?.at(-1) ?? setting?.fallback ?? '';
}

/** Undefined where nothing is set. */
export function optional(given: Values, key: Key): string | undefined {
  return given[key]?.at(-1);
}

export function integer(given: Values, key: Key, smallest: number, largest: number): number {
  const text = textOf(given, key);
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < smallest || value > largest)
    throw new UsageError(`${nameOf(key)} is "${text}", expected an integer from ${smallest} to ${largest}`);
  return value;
}

export function oneOf<Value extends string>(given: Values, key: Key, values: readonly Value[]): Value {
  const text = textOf(given, key);
  const found = values.find((value) => value === text);
  if (found === undefined) throw new UsageError(`${nameOf(key)} is "${text}", expected ${values.join(', ')}`);
  return found;
}

export function required(given: Values, key: Key, because: string): string {
  const value = optional(given, key);
  if (value === undefined) throw new UsageError(`${nameOf(key)} is not set, but ${because}`);
  return value;
}

export function nameOf(key: Key): string {
  return `--${key.toLowerCase().replaceAll('_', '-')}`;
}

/** What `--help` says after the list of flags. */
export const notes = `
Each flag has an environment variable, named in parentheses; the flag wins. Which models are shown
comes from a catalogue, which the generators make from models.yaml, or from model servers that speak
the Open Inference Protocol V2: the predictor of this repository, MLServer, KServe's Python servers,
Triton. The client asks no other place than these, follows no redirect and passes on no cookie.

SIGTERM says "not ready", waits for DRAIN_SECONDS, finishes requests in flight and ends with 0.
Events go to standard error, one JSON object per line, never with what people send or get.
client/contract.ts describes the HTTP interface of the page.

Examples:
  client --server http://127.0.0.1:8080
  client --model iris=http://iris.example --model wine=http://wine.example:8000
  client --catalogue catalogue.json --host 0.0.0.0
`;
