/** Two replicas under constant load: a rolling update, a killed pod and an eviction lose no request. */
import assert from 'node:assert/strict';
import { parseDocument } from 'yaml';
import { syncTo, waitHealthy } from '../argocd.ts';
import { outsideOf } from '../gateway.ts';
import { modelHost } from '../hosts.ts';
import type { Thing } from '../kube.ts';
import { type Load, startLoad } from '../load.ts';
import type { Run, Step } from '../run.ts';
import { TEAM } from '../settings.ts';
import { meets } from '../status.ts';
import { NotYet, sleep, until } from '../wait.ts';
import { FLOWER } from './answers.ts';

const MODEL = 'iris-classifier';
const LABELS = `app=isvc.${MODEL}-predictor`;

export const disruption: Step = {
  name: 'disruption',
  proves: 'a rolling update, a killed pod and an eviction at two replicas lose no request',
  async run(run) {
    const { settings, kube } = run;
    await ready(run);
    const outside = await outsideOf(kube, settings);
    try {
      for (const [what, disturb] of [
        ['rolling update', update],
        ['killed pod', kill],
        ['eviction', evict],
      ] as const) {
        const path = `/v2/models/${MODEL}/infer`;
        const load = startLoad(outside, modelHost(settings, MODEL), path, FLOWER, {
          callers: 4,
          pauseMs: 20,
          seconds: 240,
        });
        await sleep(2000);
        await disturb(run);
        await ready(run);
        await sleep(3000);
        await load.stop();
        held(run, what, load);
      }
    } finally {
      await outside.close();
    }
  },
};

function held({ say }: Run, what: string, { answered, failures }: Load): void {
  assert.deepEqual(
    failures.slice(0, 5),
    [],
    `${what}: ${failures.length} of ${answered + failures.length} requests failed`,
  );
  assert.ok(answered > 100, `${what}: there was a load`);
  say(`${what}: ${answered} requests, none failed`);
}

async function pods({ kube }: Run): Promise<readonly Thing[]> {
  const all = await kube.list('v1', 'Pod', TEAM, LABELS);
  return all.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
}

/** Two pods are Ready, and none is left of before. */
async function ready(run: Run): Promise<void> {
  await until('two replicas', { seconds: 180 }, async () => {
    const all = await run.kube.list('v1', 'Pod', TEAM, LABELS);
    const good = all.filter(
      (pod) => pod.metadata?.deletionTimestamp === undefined && meets(pod.status?.conditions, 'Ready'),
    );
    if (good.length !== 2 || all.length !== 2) throw new NotYet(`${good.length} ready of ${all.length} pods`);
  });
}

/** A new environment variable in the registry: new pods. */
async function update({ project, kube }: Run): Promise<void> {
  const before = await kube.list('v1', 'Pod', TEAM, LABELS);
  const document = parseDocument(project.read('models.yaml'));
  const models = document.toJS() as { models: { name: string }[] };
  const index = models.models.findIndex(({ name }) => name === MODEL);
  document.setIn(['models', index, 'environment'], { LOG_LEVEL: 'info' });
  project.write('models.yaml', document.toString({ lineWidth: 0 }));
  await syncTo(kube, await project.release(`${MODEL}: log level`));
  await until('new pods', { seconds: 180 }, async () => {
    const names = (await kube.list('v1', 'Pod', TEAM, LABELS)).map(({ metadata }) => metadata?.name);
    const old = before.filter(({ metadata }) => names.includes(metadata?.name));
    if (old.length > 0) throw new NotYet(`${old.length} old pods are there`);
  });
  await waitHealthy(kube, [`model-${MODEL}`], { seconds: 120 }, () => undefined);
}

async function kill(run: Run): Promise<void> {
  const [pod] = await pods(run);
  await run.kube.remove({ apiVersion: 'v1', kind: 'Pod', name: pod?.metadata?.name ?? '', namespace: TEAM });
  await sleep(2000);
}

/** As `kubectl drain` does: the eviction API holds the PodDisruptionBudget. */
async function evict(run: Run): Promise<void> {
  const [first, second] = await pods(run);
  const eviction = (pod: Thing | undefined) => {
    const name = pod?.metadata?.name ?? '';
    return run.kube.core.createNamespacedPodEviction({
      name,
      namespace: TEAM,
      body: { metadata: { name, namespace: TEAM } },
    });
  };
  await eviction(first);
  await assert.rejects(eviction(second), /disruption budget/, 'the budget must refuse a second one at once');
  await sleep(2000);
}
