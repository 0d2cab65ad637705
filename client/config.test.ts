import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Config, readConfig } from './config.ts';
import { type Environment, settings } from './settings.ts';

function read(argv: readonly string[], env: Environment = {}): Config {
  const config = readConfig(argv, env);
  if ('text' in config) throw new Error(config.text);
  return config;
}

const SERVER = ['--server', 'http://a'];
const oidc = {
  '--auth': 'oidc',
  '--oidc-issuer': 'https://id.example/realms/ml',
  '--oidc-client-id': 'models',
  '--public-url': 'https://models.example/',
  '--session-key-file': '/key',
} as const;
const flagsOf = (values: Readonly<Record<string, string>>) => Object.entries(values).flat();

test('a server is enough', () => {
  assert.deepEqual(read(SERVER), {
    models: { kind: 'servers', servers: ['http://a'], models: [], title: 'Models', cluster: 'local' },
    host: '127.0.0.1',
    port: 8501,
    operationsPort: 8502,
    prefix: '',
    trustedProxies: 0,
    bodyBytes: 16_777_216,
    ratePerMinute: 1200,
    burst: 100,
    timeoutMs: 60_000,
    readinessMs: 10_000,
    forwardAuthorization: false,
    frameAncestors: "'none'",
    accessLog: false,
    drainMs: 0,
  });
});

/** Every flag that does not stand in another test, with a value that is not its default → what becomes of it. */
const given: readonly (readonly [flag: string, value: string, Partial<Config>])[] = [
  ['--host', '0.0.0.0', { host: '0.0.0.0', drainMs: 5000 }],
  ['--port', '9000', { port: 9000 }],
  ['--port', '0', { port: 0, operationsPort: 0 }],
  ['--operations-port', '9001', { operationsPort: 9001 }],
  ['--prefix', '/models-ui/a/', { prefix: '/models-ui/a' }],
  ['--prefix', '/', { prefix: '' }],
  ['--trusted-proxies', '2', { trustedProxies: 2 }],
  ['--max-body-bytes', '1', { bodyBytes: 1 }],
  ['--rate-per-minute', '0', { ratePerMinute: 0 }],
  ['--rate-burst', '7', { burst: 7 }],
  ['--timeout-seconds', '3', { timeoutMs: 3000 }],
  ['--readiness-seconds', '4', { readinessMs: 4000 }],
  ['--forward-authorization', 'on', { forwardAuthorization: true }],
  ['--token-file', '/token', { tokenFile: '/token' }],
  ['--frame-ancestors', 'https://portal.example', { frameAncestors: 'https://portal.example' }],
  ['--access-log', 'on', { accessLog: true }],
  ['--drain-seconds', '9', { drainMs: 9000 }],
];
for (const [flag, value, wanted] of given) {
  test(`${flag} ${value}, as a flag and from the environment`, () => {
    const expected = { ...read(SERVER), ...wanted };
    assert.deepEqual(read([...SERVER, flag, value]), expected);
    const variable = `CLIENT_${flag.slice(2).toUpperCase().replaceAll('-', '_')}`;
    assert.deepEqual(read(SERVER, { [variable]: value }), expected);
  });
}

test('a flag wins over the environment, and an empty variable is none', () => {
  assert.equal(read([...SERVER, '--port', '1'], { CLIENT_PORT: '2' }).port, 1);
  assert.equal(read(SERVER, { CLIENT_PORT: '' }).port, 8501);
});

test('no operations at all', () => {
  assert.ok(!('operationsPort' in read([...SERVER, '--operations-port', 'off'])));
});

test('models from servers, by name, and from a catalogue', () => {
  const models = (argv: readonly string[], env: Environment = {}) => read(argv, env).models;
  const texts = { title: 'Ours', cluster: 'dev' };
  assert.deepEqual(
    models([
      '--server',
      'http://a:1/',
      '--server',
      'https://b/x',
      '--model',
      'm=http://c',
      '--title',
      'Ours',
      '--cluster',
      'dev',
    ]),
    { kind: 'servers', servers: ['http://a:1', 'https://b/x'], models: [{ name: 'm', url: 'http://c' }], ...texts },
  );
  // No list is asked for of the server whose models are named.
  assert.deepEqual(models([...SERVER, '--server', 'http://b', '--model-name', 'x', '--model-name', 'y']), {
    kind: 'servers',
    servers: ['http://b'],
    models: [
      { name: 'x', url: 'http://a' },
      { name: 'y', url: 'http://a' },
    ],
    title: 'Models',
    cluster: 'local',
  });
  assert.deepEqual(models([], { CLIENT_SERVER: 'http://a,http://b', CLIENT_TITLE: 'Ours', CLIENT_CLUSTER: 'dev' }), {
    kind: 'servers',
    servers: ['http://a', 'http://b'],
    models: [],
    ...texts,
  });
  assert.deepEqual(models(['--catalogue', 'c.json']), { kind: 'file', file: 'c.json' });
});

