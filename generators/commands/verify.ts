/** `npm run verify`: the same as generate without writing, held against what is on disk. */
import { join } from 'node:path';
import type { ClusterAccess } from '../outside/cluster.ts';
import { listFolders, readFolders } from '../outside/files.ts';
import { allow, type Problem } from '../problem.ts';
import { checkFiles } from '../verify/files.ts';
import { type Compiled, type CompileOptions, createCompiler } from './compile.ts';
import { unknownClusters } from './generate.ts';
import { createLocate } from './locate.ts';
import type { Outcome } from './outcome.ts';
import { type ModelTierOptions, verifyModels } from './verify-models.ts';
import { verifyOnline } from './verify-online.ts';

/** Tiers that this command runs; the others are named, so that nobody takes silence for success. */
const RUN = ['T0', 'T1', 'T2', 'T3', 'T4', 'T5', 'T9', 'files'] as const;

export interface VerifyOptions extends CompileOptions {
  /** Tiers T6 and T7; without it they do not run. */
  readonly models?: Omit<ModelTierOptions, 'now' | 'progress'> | undefined;
  /** Tier T8, on the cluster that this reaches; without it the tier does not run. */
  readonly online?: ClusterAccess | undefined;
}

export async function verify(root: string, options: VerifyOptions): Promise<Outcome> {
  const compiled = await createCompiler(root).compile(options);
  options.progress?.('comparing with the files on disk');
  const retired =
    options.clusters === undefined
      ? (await listFolders(join(root, 'apps'))).filter((name) => !compiled.clusters.includes(name))
      : [];
  const folders = [...compiled.folders, ...retired.map((name) => `apps/${name}`)];
  const problems = [...compiled.problems, ...unknownClusters(compiled, options)];
  let disk = new Map<string, string>();
  // With a faulty registry the made files are incomplete; comparing them would only repeat its faults.
  if (allow(problems)) {
    disk = await readFolders(root, folders);
    for (const problem of checkFiles(compiled.files, disk)) problems.push(problem);
  }
  const models = await modelTiers(root, compiled, problems, options);
  const live = await liveTier(compiled, problems, options);
  problems.push(...models.problems, ...live.problems);
  const locate = createLocate(compiled.sources, (file) => disk.get(file) ?? compiled.files.get(file));
  const notRun = [...models.notRun, ...live.notRun];
  const summary = {
    clusters: compiled.clusters,
    files: compiled.files.size,
    objects: compiled.objects,
    tiers: { run: [...RUN, ...models.run, ...live.run], notRun: notRun.map(({ tier }) => tier) },
    ...models.summary,
  };
  const done = `${compiled.files.size} files, ${compiled.objects} objects of ${compiled.clusters.join(', ')} checked`;
  const because = notRun.map(({ tier, reason }) => `${tier} (${reason})`);
  const tiers = `tiers run: ${summary.tiers.run.join(', ')}; not run: ${because.join(', ') || 'none'}`;
  return {
    problems,
    locate,
    done,
    summary,
    notes: [...models.notes, ...live.notes, ...skippedNote(compiled.skippedRules), tiers],
  };
}

/** Models of a registry with faults are not looked at: their places may be among the faults. */
async function modelTiers(root: string, compiled: Compiled, problems: readonly Problem[], options: VerifyOptions) {
  const reason = options.models === undefined ? 'switched off' : 'the files have errors';
  if (options.models === undefined || !allow(problems)) {
    const notRun = (['T6', 'T7'] as const).map((tier) => ({ tier, reason }));
    return { problems: [], run: [], notRun, notes: [], summary: {} };
  }
  return verifyModels(root, compiled, { ...options.models, now: options.now, progress: options.progress });
}

/** Says aloud which rules of T2 did not run. */
export function skippedNote(rules: ReadonlySet<string>): string[] {
  if (rules.size === 0) return [];
  return [`T2: rules that compare with the object before were not run: ${[...rules].join(', ')}`];
}

/** A kubeconfig reaches one cluster, so that T8 wants one to be named. */
async function liveTier(compiled: Compiled, problems: readonly Problem[], options: VerifyOptions) {
  const { online } = options;
  const [cluster, ...others] = compiled.clusters;
  const one = cluster !== undefined && others.length === 0;
  if (online === undefined || !allow(problems) || !one) {
    const faulty = allow(problems) ? 'name one cluster with --cluster' : 'the files have errors';
    const reason = online === undefined ? 'only with --online' : faulty;
    return { problems: [], run: [], notRun: [{ tier: 'T8', reason }], notes: [] };
  }
  const objects = compiled.parts.flatMap(({ placed }) => placed);
  const result = await verifyOnline(cluster, objects, online, options.progress ?? (() => undefined));
  const unreached = result.problems.some(({ code }) => code === 'CLUSTER_UNREACHABLE');
  const notRun = unreached ? [{ tier: 'T8', reason: 'the cluster was not reached' }] : [];
  return { problems: result.problems, run: unreached ? [] : ['T8'], notRun, notes: [result.note] };
}
