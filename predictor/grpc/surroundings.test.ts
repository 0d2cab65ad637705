/** The service around inference: keys, administration, health, reflection, streams, the way out. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { Metadata, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { DataPlane } from '../data-plane.ts';
import { createGuard } from '../operate/auth.ts';
import { createLogControl } from '../operate/log-settings.ts';
import type { AnsweredCall } from '../operate/requests.ts';
import { echoTracer } from '../operate/trace.ts';
import { type GrpcRunning, type Method, method, refusal, request, serveGrpc } from '../testdata/grpc.ts';
import { type Running, serveTestModels } from '../testdata/models.ts';

let models: Running;
let grpc: GrpcRunning;
before(async () => {
  models = await serveTestModels(1_000_000);
  grpc = await serveGrpc(models.plane);
});
after(async () => {
  await grpc.stop();
  await models.stop();
});

/** The data plane with some of its methods replaced. */
const planeWith = (more: Partial<DataPlane>): DataPlane => ({ ...models.plane, ...more });

async function withServer<T>(
  given: Parameters<typeof serveGrpc>[1],
  work: (running: GrpcRunning) => Promise<T>,
  plane = models.plane,
) {
  const running = await serveGrpc(plane, given);
  try {
    return await work(running);
  } finally {
    await running.stop();
  }
}

test('request ids and traces go back, and each call is told', async () => {
  const calls: AnsweredCall[] = [];
  await withServer({ trace: echoTracer, observeCall: (call) => void calls.push(call) }, async (running) => {
    const metadata = new Metadata();
    metadata.set('x-request-id', 'id-1');
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    metadata.set('traceparent', traceparent);
    const { path, requestSerialize, responseDeserialize } = method('ModelInfer');
    const trailers = await new Promise<Metadata>((resolve, reject) => {
      const call = running.client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request([1]),
        metadata,
        (error) => error && reject(error),
      );
      call.on('status', (end) => resolve(end.metadata));
    });
    assert.deepEqual([trailers.get('x-request-id'), trailers.get('traceparent')], [['id-1'], [traceparent]]);
    const { milliseconds, ...rest } = calls[0] ?? { milliseconds: -1 };
    assert.ok(milliseconds >= 0);
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    assert.deepEqual(rest, {
      protocol: 'grpc',
      operation: 'ModelInfer',
      status: 0,
      requestId: 'id-1',
      traceId,
      model: 'identity-fp32',
    });
  });
});

test('with keys, health is open and everything else is not', async () => {
  const guard = createGuard(() => ['key-1']);
  await withServer({ guard }, async (running) => {
    const metadata = (name: string, value: string) => {
      const all = new Metadata();
      all.set(name, value);
      return { metadata: all };
    };
    await running.call('ServerReady');
    await running.call('Check', {}, { service: 'grpc.health.v1.Health' });
    for (const name of ['ServerMetadata', 'ModelInfer', 'RepositoryIndex', 'LogSettings'])
      await assert.rejects(running.call(name), refusal(status.UNAUTHENTICATED, 'an API key is required'));
    await assert.rejects(
      running.call('ServerMetadata', {}, metadata('x-api-key', 'other')),
      refusal(status.UNAUTHENTICATED, 'the API key is not known'),
    );
    await running.call('ServerMetadata', {}, metadata('x-api-key', 'key-1'));
    await running.call('ServerMetadata', {}, metadata('authorization', 'Bearer key-1'));
  });
});

test('models are loaded and unloaded, and settings changed, only where that is allowed', async () => {
  for (const name of ['RepositoryModelLoad', 'RepositoryModelUnload', 'LogSettings'])
    await assert.rejects(grpc.call(name), refusal(status.PERMISSION_DENIED, `${name} is not allowed at this address`));
  const told: string[] = [];
  const plane = planeWith({
    load: (name) => Promise.resolve(void told.push(`load ${name}`)),
    unload: (name) => Promise.resolve(void told.push(`unload ${name}`)),
  });
  const logControl = createLogControl();
  await withServer(
    { admin: true, logControl },
    async (running) => {
      await running.call('RepositoryModelLoad', { model_name: 'a' });
      await running.call('RepositoryModelUnload', { repository_name: 'b' });
      assert.deepEqual(told, ['load a', 'unload b']);
      const { settings } = await running.call('LogSettings', { settings: { log_info: { bool_param: false } } });
      const value = (name: string) => (settings as Record<string, Record<string, unknown>>)[name];
      assert.equal(value('log_info')?.['bool_param'], false);
      assert.equal(value('log_format')?.['string_param'], 'json');
      assert.deepEqual([logControl.wants('info'), logControl.wants('error')], [false, true]);
      await assert.rejects(
        running.call('LogSettings', { settings: { log_info: { uint32_param: 1 } } }),
        refusal(status.INVALID_ARGUMENT, /^log setting 'log_info' is 1, expected true or false/),
      );
    },
    plane,
  );
});

test('shared memory is not served', async () => {
  const shared = request([1]);
  Object.assign(shared.inputs[0] ?? {}, { parameters: { shared_memory_region: { string_param: 'r' } } });
  await assert.rejects(grpc.call('ModelInfer', shared), refusal(status.UNIMPLEMENTED, /shared memory/));
});

