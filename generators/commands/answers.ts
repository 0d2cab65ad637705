/** Tier T7 for a compiled project: each served version alone on the real predictor, asked its example. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getJson, postJson } from '../outside/http.ts';
import { freePort } from '../outside/ports.ts';
import { type PredictorProcess, startPredictor } from '../outside/predictor-process.ts';
import { treeMemory } from '../outside/process-memory.ts';
import type { Problem } from '../problem.ts';
import { defaults } from '../resolve/defaults.ts';
import { checkAnswer, type Output, type Trial } from '../verify/answer.ts';
import { type ArtifactTarget, artifactTargets, versionKey } from './artifact-targets.ts';
import type { Compiled } from './compile.ts';
import { REGISTRY } from './compile-files.ts';
import { describeVersion } from './start-config.ts';

export interface AnswerOptions {
  readonly only?: ReadonlySet<string> | undefined;
  /** Versions that are not asked, by `versionKey`: tier T6 found what is wrong with them. */
  readonly except?: ReadonlySet<string> | undefined;
  /** Environment with which the predictor reaches the artifacts. */
  readonly environment: Readonly<Record<string, string>>;
  readonly progress?: ((step: string) => void) | undefined;
}

export interface AnswerRun {
  readonly problems: readonly Problem[];
  /** One for each version that was tried. */
  readonly measured: readonly Measured[];
  /** Models that have no example to ask. */
  readonly without: readonly string[];
  /** Versions that were left out, as `model version`. */
  readonly left: readonly string[];
}

export interface Measured {
  readonly model: string;
  readonly version: string;
  /** Median of the requests behind the first. */
  readonly milliseconds?: number;
  readonly bytes?: number;
}

/** Requests for the median; the first opens what is opened lazily. */
const REQUESTS = 21;

/** One predictor after the other: two at once would measure each other. */
export async function checkAnswers(compiled: Compiled, options: AnswerOptions): Promise<AnswerRun> {
  const all = artifactTargets(compiled, options.only).filter(({ limits }) => limits.length > 0);
  const isLeft = ({ model, version }: ArtifactTarget) =>
    options.except?.has(versionKey(model.name, version.version)) === true;
  const targets = all.filter((target) => !isLeft(target));
  const problems: Problem[] = [];
  const measured: Measured[] = [];
  for (const [position, target] of targets.entries()) {
    options.progress?.(`answers: ${position} of ${targets.length}, ${target.model.name} ${target.version.version}`);
    const trial = await tryVersion(target, options);
    measured.push(measuredOf(target, trial));
    const served = isStable(compiled, target);
    const { index, versionIndex, model, version, limits } = target;
    const input = { file: REGISTRY, index, versionIndex, model, version, trial, limits, served };
    problems.push(...checkAnswer({ ...input, tolerance: defaults.exampleTolerance }));
  }
  const without = [
    ...new Set(targets.filter(({ model }) => model.example === undefined).map(({ model }) => model.name)),
  ];
  const left = all.filter(isLeft).map(({ model, version }) => `${model.name} ${version.version}`);
  return { problems, measured, without, left };
}

function isStable({ platforms }: Compiled, { model, version }: ArtifactTarget): boolean {
  return platforms.some(({ models }) =>
    models.some((served) => served.name === model.name && served.version === version.version),
  );
}

function measuredOf({ model, version }: ArtifactTarget, trial: Trial): Measured {
  const { milliseconds, bytes }: { milliseconds?: number; bytes?: number | undefined } =
    trial.kind === 'answered' ? trial : {};
  return {
    ...{ model: model.name, version: version.version },
    ...(milliseconds === undefined ? {} : { milliseconds }),
    ...(bytes === undefined ? {} : { bytes }),
  };
}

async function tryVersion(target: ArtifactTarget, { environment }: AnswerOptions): Promise<Trial> {
  const folder = await mkdtemp(join(tmpdir(), 'kserve-gitops-answer-'));
  const configFile = join(folder, 'predictor.json');
  const config = { models: [describeVersion({ name: target.model.name, ...target.version }, target.model)] };
  await writeFile(configFile, JSON.stringify(config));
  const reasons: string[] = [];
  const predictor = startPredictor({
    ...{ configFile, port: await freePort(), environment },
    onLine: ({ level, msg, ...rest }) => {
      if (level === 'error' || level === 'fatal') reasons.push(reasonOf(msg, rest));
    },
  });
  try {
    const { event } = await predictor.waitFor(['ready', 'not-ready']);
    if (event !== 'ready') return { kind: 'refused', reason: reasons[0] ?? 'nothing' };
    return await askExample(predictor, target);
  } catch (error) {
    return { kind: 'refused', reason: reasons[0] ?? (error as Error).message };
  } finally {
    await predictor.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function reasonOf(message: string, { error, reason }: Readonly<Record<string, unknown>>): string {
  const more = [reason, error].find((text) => typeof text === 'string');
  // Some lines hold their reason already.
  return more === undefined || message.includes(String(more)) ? message : `${message}: ${String(more)}`;
}

interface Answer {
  readonly outputs?: readonly Output[];
  readonly error?: string;
}

async function askExample(predictor: PredictorProcess, { model }: ArtifactTarget): Promise<Trial> {
  const bytes = async () => (predictor.pid === undefined ? undefined : treeMemory(predictor.pid));
  if (model.example === undefined) return { kind: 'answered', outputs: [], bytes: await bytes() };
  const url = `${predictor.url}/v2/models/${model.name}/infer`;
  const request = { inputs: model.example.inputs };
  const times: number[] = [];
  let last: Answer = {};
  for (let count = 0; count < REQUESTS; count += 1) {
    const started = performance.now();
    const { status, body } = await postJson(url, request);
    if (count > 0) times.push(performance.now() - started);
    last = body as Answer;
    if (status !== 200) return { kind: 'status', status, reason: last.error ?? 'without a reason' };
  }
  const middle = times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
  const milliseconds = Number(middle.toFixed(2));
  const outputs = withGraphNames(last.outputs ?? [], await getJson(`${predictor.url}/v2/models/${model.name}`));
  return { kind: 'answered', outputs, milliseconds, bytes: await bytes() };
}

/** A request that says `input-0` is answered with `output-0`; the model's metadata tells which output that is. */
function withGraphNames(outputs: readonly Output[], metadata: unknown): Output[] {
  const { outputs: declared = [] } = metadata as { outputs?: readonly { name: string }[] };
  return outputs.map((output) => {
    const position = /^output-(\d+)$/.exec(output.name)?.[1];
    return { ...output, graphName: position === undefined ? undefined : declared[Number(position)]?.name };
  });
}
