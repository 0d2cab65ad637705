/** Tier T8 of `npm run verify -- --online`: every made object of one cluster as a dry run, and against what stands there. */
import { type ClusterAccess, type ClusterApi, connectCluster } from '../outside/cluster.ts';
import { fault, type Problem } from '../problem.ts';
import type { PlacedObject } from '../render/render.ts';
import { checkLive } from '../verify/live.ts';

export interface Online {
  readonly problems: readonly Problem[];
  readonly note: string;
}

const AT_ONCE = 8;

export async function verifyOnline(
  cluster: string,
  objects: readonly PlacedObject[],
  access: ClusterAccess,
  progress: (step: string) => void,
): Promise<Online> {
  const file = `clusters/${cluster}/cluster.yaml`;
  try {
    const api = await connectCluster(access);
    const problems = await tryAll(api, objects, progress);
    return { problems, note: `T8: ${objects.length} objects of ${cluster} tried on ${api.server}` };
  } catch (error) {
    const reason = (error as Error).message || (error as { code?: string }).code || String(error);
    const repair = 'Name a kubeconfig and a context that reach it, or leave out "--online"';
    const problem = fault(
      'CLUSTER_UNREACHABLE',
      { file },
      `Cannot reach the cluster of "${cluster}": ${reason}`,
      repair,
    );
    return { problems: [problem], note: `T8: ${cluster} was not reached` };
  }
}

async function tryAll(api: ClusterApi, objects: readonly PlacedObject[], progress: (step: string) => void) {
  const problems: Problem[] = [];
  for (let start = 0; start < objects.length; start += AT_ONCE) {
    progress(`trying object ${start + 1} of ${objects.length} on ${api.server}`);
    const part = objects.slice(start, start + AT_ONCE);
    const found = await Promise.all(
      part.map(async ({ file, object }) => {
        const [tried, live] = await Promise.all([api.dryRun(object), api.live(object)]);
        return checkLive({ file, object, tried, live });
      }),
    );
    problems.push(...found.flat());
  }
  return problems;
}