test('signing in', () => {
  const known = { issuer: 'https://id.example/realms/ml', clientId: 'models', keyFile: '/key' };
  const defaults = { scope: 'openid profile email', publicUrl: 'https://models.example', sessionSeconds: 28_800 };
  assert.deepEqual(read([...SERVER, ...flagsOf(oidc)]).oidc, { ...known, ...defaults });
  const more = ['--oidc-client-secret-file', '/secret', '--oidc-scope', 'openid groups', '--session-hours', '1'];
  assert.deepEqual(read([...SERVER, ...flagsOf(oidc), ...more]).oidc, {
    ...known,
    ...defaults,
    clientSecretFile: '/secret',
    scope: 'openid groups',
    sessionSeconds: 3600,
  });
  for (const issuer of ['http://localhost:5556/dex', 'http://127.0.0.1', 'http://[::1]:80/'])
    assert.equal(read([...SERVER, ...flagsOf({ ...oidc, '--oidc-issuer': issuer })]).oidc?.issuer, issuer);
});

const without = (flag: keyof typeof oidc) =>
  flagsOf(Object.fromEntries(Object.entries(oidc).filter(([name]) => name !== flag)));
const faults: readonly (readonly [argv: readonly string[], message: RegExp])[] = [
  [[], /^There are no models: give --catalogue, --server or --model\nSee --help\.\n$/],
  [['--catalogue', 'c', ...SERVER], /^--catalogue names every model; remove --server, --model and --model-name/],
  [['--model', 'm'], /^--model is "m", expected name=url/],
  [['--model', '=http://a'], /^--model is "=http:\/\/a", expected name=url/],
  [['--model', 'm=http://a', '--model-name', 'x'], /^--model-name names models of a --server/],
  ...['a', 'ftp://a', 'http://u:p@a', 'http://a?b=1', 'http://a#b'].map(
    (url) => [['--server', url], /^--server is not the address of a model server: .*; it is "/] as const,
  ),
  ...['x', '-1', '65536', '1.5', '0x10', ''].map(
    (port) => [[...SERVER, `--port=${port}`], /^--port is ".*", expected an integer from 0 to 65535/] as const,
  ),
  [[...SERVER, '--operations-port', 'on'], /^--operations-port is "on", expected an integer/],
  [[...SERVER, '--prefix', 'ui'], /^--prefix is "ui", expected "\/" and words/],
  [[...SERVER, '--prefix', '/a b'], /^--prefix is "\/a b"/],
  [[...SERVER, '--prefix', '//evil.example'], /^--prefix is "\/\/evil\.example"/],
  [[...SERVER, '--trusted-proxies', '11'], /from 0 to 10/],
  [[...SERVER, '--max-body-bytes', '0'], /from 1 to 1073741824/],
  [[...SERVER, '--rate-per-minute', 'many'], /^--rate-per-minute is "many"/],
  [[...SERVER, '--rate-burst', '0'], /^--rate-burst is "0"/],
  [[...SERVER, '--timeout-seconds', '0'], /^--timeout-seconds is "0"/],
  [[...SERVER, '--readiness-seconds', '3601'], /^--readiness-seconds is "3601"/],
  [[...SERVER, '--drain-seconds', '61'], /^--drain-seconds is "61", expected an integer from 0 to 60/],
  [[...SERVER, '--forward-authorization', 'yes'], /^--forward-authorization is "yes", expected on, off/],
  [[...SERVER, '--access-log', 'true'], /^--access-log is "true", expected on, off/],
  [[...SERVER, '--auth', 'basic'], /^--auth is "basic", expected none, oidc/],
  [[...SERVER, ...without('--oidc-issuer')], /^--oidc-issuer is not set, but --auth oidc needs it/],
  [[...SERVER, ...without('--oidc-client-id')], /^--oidc-client-id is not set/],
  [[...SERVER, ...without('--public-url')], /^--public-url is not set/],
  [[...SERVER, ...without('--session-key-file')], /^--session-key-file is not set/],
  ...['http://id.example', 'id.example', 'http://127.0.0.1.evil.example', 'https://'].map(
    (issuer) =>
      [
        [...SERVER, ...flagsOf({ ...oidc, '--oidc-issuer': issuer })],
        /^--oidc-issuer is ".*", expected an https/,
      ] as const,
  ),
  ...['models.example', 'https://models.example/ui', 'https://models.example?x', 'ftp://a', 'https://a b'].map(
    (url) =>
      [[...SERVER, ...flagsOf({ ...oidc, '--public-url': url })], /^--public-url is ".*", expected a scheme/] as const,
  ),
  [[...SERVER, ...flagsOf(oidc), '--session-hours', '721'], /^--session-hours is "721"/],
  [[...SERVER, '--nonsense'], /unknown option '--nonsense'/],
  [[...SERVER, 'word'], /too many arguments/],
  [['--server'], /argument missing/],
];
for (const [argv, message] of faults) {
  test(`refused: ${argv.slice(argv[0] === '--server' && argv.length > 2 ? 2 : 0).join(' ')}`, () => {
    const ending = readConfig(argv, {});
    assert.ok('text' in ending, 'it was taken');
    assert.equal(ending.code, 2);
    assert.match(ending.text, message);
  });
}

test('--help ends with 0 and names every flag with its variable', () => {
  const ending = readConfig(['--help'], {});
  assert.ok('text' in ending);
  assert.equal(ending.code, 0);
  for (const { key } of settings) {
    assert.match(ending.text, new RegExp(`--${key.toLowerCase().replaceAll('_', '-')} <`), key);
    assert.match(ending.text.replaceAll(/\s+/g, ''), new RegExp(`\\(CLIENT_${key}[;)]`), key);
  }
});
