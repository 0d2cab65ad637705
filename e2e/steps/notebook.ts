/** A data scientist trains in JupyterHub; the model goes to MLflow and S3, from there into models.yaml, and is served. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { syncTo, waitHealthy } from '../argocd.ts';
import { firstAnswer, outsideOf } from '../gateway.ts';
import { modelHost } from '../hosts.ts';
import type { Run, Step } from '../run.ts';
import { forwardTo } from '../services/forward.ts';
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
    const forward = await forwardTo(settings, `mlflow.${settings.domain}`);
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
      small(run);
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

/** KServe's Python server asks for a whole core unless told otherwise, half of a small cluster. */
function small({ project }: Run): void {
  const document = parseDocument(project.read('models.yaml'));
  const { models } = document.toJS() as { models: readonly { name: string }[] };
  const index = models.findIndex(({ name }) => name === 'iris-notebook-sklearn');
  document.setIn(['models', index, 'resources'], document.createNode({ cpu: '100m', memory: '512Mi' }));
  project.write('models.yaml', document.toString({ lineWidth: 0 }));
}

async function train({ settings, say }: Run, ca: string): Promise<void> {
  const { gateway, domain, source } = settings;
  const hub = { url: `https://jupyter.${domain}`, ca, connectTo: { host: gateway.host, port: gateway.https } };
  const person = { user: 'ada', password: randomBytes(12).toString('base64url') };
  await admit(hub, { user: 'admin', password: randomBytes(12).toString('base64url') }, person);
  say(`${person.user} signed up at ${hub.url} and was let in`);
  const notebookPath = join(source, 'examples/notebooks/iris.ipynb');
  const outputs = await runNotebook({ hub, ...person, notebookPath, log: say, startSeconds: 300 });
  for (const line of (outputs.at(-1)?.text ?? '').trim().split('\n')) say(line);
}
