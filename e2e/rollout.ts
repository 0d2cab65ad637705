/** What the steps about second versions of a model share: a command that becomes a commit, and who answers. */
import assert from 'node:assert/strict';
import { syncTo, waitHealthy } from './argocd.ts';
import type { Outside } from './gateway.ts';
import { modelHost } from './hosts.ts';
import type { Run } from './run.ts';
import { CLUSTER } from './settings.ts';
import { FLOWER } from './steps/answers.ts';
import { NotYet, until } from './wait.ts';

/** The model that they are about: version 1 is served, version 2 is there. */
export const MODEL = 'iris-classifier';

/** One command of `npm run model`, released as a commit, until Argo CD has brought it about. */
export async function change({ project, kube, say }: Run, command: string, ...flags: readonly string[]): Promise<void> {
  const args = [command, MODEL, '--cluster', CLUSTER, ...flags];
  await project.npm('model', args);
  const revision = await project.release(`${CLUSTER}: ${command} ${MODEL}`);
  await syncTo(kube, revision);
  await waitHealthy(kube, [`model-${MODEL}`], { seconds: 240, everyMs: 1000 }, () => undefined);
  say(`npm run model -- ${args.join(' ')}`);
}

/** Version that answers one request. */
export async function versionOf(
  { settings }: Run,
  outside: Outside,
  headers: Record<string, string> = {},
): Promise<string> {
  const answer = await outside.infer(modelHost(settings, MODEL), MODEL, FLOWER, { headers });
  assert.equal(answer.model_name, MODEL, 'a second version answers under the name of its model');
  return answer.model_version ?? '';
}

/** Versions that answer so many requests, 20 at a time. */
export async function versionsOf(
  run: Run,
  outside: Outside,
  requests: number,
  headers?: Record<string, string>,
): Promise<readonly string[]> {
  const versions: string[] = [];
  while (versions.length < requests) {
    const together = Array.from({ length: Math.min(20, requests - versions.length) }, () =>
      versionOf(run, outside, headers),
    );
    versions.push(...(await Promise.all(together)));
  }
  return versions;
}

/** From some moment on, 40 requests in a row are answered by this version. */
export async function only(run: Run, outside: Outside, wanted: string): Promise<void> {
  await until(`version ${wanted} alone`, { seconds: 180, everyMs: 1000 }, async () => {
    const versions = new Set(await versionsOf(run, outside, 40));
    if (versions.size > 1 || !versions.has(wanted)) throw new NotYet(`versions ${[...versions].join(', ')} answer`);
  });
  run.say(`version ${wanted} answers alone`);
}
