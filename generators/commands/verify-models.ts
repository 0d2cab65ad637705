/** The tiers of `npm run verify` that look at the models themselves: T6 in their store, T7 on the predictor. */
import { join } from 'node:path';
import { type StoreSettings, storeSettingsIn } from '../outside/artifact-store.ts';
import { listFolders } from '../outside/files.ts';
import { GitRefused } from '../outside/git.ts';
import { startS3Server } from '../outside/s3-server.ts';
import type { Problem } from '../problem.ts';
import { type AnswerRun, checkAnswers } from './answers.ts';
import { checkArtifacts } from './artifacts.ts';
import type { Compiled } from './compile.ts';
import { gitProblem } from './diff.ts';
import { touchedSince } from './touched.ts';

export interface ModelTierOptions {
  /** `auto`: run T6 where the environment has credentials, and not where the store refuses them. */
  readonly artifacts: 'auto' | 'on' | 'off';
  /** Run T7. */
  readonly answers: boolean;
  /** Look only at what differs from this commit, branch or tag. */
  readonly since?: string | undefined;
  /** Take the artifacts of `examples/artifacts`, on an embedded S3 server. */
  readonly samples: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cacheFolder?: string | undefined;
  readonly now: Date;
  readonly progress?: ((step: string) => void) | undefined;
}

export interface ModelTiers {
  readonly problems: readonly Problem[];
  readonly run: readonly ('T6' | 'T7')[];
  readonly notRun: readonly { readonly tier: 'T6' | 'T7'; readonly reason: string }[];
  /** Lines for people. */
  readonly notes: readonly string[];
  /** For programs. */
  readonly summary: Readonly<Record<string, unknown>>;
}

const SAMPLES = 'examples/artifacts';

export async function verifyModels(root: string, compiled: Compiled, options: ModelTierOptions): Promise<ModelTiers> {
  const { artifacts, answers, samples, environment } = options;
  const reason =
    artifacts === 'off' ? 'switched off' : samples || artifacts === 'on' ? undefined : storeSettingsIn(environment);
  if (reason !== undefined && !answers) return nothing(reason);
  const scope = await scopeOf(root, compiled, options);
  if ('problems' in scope) return { ...nothing('the base is not known'), problems: scope.problems };
  if (!samples) return runTiers(compiled, options, scope, reason);
  const server = await startS3Server(0, await listFolders(join(root, SAMPLES)));
  try {
    await server.fill(join(root, SAMPLES));
    const store = storeOf(server.endpoint, server.environment);
    return await runTiers(
      compiled,
      { ...options, environment: { ...environment, ...server.environment } },
      scope,
      reason,
      store,
    );
  } finally {
    await server.stop();
  }
}

function storeOf(endpoint: string, environment: Readonly<Record<string, string>>): StoreSettings {
  const [accessKeyId = '', secretAccessKey = ''] = [
    environment['AWS_ACCESS_KEY_ID'],
    environment['AWS_SECRET_ACCESS_KEY'],
  ];
  return { endpoint, region: environment['AWS_REGION'] ?? 'us-east-1', credentials: { accessKeyId, secretAccessKey } };
}

interface Scope {
  readonly only?: ReadonlySet<string>;
  readonly notes: readonly string[];
}

async function scopeOf(
  root: string,
  compiled: Compiled,
  { since, now }: ModelTierOptions,
): Promise<Scope | { problems: Problem[] }> {
  if (since === undefined) return { notes: [] };
  try {
    const { models, clusters, base } = await touchedSince(root, since, compiled, now);
    const all = compiled.registry?.models.length ?? 0;
    const because = clusters.length === 0 ? '' : `, for their entries or ${clusters.join(', ')}`;
    const note = `T6 and T7 look at ${models.size} of ${all} models: those that change since ${base.slice(0, 12)} (${since})${because}`;
    return { only: models, notes: [note] };
  } catch (error) {
    if (!(error instanceof GitRefused)) throw error;
    return { problems: [gitProblem(since, error)] };
  }
}

function nothing(reason: string): ModelTiers {
  const notRun = [
    { tier: 'T6' as const, reason },
    { tier: 'T7' as const, reason: 'only with --answers' },
  ];
  return { problems: [], run: [], notRun, notes: [], summary: {} };
}

async function runTiers(
  compiled: Compiled,
  options: ModelTierOptions,
  { only, notes: told }: Scope,
  reason: string | undefined,
  store?: StoreSettings,
): Promise<ModelTiers> {
  const problems: Problem[] = [];
  const run: ('T6' | 'T7')[] = [];
  const notRun: { tier: 'T6' | 'T7'; reason: string }[] = [];
  const notes = [...told];
  let summary: Record<string, unknown> = {};
  let except: ReadonlySet<string> | undefined;
  if (reason === undefined) {
    const mode = options.artifacts === 'on' || options.samples ? 'on' : 'auto';
    const { environment, cacheFolder, progress } = options;
    const result = await checkArtifacts(compiled, { mode, only, store, environment, cacheFolder, progress });
    problems.push(...result.problems);
    except = result.faulty;
    if (result.notRun === undefined) {
      run.push('T6');
      const left = (compiled.registry?.models ?? []).flatMap(({ versions }) => versions).length;
      const reach = only === undefined ? left - result.versions : 0;
      const other = reach > 0 ? `; ${reach} lie in no S3 store and were not looked at` : '';
      notes.push(
        `T6: ${result.versions} artifacts, ${result.read} read, ${result.versions - result.read} known or absent${other}`,
      );
      summary = { artifacts: { versions: result.versions, read: result.read } };
    } else notRun.push({ tier: 'T6', reason: result.notRun });
  } else notRun.push({ tier: 'T6', reason });
  if (options.answers) {
    const environment = predictorEnvironment(compiled, options.environment);
    const answers = await checkAnswers(compiled, { only, except, environment, progress: options.progress });
    problems.push(...answers.problems);
    run.push('T7');
    notes.push(...answerNotes(answers));
    summary = { ...summary, answers: answers.measured, withoutExample: answers.without };
  } else notRun.push({ tier: 'T7', reason: 'only with --answers' });
  return { problems, run, notRun, notes, summary };
}

/** What the predictor needs beside its own environment: the first cluster's store, where the environment names none. */
function predictorEnvironment(
  { platforms }: Compiled,
  environment: ModelTierOptions['environment'],
): Record<string, string> {
  const storage = platforms[0]?.site.storage;
  const endpoint = environment['AWS_ENDPOINT_URL'] ?? storage?.endpoint?.url;
  const given = Object.entries(environment).filter(
    (pair): pair is [string, string] => /^AWS_/.test(pair[0]) && pair[1] !== undefined,
  );
  return {
    AWS_REGION: storage?.region ?? 'us-east-1',
    ...Object.fromEntries(given),
    ...(endpoint === undefined ? {} : { AWS_ENDPOINT_URL: endpoint }),
    GRPC_PORT: 'off',
    METRICS_PORT: 'off',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}

function answerNotes({ measured, without, left }: AnswerRun): string[] {
  const lines = measured.map(({ model, version, milliseconds, bytes }) => {
    const time = milliseconds === undefined ? 'no answer' : `${milliseconds} ms`;
    const memory = bytes === undefined ? '' : `, ${Math.round(bytes / 2 ** 20)} MiB`;
    return `T7: ${model} version ${version}: ${time}${memory}`;
  });
  if (without.length > 0) lines.push(`T7: no example to ask: ${without.join(', ')}`);
  if (left.length > 0) lines.push(`T7: not asked, since T6 found errors: ${left.join(', ')}`);
  return lines;
}
