/** A photograph's tensor there and back through an Identity graph, in each form, beside an echo of the same bytes. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Contestant, startPredictor } from './contestants.ts';
import type { Image } from './findings.ts';
import { ask, grpcPortOf, INFER_PATH, requestBytes } from './grpc-call.ts';
import type { Load } from './load.ts';
import { load, measure, type Place } from './loading.ts';
import type { Server } from './server.ts';

const SHAPE = [1, 3, 224, 224] as const;
const CONNECTIONS = 4;
const SECONDS = { warmUp: 1, measured: 3 } as const;
const NAME = 'image';
const PATH = `/v2/models/${NAME}/infer`;
/** Gives its input FP32 [-1,3,224,224] back. */
const IDENTITY = fileURLToPath(new URL('identity.onnx', import.meta.url));

interface Form {
  readonly form: Image['form'];
  readonly server: Server;
  readonly what: Pick<Load, 'port' | 'path' | 'headers' | 'bodyFile' | 'protocol'>;
}

export async function measureImage(
  contestants: readonly Contestant[],
  place: Place,
  runs: number,
  progress: (step: string) => void,
): Promise<Image[]> {
  const folder = join(place.folder, NAME);
  await mkdir(folder, { recursive: true });
  await copyFile(IDENTITY, join(folder, 'model.onnx'));
  const floor = contestants.find(({ name }) => name === 'floor');
  if (floor === undefined) throw new Error('bug: no floor');
  const echo = await floor.start(join(place.folder, 'floor.log'));
  try {
    const model = { name: NAME, version: '1', folder };
    const server = await startPredictor(place.root, place.out, model, join(place.folder, 'image.log'));
    try {
      return await takeTurns(await formsOf(place, server, echo), place, runs, progress);
    } finally {
      await server.stop();
    }
  } finally {
    await echo.stop();
  }
}

async function formsOf({ folder }: Place, server: Server, echo: Server): Promise<Form[]> {
  const values = Float32Array.from({ length: 3 * 224 * 224 }, (_, index) => ((index * 37) % 256) / 255);
  const bytes = Buffer.from(values.buffer);
  const input = { name: 'in', shape: SHAPE, datatype: 'FP32' };
  const head = JSON.stringify({
    inputs: [{ ...input, parameters: { binary_data_size: bytes.length } }],
    parameters: { binary_data_output: true },
  });
  const request = { model_name: NAME, inputs: [input], raw_input_contents: [bytes] };
  const { raw_output_contents: answered } = await ask(grpcPortOf(server), request);
  if (answered[0]?.equals(bytes) !== true) throw new Error('bug: the image came back otherwise over gRPC');
  const [binary, json, grpc] = [join(folder, 'image.bin'), join(folder, 'image.json'), join(folder, 'image.grpc')];
  await writeFile(binary, Buffer.concat([Buffer.from(head), bytes]));
  await writeFile(json, JSON.stringify({ inputs: [{ ...input, data: [...values] }] }));
  await writeFile(grpc, requestBytes(request));
  const { port } = server;
  const length = { 'inference-header-content-length': String(head.length) };
  const jsonType = { 'content-type': 'application/json' };
  const call = { port: grpcPortOf(server), path: INFER_PATH, bodyFile: grpc, headers: {}, protocol: 'grpc' } as const;
  return [
    { form: 'echo', server: echo, what: { port: echo.port, path: '/echo', bodyFile: binary, headers: {} } },
    { form: 'binary', server, what: { port, path: PATH, bodyFile: binary, headers: length } },
    { form: 'grpc', server, what: call },
    { form: 'json', server, what: { port, path: PATH, bodyFile: json, headers: jsonType } },
  ];
}

async function takeTurns(
  forms: readonly Form[],
  place: Place,
  runs: number,
  progress: (step: string) => void,
): Promise<Image[]> {
  const images: Image[] = [];
  for (let turn = 1; turn <= runs; turn += 1) {
    for (const { form, server, what } of forms) {
      progress(`${turn} of ${runs}: image as ${form}`);
      const all = { ...what, connections: CONNECTIONS };
      if (turn === 1) await load(place, { ...all, seconds: SECONDS.warmUp });
      images.push({ form, measured: await measure(place, server, { ...all, seconds: SECONDS.measured }) });
    }
  }
  return images;
}
