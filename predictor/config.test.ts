import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
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
    processes: 1,
    maxBodyBytes: 67108864,
    intraOpThreads: 1,
    inlineMaxUs: 300,
    modelProcesses: 0,
    maxQueue: 256,
    maxBatch: { requests: 64, rows: 1024 },
    pollSeconds: 0,
    s3: { region: 'us-east-1' },
    grpcPort: { number: 9000, yields: true },
    grpcOutput: 'mirror',
    metricsPort: { number: 8081, yields: true },
    accessLog: false,
    drainMs: 5000,
    tracing: false,
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

test('processes are counted, or as many as there are cores', () => {
  const processes = (argv: string[]) => {
    const config = readConfig(['--model-name', 'a', ...argv], {});
    return 'text' in config ? config.text : config.processes;
  };
  assert.equal(processes(['--processes', '3']), 3);
  const auto = processes(['--processes', 'auto']);
  assert.ok(typeof auto === 'number' && auto >= 1 && auto <= availableParallelism());
  refused(['--model-name', 'a', '--processes', '0'], {}, /^PROCESSES is "0", expected an integer from 1 to 64/);
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
  refused(['--unknown-flag', '1'], {}, /unknown option '--unknown-flag'/);
  refused(['extra'], {}, /too many arguments/);
});

test('help names every flag and its variable', () => {
  const ending = readConfig(['--help'], {});
  assert.ok('text' in ending);
  assert.equal(ending.code, 0);
  for (const name of ['--model-name', 'MODEL_DIR', 'MODELS_CONFIG', '--http-host', 'SIGHUP', 'input-0'])
    assert.ok(ending.text.includes(name), name);
});

test('ports beside HTTP can be asked for, chosen by the system or switched off', () => {
  const ports = (...argv: string[]) => {
    const config = readConfig(['--model-name', 'm', ...argv], {});
    return 'text' in config ? config.text : [config.grpcPort, config.metricsPort];
  };
  const free = { number: 0, yields: true };
  assert.deepEqual(ports('--http-port', '0'), [free, free]);
  assert.deepEqual(ports('--grpc-port', '9000', '--metrics-port', 'off'), [{ number: 9000, yields: false }, undefined]);
});

test('nothing routes to a loopback address, so that it needs no draining', () => {
  const drain = (...argv: string[]) => {
    const config = readConfig(['--model-name', 'm', ...argv], {});
    return 'text' in config ? config.text : config.drainMs;
  };
  assert.equal(drain('--http-host', '127.0.0.1'), 0);
  assert.equal(drain('--http-host', '127.0.0.1', '--drain-seconds', '3'), 3000);
});

test('an MLflow server is known with its credentials', () => {
  const mlflow = (env: Record<string, string>) => {
    const config = readConfig(['--model-name', 'm', '--model-dir', 'models:/m@champion'], env);
    return 'text' in config ? config.text : config.mlflow;
  };
  const address = { MLFLOW_TRACKING_URI: 'http://mlflow:5000/' };
  const trackingUri = 'http://mlflow:5000';
  assert.equal(mlflow({}), undefined);
  assert.deepEqual(mlflow(address), { trackingUri });
  assert.deepEqual(mlflow({ ...address, MLFLOW_TRACKING_TOKEN: 't' }), { trackingUri, authorization: 'Bearer t' });
  assert.deepEqual(mlflow({ ...address, MLFLOW_TRACKING_USERNAME: 'a', MLFLOW_TRACKING_PASSWORD: 'b' }), {
    trackingUri,
    authorization: 'Basic YTpi',
  });
  assert.match(String(mlflow({ MLFLOW_TRACKING_URI: 'sqlite:///x' })), /^MLFLOW_TRACKING_URI is "sqlite/);
});

test('settings of operation are held to their values', () => {
  const env = { MODEL_NAME: 'm' };
  refused([], { ...env, TLS_CERT_FILE: 'c' }, /^TLS_CERT_FILE and TLS_KEY_FILE belong together/);
  refused([], { ...env, TLS_CLIENT_CA: 'c' }, /^TLS_CLIENT_CA asks callers for certificates, but/);
  refused(['--grpc-output', 'both'], env, /^GRPC_OUTPUT is "both", expected mirror, typed, raw/);
  refused(
    ['--grpc-max-connection-age-grace', '5'],
    env,
    /^GRPC_MAX_CONNECTION_AGE_GRACE is set, but GRPC_MAX_CONNECTION_AGE is not/,
  );
  refused(['--access-log', 'yes'], env, /^ACCESS_LOG is "yes", expected on, off/);
  refused(['--drain-seconds', '60'], env, /^DRAIN_SECONDS is "60", expected an integer from 0 to 20/);
});
