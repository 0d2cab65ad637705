import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from './config.ts';

const place = (argv: string[], env: Record<string, string> = {}) => {
  const config = readConfig(argv, env);
  return 'text' in config ? config : config.models;
};
const refused = (argv: string[], env: Record<string, string>, message: RegExp) => {
  const ending = readConfig(argv, env);
  assert.ok('text' in ending, 'expected a refusal');
  assert.equal(ending.code, 2);
  assert.match(ending.text, message);
};

test("KServe's arguments are enough", () => {
  const config = readConfig(['--model_name=iris_x', '--model_dir', '/mnt/models', '--http_port=8080'], {});
  assert.deepEqual(config, {
    models: { kind: 'folder', name: 'iris_x', version: '1', location: '/mnt/models' },
    httpHost: '0.0.0.0',
    httpPort: 8080,
    maxBodyBytes: 67108864,
    intraOpThreads: 1,
    s3: { region: 'us-east-1' },
  });
});

test('environment gives what flags do not', () => {
  const env = {
    MODEL_NAME: 'a',
    MODEL_DIR: 's3://b/m',
    MODEL_SHA256: 'A'.repeat(64),
    HTTP_PORT: '1',
    AWS_ENDPOINT_URL: 'http://x',
    AWS_DEFAULT_REGION: 'eu-1',
  };
  assert.deepEqual(place(['--model-name', 'b'], env), {
    kind: 'folder',
    name: 'b',
    version: '1',
    location: 's3://b/m',
    sha256: 'a'.repeat(64),
  });
  const config = readConfig(['--http-port', '0', '--http-host', '127.0.0.1'], env);
  assert.ok(!('text' in config));
  assert.deepEqual(
    [config.httpPort, config.httpHost, config.s3],
    [0, '127.0.0.1', { endpoint: 'http://x', region: 'eu-1' }],
  );
});

test('an empty variable counts as absent', () => {
  assert.deepEqual(place([], { MODEL_NAME: 'a', MODELS_CONFIG: '', MODEL_REPOSITORY: '' }), {
    kind: 'folder',
    name: 'a',
    version: '1',
    location: '/mnt/models',
  });
});

test('one place of models', () => {
  assert.deepEqual(place(['--models-config', 'm.json'], { MODEL_NAME: 'x' }), { kind: 'file', file: 'm.json' });
  assert.deepEqual(place([], { MODEL_REPOSITORY: '/models' }), { kind: 'repository', location: '/models' });
  refused(['--models-config', 'm.json', '--model-dir', '/x'], {}, /^MODEL_DIR and MODELS_CONFIG are both set/);
});

test('what cannot be meant is refused', () => {
  refused([], {}, /^MODEL_NAME is not set/);
  refused(
    ['--model-name', 'x', '--http-port', '70000'],
    {},
    /^HTTP_PORT is "70000", expected an integer from 0 to 65535/,
  );
  refused(['--model-name', 'x'], { INTRA_OP_THREADS: '0' }, /^INTRA_OP_THREADS is "0"/);
  refused(['--model-name', 'x', '--model-sha256', 'abc'], {}, /^MODEL_SHA256 is "abc", expected 64 hexadecimal digits/);
  refused(['--grpc-port', '1'], {}, /unknown option '--grpc-port'/);
  refused(['extra'], {}, /too many arguments/);
});

test('help names every flag and its variable', () => {
  const ending = readConfig(['--help'], {});
  assert.ok('text' in ending);
  assert.equal(ending.code, 0);
  for (const name of ['--model-name', 'MODEL_DIR', 'MODELS_CONFIG', '--http-host', 'SIGHUP', 'input-0'])
    assert.ok(ending.text.includes(name), name);
});