test('the health service knows the server and each model', async () => {
  const check = (service: string) => grpc.call('Check', { service }, { service: 'grpc.health.v1.Health' });
  assert.deepEqual(await check('add'), { status: 'SERVING' });
  assert.deepEqual(await check('broken'), { status: 'NOT_SERVING' });
  await assert.rejects(check('nobody'), refusal(status.NOT_FOUND, /'nobody'/));
  let ready = true;
  await withServer(
    {},
    async (running) => {
      const all = (service: string) => running.call('Check', { service }, { service: 'grpc.health.v1.Health' });
      for (const service of ['', 'inference.GRPCInferenceService']) {
        ready = true;
        assert.deepEqual(await all(service), { status: 'SERVING' });
        ready = false;
        assert.deepEqual(await all(service), { status: 'NOT_SERVING' });
      }
    },
    planeWith({ ready: () => ready }),
  );
});

test('a watcher of health is told of changes, and let go when the server closes', async () => {
  let ready = true;
  const running = await serveGrpc(planeWith({ ready: () => ready }));
  const { path, requestSerialize, responseDeserialize } = method('Watch', 'grpc.health.v1.Health');
  const call = running.client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, { service: '' });
  const told: unknown[] = [];
  const ended = new Promise<void>((resolve) => {
    call.on('end', () => resolve());
    call.on('data', (answer: { status: string }) => {
      told.push(answer.status);
      if (told.length === 1) ready = false;
      if (told.length === 2) void running.stop();
    });
  });
  call.on('error', () => {});
  await ended;
  assert.deepEqual(told, ['SERVING', 'NOT_SERVING']);
});

test('reflection names the services and gives their file', async () => {
  const proto = createRequire(import.meta.url).resolve(
    '@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto',
  );
  const service = loadSync(proto, { keepCase: true, defaults: true, oneofs: true })[
    'grpc.reflection.v1.ServerReflection'
  ];
  const { path, requestSerialize, responseDeserialize } = (service as unknown as Record<string, Method>)[
    'ServerReflectionInfo'
  ] as Method;
  const ask = (question: object) =>
    new Promise<Record<string, unknown>>((resolve, reject) => {
      const call = grpc.client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
      call.on('data', resolve).on('error', reject);
      call.end(question);
    });
  const { list_services_response } = await ask({ list_services: '' });
  const { service: services } = list_services_response as { service: { name: string }[] };
  assert.deepEqual(services.map(({ name }) => name).toSorted(), [
    'grpc.health.v1.Health',
    'inference.GRPCInferenceService',
  ]);
  const { file_descriptor_response } = await ask({ file_containing_symbol: 'inference.GRPCInferenceService' });
  const { file_descriptor_proto: files } = file_descriptor_response as { file_descriptor_proto: Buffer[] };
  assert.ok(files.some((file) => file.includes('raw_input_contents')));
});

/** Sends these messages on one stream and reads until it ends. */
function stream(
  running: GrpcRunning,
  messages: readonly object[],
): Promise<{ answers: Record<string, unknown>[]; code: status }> {
  const { path, requestSerialize, responseDeserialize } = method('ModelStreamInfer');
  const call = running.client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
  const answers: Record<string, unknown>[] = [];
  call.on('data', (answer: Record<string, unknown>) => answers.push(answer));
  call.on('error', () => {});
  for (const message of messages) call.write(message);
  call.end();
  return new Promise((resolve) => {
    call.on('status', (end) => resolve({ answers, code: end.code }));
  });
}

test('a stream answers in order, and a refusal does not end it', async () => {
  const many = Array.from({ length: 100 }, (_, index) => request([index], { id: String(index) }));
  const messages = [...many, request([0], { model_name: 'nobody', id: 'lost' }), request([7], { id: 'last' })];
  const { answers, code } = await stream(grpc, messages);
  assert.equal(code, status.OK);
  assert.deepEqual(
    answers.map((answer) => (answer['infer_response'] as { id: string }).id),
    [...many.map((message) => (message as unknown as { id: string }).id), 'lost', 'last'],
  );
  assert.match(String(answers.at(-2)?.['error_message']), /^Request for unknown model: 'nobody'/);
  assert.equal(answers.at(-1)?.['error_message'], '');
});

test('a closing server answers what it has, and ends open streams', async () => {
  let finish = () => {};
  let begun = () => {};
  const started = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const held = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const plane = planeWith({
    infer: async (asked, context) => {
      begun();
      await held;
      return models.plane.infer(asked, context);
    },
  });
  const running = await serveGrpc(plane);
  const { path, requestSerialize, responseDeserialize } = method('ModelStreamInfer');
  const open = running.client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
  const ended = new Promise<{ code: status; answers: number }>((resolve) => {
    let answers = 0;
    open.on('data', () => {
      answers += 1;
    });
    open.on('error', () => {});
    open.on('status', (end) => resolve({ code: end.code, answers }));
  });
  open.write(request([1]));
  const unary = running.call('ModelInfer', request([2]));
  await started;
  await running.call('ServerLive');
  const stopped = running.stop();
  finish();
  assert.equal((await unary)['model_name'], 'identity-fp32');
  assert.deepEqual(await ended, { code: status.UNAVAILABLE, answers: 1 });
  await stopped;
});
