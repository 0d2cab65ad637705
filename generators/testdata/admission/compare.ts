/**
 * `npm run test:admission`: every fixture of this folder to a real API server with KServe's webhook, as a dry run. Our
 * verdict must be the server's, apart from the cases in `disagreements.yaml`; where we foresee a change (DRIFT_…), the
 * server must make one, and none where we do not. It needs a kubeconfig, KServe v0.16.0 and its ClusterServingRuntimes.
 */
import { connectCluster } from '../../outside/cluster.ts';
import type { KubeObject } from '../../kube/object.ts';
import { type AdmissionFixture, admissionNames, readAdmission, readDisagreements } from '../admission.ts';
import { changesBetween } from './changes.ts';

const api = await connectCluster({ kubeconfig: process.env['KUBECONFIG'] });
const triton = { apiVersion: 'serving.kserve.io/v1alpha1', kind: 'ClusterServingRuntime', metadata: { name: 'kserve-tritonserver' } };
if ((await api.live(triton)) === undefined) {
  throw new Error(`${api.server} lacks KServe's ClusterServingRuntimes: apply config/runtimes of the release first`);
}

const known = new Map(readDisagreements().map((one) => [one.fixture, one]));
const failures: string[] = [];
const explained: string[] = [];
let agreed = 0;
for (const kind of ['valid', 'invalid'] as const) {
  for (const name of admissionNames(kind)) await compare(`${kind}/${name}`, readAdmission(kind, name));
}
for (const line of [...explained, ...failures]) process.stdout.write(`${line}\n`);
process.stdout.write(`${agreed} verdicts agree, ${explained.length} differ as explained, ${failures.length} fail\n`);
process.exitCode = failures.length === 0 && agreed > 0 ? 0 : 1;

async function compare(fixture: string, { objects, problems, release }: AdmissionFixture): Promise<void> {
  // The server is the oldest release.
  if (release !== undefined) return;
  for (const { object } of objects) {
    const answer = await api.dryRun(object);
    const server = answer.status < 400 ? 'accepts' : 'refuses';
    const ours = problems.some(({ severity }) => severity === 'error') ? 'refuses' : 'accepts';
    const said = answer.message?.replace(/\s+/g, ' ') ?? '';
    const disagreement = known.get(fixture);
    if (answer.status >= 500 && !/admission webhook/.test(said)) {
      failures.push(`FAIL ${fixture}: the server failed: ${said}`);
    } else if (server === ours) {
      if (disagreement !== undefined) failures.push(`FAIL ${fixture}: agrees by now, remove it from disagreements.yaml`);
      else agreed += 1;
      // Other CRDs have defaults; it is KServe's webhook whose changes we foresee.
      const served = object.apiVersion.startsWith('serving.kserve.io/');
      if (server === 'accepts' && served) compareChanges(fixture, object, answer.body as KubeObject, problems);
      if (server === 'refuses') process.stdout.write(`${fixture}: ${said.slice(0, 200)}\n`);
    } else if (disagreement?.server === server) {
      explained.push(`differs ${fixture}: the server ${server}: ${disagreement.because.trim()}`);
    } else {
      failures.push(`FAIL ${fixture}: we ${ours.slice(0, -1)}, the server ${server}: ${said}`);
    }
  }
}

function compareChanges(
  fixture: string,
  written: KubeObject,
  answered: KubeObject,
  problems: AdmissionFixture['problems'],
): void {
  const changes = changesBetween(written, answered);
  const foreseen = problems.filter(({ code }) => code.startsWith('DRIFT_')).length;
  if (foreseen > 0 && changes.length === 0) failures.push(`FAIL ${fixture}: the server changes nothing`);
  if (foreseen === 0 && changes.length > 0) failures.push(`FAIL ${fixture}: the server changes ${changes.join(', ')}`);
}
