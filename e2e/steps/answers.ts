/** Requests from outside: the seed's own curl, V1, gRPC, and KServe's Python server beside ours. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outsideOf } from '../gateway.ts';
import { grpcCall, type InferReply } from '../grpc.ts';
import { grpcHost, modelHost } from '../hosts.ts';
import { run as program } from '../processes.ts';
import type { Run, Step } from '../run.ts';
import { TEAM } from '../settings.ts';
import { meets } from '../status.ts';

/** An Iris setosa: class 0. */
export const FLOWER = { inputs: [{ name: 'input-0', shape: [1, 4], datatype: 'FP32', data: [[4.0, 3.9, 2.3, 0.6]] }] };

export const answers: Step = {
  name: 'answers',
  proves: 'curl by host name and TLS, V1, gRPC through the GRPCRoute and both servers answer Setosa',
  async run(run) {
    const { settings, kube, say } = run;
    const outside = await outsideOf(kube, settings);
    try {
      await curl(run, outside.ca);
      const host = modelHost(settings, 'iris-classifier');
      const instances = JSON.stringify({ instances: [[4.0, 3.9, 2.3, 0.6]] });
      const v1 = await outside.ask(host, '/v1/models/iris-classifier:predict', { method: 'POST', body: instances });
      assert.equal(v1.status, 200, v1.text);
      say(`V1: ${v1.text.trim().slice(0, 120)}`);
      const sklearn = await outside.infer(
        modelHost(settings, 'iris-classifier-sklearn'),
        'iris-classifier-sklearn',
        FLOWER,
      );
      assert.deepEqual(sklearn.outputs[0]?.data, [0]);
      say(`KServe's Python server: ${JSON.stringify(sklearn.outputs[0])}`);
      const inputs = [
        { name: 'input-0', datatype: 'FP32', shape: [1, 4], contents: { fp32_contents: [4.0, 3.9, 2.3, 0.6] } },
      ];
      const message = { model_name: 'iris-classifier', inputs };
      const reply = await grpcCall<InferReply>(
        settings,
        outside.ca,
        grpcHost(settings, 'iris-classifier'),
        'ModelInfer',
        message,
      );
      assert.deepEqual(reply.outputs[0]?.contents?.int64_contents, [0]);
      say(`gRPC: ${reply.model_name} ${JSON.stringify(reply.outputs[0]?.contents?.int64_contents)}`);
    } finally {
      await outside.close();
    }
    await accepted(run);
  },
};

/** The commands of the source document, with the Gateway's address in place of a DNS entry. */
async function curl({ settings, kube, say }: Run, ca: string): Promise<void> {
  const reference = {
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    name: 'iris-classifier',
    namespace: TEAM,
  };
  const service = await kube.get(reference);
  const host = String(service?.status?.url).split('/')[2] ?? '';
  assert.equal(host, modelHost(settings, 'iris-classifier'));
  const [certificate, body] = [join(settings.folder, 'gateway.crt'), join(settings.folder, 'input_1.json')];
  writeFileSync(certificate, ca);
  writeFileSync(body, JSON.stringify(FLOWER));
  const { gateway } = settings;
  const { out } = await program('curl', [
    ...['-sS', '--fail-with-body', '-X', 'POST', '--max-time', '20'],
    ...['--cacert', certificate, '--connect-to', `::${gateway.host}:${gateway.https}`],
    ...['-H', `Host: ${host}`, '-H', 'Content-Type: application/json', '-d', `@${body}`],
    `https://${host}/v2/models/iris-classifier/infer`,
  ]);
  const answer = JSON.parse(out) as {
    model_name: string;
    outputs: { name: string; datatype: string; data: unknown[] }[];
  };
  assert.equal(answer.model_name, 'iris-classifier');
  const [output] = answer.outputs;
  assert.deepEqual([output?.name, output?.datatype, output?.data], ['output-0', 'INT64', [0]]);
  say(`curl https://${host}: ${out.trim().slice(0, 160)}`);
}

/** Every route is attached to the Gateway. */
async function accepted({ kube, say }: Run): Promise<void> {
  const routes = [
    ...(await kube.list('gateway.networking.k8s.io/v1', 'HTTPRoute')),
    ...(await kube.list('gateway.networking.k8s.io/v1', 'GRPCRoute')),
  ];
  const refused = routes.filter(
    ({ status }) => status?.parents?.some(({ conditions }) => meets(conditions, 'Accepted')) !== true,
  );
  assert.deepEqual(
    refused.map(({ metadata }) => metadata?.name),
    [],
    'these routes are not Accepted',
  );
  say(`${routes.length} routes are Accepted`);
}
