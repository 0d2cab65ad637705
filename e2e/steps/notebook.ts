/** A data scientist trains in JupyterHub; the model goes to MLflow and S3, from there into models.yaml, and is served. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type AddressInfo, connect as connectTcp, createServer } from 'node:net';
import { join } from 'node:path';
import { syncTo, waitHealthy } from '../argocd.ts';
import { firstAnswer, outsideOf } from '../gateway.ts';
import { modelHost } from '../hosts.ts';
import type { Run, Step } from '../run.ts';
import { admit, runNotebook } from '../services/hub.ts';
import { CLUSTER, TEAM } from '../settings.ts';
import { FLOWER } from './answers.ts';

const MODELS = { 'iris-notebook': 'our ONNX runtime', 'iris-notebook-sklearn': "KServe's Python server" };

export const notebook: Step = {
  name: 'notebook',
  proves:
    'a notebook run in JupyterHub logs to MLflow and S3; `model import` writes the entries; both servers serve the models',
  async run(run) {
    const { settings, kube, project, say } = run;
    const outside = await outsideOf(kube, settings);
    const forward = await forwardTo(await mlflowAddress(run));
    try {
      await train(run, outside.ca);
      for (const name of Object.keys(MODELS)) {
        const source = `models:/${name}@champion`;
        const options = [
          '--name',
          name,
          '--owner',
          TEAM,
          '--description',
          'Trained by a notebook in JupyterHub.',
          '--cluster',
          CLUSTER,
        ];
        const env = { ...run.s3.environment, MLFLOW_TRACKING_URI: forward.url };
        await project.npm('model', ['import', source, ...options], { env });
        say(`npm run model -- import ${source}`);
      }
      const revision = await project.release('import the models of the notebook');
      await syncTo(kube, revision);
      await waitHealthy(
        kube,
        Object.keys(MODELS).map((name) => `model-${name}`),
        { seconds: 300, everyMs: 2000 },
        say,
      );
      for (const [name, server] of Object.entries(MODELS)) {
        const answer = await firstAnswer(outside, modelHost(settings, name), name, FLOWER);
        assert.deepEqual(answer.outputs[0]?.data, [0]);
        say(`${name} on ${server}: ${JSON.stringify(answer.outputs[0])}`);
      }
    } finally {
      forward.close();
      await outside.close();
    }
  },
};

async function train({ settings, say }: Run, ca: string): Promise<void> {
  const { gateway, domain, source } = settings;
  const hub = { url: `https://jupyter.${domain}`, ca, connectTo: { host: gateway.host, port: gateway.https } };
  const person = { user: 'ada', password: randomBytes(12).toString('base64url') };
  await admit(hub, { user: 'admin', password: randomBytes(12).toString('base64url') }, person);
  say(`${person.user} signed up at ${hub.url} and was let in`);
  const notebookPath = join(source, 'examples/notebooks/iris.ipynb');
  const outputs = await runNotebook({ hub, ...person, notebookPath, log: say });
  for (const line of (outputs.at(-1)?.text ?? '').trim().split('\n')) say(line);
}

/** MLflow's pod is reached through the Gateway by name; commands of this project take a plain address of it. */
async function mlflowAddress({ kube }: Run): Promise<{ host: string; port: number }> {
  const service = await kube.get({ apiVersion: 'v1', kind: 'Service', name: 'mlflow', namespace: 'mlflow' });
  const spec = service?.spec as { clusterIP: string; ports: { port: number }[] } | undefined;
  if (spec === undefined) throw new Error('There is no Service mlflow/mlflow');
  return { host: spec.clusterIP, port: spec.ports[0]?.port ?? 80 };
}

interface Forward {
  readonly url: string;
  close(): void;
}

/** As `kubectl port-forward` does it: MLflow sees the host `localhost`, which the generated values allow. */
async function forwardTo({ host, port }: { host: string; port: number }): Promise<Forward> {
  const server = createServer((socket) => {
    const other = connectTcp(port, host);
    for (const [one, two] of [
      [socket, other],
      [other, socket],
    ] as const) {
      one.pipe(two);
      one.on('error', () => two.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://localhost:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}
