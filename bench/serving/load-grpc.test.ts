import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type GrpcRunning, serveGrpc } from '../../predictor/testdata/grpc.ts';
import { type Running, serveTestModels } from '../../predictor/testdata/models.ts';
import { INFER_PATH, requestBytes } from './grpc-call.ts';
import { driveGrpc } from './load-grpc.ts';

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

/** Larger than the windows that hold before SETTINGS, and than one frame of the answer. */
const elements = 60_000;
const raw = Buffer.from(Float32Array.from({ length: elements }, (_, index) => index).buffer);

/** Drives until there are as many answers. */
async function drive(model: string, calls: number): Promise<number[]> {
  const inputs = [{ name: 'in', datatype: 'FP32', shape: [elements] }];
  const body = requestBytes({ model_name: model, inputs, raw_input_contents: [raw] });
  const load = { port: grpc.port, path: INFER_PATH, headers: {}, bodyFile: '', connections: 1, seconds: 1 };
  const times: number[] = [];
  await driveGrpc({
    load,
    body,
    get end() {
      return times.length < calls ? Number.POSITIVE_INFINITY : 0;
    },
    took: (time) => times.push(time),
  });
  return times;
}

test('calls follow each other on one connection until the time is over', async () => {
  // More than the windows of the server hold, which are given back in steps.
  const times = await drive('identity-fp32', 100);
  assert.equal(times.length, 100);
  assert.ok(times.every((time) => time > 0));
});

test('a call that fails ends the load', async () => {
  await assert.rejects(drive('nobody', 1), /no answer with status 0.*nobody/s);
});
