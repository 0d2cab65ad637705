/** The procedures: forms of tensors, refusals, limits, deadlines. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import type { DataPlane } from '../data-plane.ts';
import type { RequestContext } from '../protocol/context.ts';
import { ServeError } from '../protocol/error.ts';
import { type GrpcRunning, method, one, rawRequest, refusal, request, serveGrpc } from '../testdata/grpc.ts';
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

test('health and metadata', async () => {
  assert.deepEqual(await grpc.call('ServerLive'), { live: true });
  assert.deepEqual(await grpc.call('ServerReady'), { ready: models.plane.ready() });
  assert.deepEqual(await grpc.call('ModelReady', { name: 'add' }), { ready: true });
  assert.deepEqual(await grpc.call('ServerMetadata'), models.plane.metadata());
  const metadata = await grpc.call('ModelMetadata', { name: 'pets', version: '1' });
  const { properties, ...rest } = models.plane.modelMetadata('pets', '1');
  const text = (tensors: readonly { shape: readonly number[] }[]) =>
    tensors.map((each) => ({ ...each, shape: each.shape.map(String) }));
  assert.deepEqual(metadata, {
    ...rest,
    inputs: text(rest.inputs),
    outputs: text(rest.outputs),
    properties: { ...properties },
  });
  await assert.rejects(
    grpc.call('ModelReady', { name: 'x' }),
    refusal(status.NOT_FOUND, /^Request for unknown model: 'x' is not found/),
  );
});

test('BF16 goes as raw bytes both ways, and has its own type in the configuration', async () => {
  const bits = Buffer.from('803f00c0c07f', 'hex');
  const answer = await grpc.call('ModelInfer', {
    model_name: 'identity-bf16',
    inputs: [{ name: 'in', datatype: 'BF16', shape: [3] }],
    raw_input_contents: [bits],
  });
  const [output] = answer['outputs'] as { datatype: string; shape: string[] }[];
  assert.deepEqual([output?.datatype, output?.shape], ['BF16', ['3']]);
  assert.deepEqual(answer['raw_output_contents'], [bits]);
  const { config } = (await grpc.call('ModelConfig', { name: 'identity-bf16' })) as {
    config: { input: { data_type: string }[]; output: { data_type: string }[] };
  };
  assert.deepEqual([config.input[0]?.data_type, config.output[0]?.data_type], ['TYPE_BF16', 'TYPE_BF16']);
});

test('configuration, statistics and index', async () => {
  const { config } = (await grpc.call('ModelConfig', { name: 'add' })) as { config: Record<string, unknown> };
  assert.equal(config['name'], 'add');
  assert.deepEqual(
    (config['input'] as { name: string; data_type: string }[]).map(({ name, data_type }) => [name, data_type]),
    [
      ['a', 'TYPE_FP32'],
      ['b', 'TYPE_FP32'],
    ],
  );
  await grpc.call('ModelInfer', request([1], { model_name: 'versions', model_version: '9' }));
  const { model_stats } = (await grpc.call('ModelStatistics', { name: 'versions', version: '9' })) as {
    model_stats: {
      name: string;
      version: string;
      inference_count: string;
      inference_stats: { success: { count: string } };
    }[];
  };
  assert.deepEqual(
    model_stats.map(({ name, version, inference_count, inference_stats }) => [
      name,
      version,
      inference_count,
      inference_stats.success.count,
    ]),
    [['versions', '9', '1', '1']],
  );
  const names = async (ready: boolean) => {
    const { models } = (await grpc.call('RepositoryIndex', { ready })) as { models: { name: string; state: string }[] };
    return models
      .filter(({ name }) => name === 'add' || name === 'broken')
      .map(({ name, state }) => `${name} ${state}`);
  };
  assert.deepEqual((await names(false)).toSorted(), ['add READY', 'broken UNAVAILABLE']);
  assert.deepEqual(await names(true), ['add READY']);
});

test('answers have the form of the request, or the form that is set', async () => {
  const forms = async (running: GrpcRunning, message: object) => {
    const answer = await running.call('ModelInfer', message);
    const [output] = answer['outputs'] as { contents: { fp32_contents: number[] } | null }[];
    return [output?.contents?.fp32_contents, answer['raw_output_contents']];
  };
  assert.deepEqual(await forms(grpc, request([1])), [[1], []]);
  assert.deepEqual(await forms(grpc, rawRequest([one])), [undefined, [one]]);
  await withServer({ outputForm: 'raw' }, async (raw) =>
    assert.deepEqual(await forms(raw, request([1])), [undefined, [one]]),
  );
  await withServer({ outputForm: 'typed' }, async (typed) =>
    assert.deepEqual(await forms(typed, rawRequest([one])), [[1], []]),
  );
});

test('raw contents are for every input or for none, and of the right size', async () => {
  const refused = (message: object, details: RegExp | string) =>
    assert.rejects(grpc.call('ModelInfer', message), refusal(status.INVALID_ARGUMENT, details));
  await refused(
    { ...request([1]), raw_input_contents: [one] },
    "contents field must not be specified when using raw_input_contents for 'in' for model 'identity-fp32' (/inputs/0/contents)",
  );
  await refused(rawRequest([one, one]), /^expected 1 raw_input_contents, one for each input, but got 2 for model/);
  await refused(
    rawRequest([Buffer.alloc(3)]),
    /^unexpected raw contents for input 'in' of FP32 with shape \[1\]: expected 4 bytes, got 3/,
  );
  const texts = (bytes: Buffer) => ({
    model_name: 'identity-bytes',
    inputs: [{ name: 'in', datatype: 'BYTES', shape: [1] }],
    raw_input_contents: [bytes],
  });
  await refused(texts(Buffer.from([1, 0])), /element 0 lacks its length/);
  await refused(texts(Buffer.from([9, 0, 0, 0, 65])), /element 0 of 9 bytes ends after the contents/);
  await refused(texts(Buffer.from([1, 0, 0, 0, 255])), /element 0 is not UTF-8/);
  await refused(texts(Buffer.from([0, 0, 0, 0, 0, 0, 0, 0])), /expected 1 elements, got more/);
  const { raw_output_contents } = await grpc.call('ModelInfer', texts(Buffer.from([3, 0, 0, 0, 0xe2, 0x82, 0xac])));
  assert.deepEqual(raw_output_contents, [Buffer.from([3, 0, 0, 0, 0xe2, 0x82, 0xac])]);
});

test('typed contents belong to the datatype', async () => {
  const refused = (input: object, details: RegExp) =>
    assert.rejects(
      grpc.call('ModelInfer', { model_name: 'identity-int8', inputs: [{ name: 'in', shape: [1], ...input }] }),
      refusal(status.INVALID_ARGUMENT, details),
    );
  await refused(
    { datatype: 'INT8', contents: { int_contents: [128] } },
    /^element 0 of input 'in' is out of the range of INT8/,
  );
  await refused(
    { datatype: 'INT8', contents: { int64_contents: [1] } },
    /^unexpected int64_contents for input 'in' of INT8 .*expected int_contents/,
  );
  await refused({ datatype: 'FP16', contents: {} }, /^input 'in' of FP16 has no typed contents/);
  await refused({ datatype: 'BF16', contents: {} }, /^input 'in' of BF16 has no typed contents/);
  await refused({ datatype: 'INT8' }, /Expected 1, got 0/);
  await refused({ datatype: 'INT9' }, /unknown data-type 'INT9'/);
  await refused({ datatype: 'INT8', shape: [-1] }, /dimension -1 in shape \[-1\]/);
});

test('what is no message is refused', async () => {
  const { path } = method('ModelInfer');
  const send = new Promise((resolve, reject) => {
    const asIs = (bytes: Buffer) => bytes;
    grpc.client.makeUnaryRequest(path, asIs, asIs, Buffer.from([0xff]), (error, answer) =>
      error === null ? resolve(answer) : reject(error),
    );
  });
  await assert.rejects(send, refusal(status.INVALID_ARGUMENT, /^request is not a ModelInferRequest: /));
});

test('a message beyond the limit is refused', async () => {
  await assert.rejects(
    grpc.call('ModelInfer', request(new Array<number>(300_000).fill(0))),
    refusal(status.RESOURCE_EXHAUSTED, /larger than max/),
  );
});

test('every code of refusal has its status, and a fault of ours shows nothing of itself', async () => {
  let thrown: unknown;
  const log: unknown[][] = [];
  const plane = planeWith({ infer: () => Promise.reject(thrown) });
  const settings = { log: (...line: unknown[]) => void log.push(line) };
  await withServer(
    settings,
    async (running) => {
      for (const [code, wanted] of [
        ['MODEL_NOT_READY', status.UNAVAILABLE],
        ['QUEUE_FULL', status.UNAVAILABLE],
        ['DEADLINE_EXCEEDED', status.DEADLINE_EXCEEDED],
        ['REQUEST_TOO_LARGE', status.RESOURCE_EXHAUSTED],
        ['UNIMPLEMENTED', status.UNIMPLEMENTED],
      ] as const) {
        thrown = new ServeError(code, 'because');
        await assert.rejects(running.call('ModelInfer', request([1])), refusal(wanted, 'because'));
      }
      assert.equal(log.length, 0);
      thrown = new Error('secret');
      const metadata = new Metadata();
      metadata.set('x-request-id', 'abc');
      await assert.rejects(
        running.call('ModelInfer', request([1]), { metadata }),
        refusal(status.INTERNAL, 'internal error; request id abc'),
      );
      assert.match(JSON.stringify(log), /"request-failed".*"requestId":"abc".*Error: secret/);
    },
    plane,
  );
});

test('the deadline and the end of the call reach the work', async () => {
  let seen: RequestContext | undefined;
  let begun = () => {};
  const started = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const plane = planeWith({
    infer: (_, context) => {
      seen = context;
      begun();
      return new Promise((_, reject) => {
        context.signal?.addEventListener('abort', () => reject(new ServeError('CANCELLED', 'gone')));
      });
    },
  });
  await withServer(
    {},
    async (running) => {
      const { path, requestSerialize, responseDeserialize } = method('ModelInfer');
      const failed = new Promise<ServiceError | null>((resolve) => {
        const call = running.client.makeUnaryRequest(
          path,
          requestSerialize,
          responseDeserialize,
          request([1]),
          { deadline: Date.now() + 60_000 },
          resolve,
        );
        void started.then(() => call.cancel());
      });
      assert.equal((await failed)?.code, status.CANCELLED);
      const left = (seen?.deadline ?? 0) - performance.now();
      assert.ok(left > 30_000 && left < 60_500, String(left));
    },
    plane,
  );
});
