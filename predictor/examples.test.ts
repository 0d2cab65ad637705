/** The sample models of this repository, served from their MLflow layouts, answer as their registry entries promise. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ModelSource } from './models/source.ts';
import { type Running, serve } from './testdata/models.ts';

interface Example {
  readonly name: string;
  readonly version: string;
  readonly format: string;
  readonly artifact: string;
  readonly sha256: string;
  readonly signature: Record<
    'inputs' | 'outputs',
    { name: string; datatype: string; shape: number[]; labels?: string[]; columns?: string[] }[]
  >;
  readonly example: {
    readonly inputs: unknown[];
    readonly expect: Record<string, unknown[]>;
    readonly tolerance?: number;
  };
}

const folder = join(import.meta.dirname, '../examples');
const examples = (JSON.parse(readFileSync(join(folder, 'models.json'), 'utf8')) as Example[]).filter(
  ({ format }) => format === 'onnx',
);
const sources = examples.map(({ name, version, artifact, sha256, signature }): ModelSource => {
  const labels = signature.outputs.flatMap((output) =>
    output.labels === undefined ? [] : [[output.name, output.labels] as const],
  );
  return {
    name,
    version,
    sha256,
    location: artifact.replace('s3://', `${folder}/artifacts/`),
    labels: Object.fromEntries(labels),
    aliases: {},
  };
});

let server: Running;
before(async () => {
  server = await serve(sources, 1_000_000);
});
after(() => server.stop());

test('the samples are there, all ready, and listed once', () => {
  assert.ok(examples.length >= 4);
  assert.ok(server.registry.ready());
});

test('the pickled sample is refused with the way out', async () => {
  const all = JSON.parse(readFileSync(join(folder, 'models.json'), 'utf8')) as Example[];
  const pickled = all
    .filter(({ format }) => format === 'sklearn')
    .map(({ name, artifact }) => ({
      name,
      version: '1',
      location: artifact.replace('s3://', `${folder}/artifacts/`),
      labels: {},
      aliases: {},
    }));
  const running = await serve(pickled, 1_000);
  for (const { name } of pickled)
    assert.match(running.registry.state(name).reason ?? '', /serves ONNX only: convert it/);
  await running.stop();
});

for (const { name, version, signature, example } of examples) {
  test(`${name} version ${version}`, async () => {
    const address = `${server.url}/v2/models/${name}/versions/${version}`;
    const metadata = (await (await fetch(address)).json()) as Example['signature'] & {
      properties: Record<string, string>;
    };
    const plain = (tensors: Example['signature']['inputs']) =>
      tensors.map((one) => ({ name: one.name, datatype: one.datatype, shape: one.shape }));
    assert.deepEqual(metadata.inputs, plain(signature.inputs));
    assert.deepEqual(metadata.outputs, plain(signature.outputs));
    for (const input of signature.inputs) {
      // A signature of one unnamed tensor, as some flavours log it, has no column names to give.
      const columns = metadata.properties[`columns.${input.name}`];
      if (columns !== undefined) assert.deepEqual(JSON.parse(columns), input.columns);
      else assert.notEqual(name, 'iris-classifier');
    }
    const response = await fetch(`${address}/infer`, {
      method: 'POST',
      body: JSON.stringify({ inputs: example.inputs }),
    });
    assert.equal(response.status, 200);
    const { outputs } = (await response.json()) as { outputs: { name: string; data: unknown[] }[] };
    for (const [output, expected] of Object.entries(example.expect)) {
      const found = outputs.find((one) => one.name === output)?.data ?? [];
      const wanted = expected.flat();
      assert.equal(found.length, wanted.length);
      for (const [index, value] of wanted.entries()) {
        if (typeof value === 'string') assert.equal(found[index], value);
        else
          assert.ok(
            Math.abs(Number(found[index]) - Number(value)) <= (example.tolerance ?? 1e-4),
            `${output}[${index}]: ${found[index]}, expected ${value}`,
          );
      }
    }
  });
}

test('the first request of the documentation is answered as it says', async () => {
  const request = '{"inputs":[{"name":"input-0","shape":[1,4],"datatype":"FP32","data":[[4.0,3.9,2.3,0.6]]}]}';
  const response = await fetch(`${server.url}/v2/models/iris-classifier/infer`, { method: 'POST', body: request });
  const { model_name, outputs } = (await response.json()) as { model_name: string; outputs: unknown[] };
  assert.equal(model_name, 'iris-classifier');
  assert.deepEqual(outputs[0], { name: 'output-0', shape: [1], datatype: 'INT64', data: [0] });
});
