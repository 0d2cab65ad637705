/** `npm start`: models.yaml to an answered prediction on one machine, and again at every edit. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeAtomic } from '../outside/atomic.ts';
import { isPortFree } from '../outside/ports.ts';
import { startPredictor } from '../outside/predictor-process.ts';
import { type S3Server, startS3Server } from '../outside/s3-server.ts';
import { waitForSignal, watchFiles } from '../outside/watch.ts';
import { allow } from '../problem.ts';
import { locateProblems } from '../report/located.ts';
import { countLine, textReport } from '../report/text.ts';
import type { Platform } from '../resolve/platform.ts';
import { createCompiler } from './compile.ts';
import { generateWith } from './generate.ts';
import { type PredictorConfig, predictorConfig } from './start-config.ts';
import { ask, describeServed, sampleModel } from './start-request.ts';

export interface StartOptions {
  readonly root: string;
  readonly cluster: string;
  readonly port: number;
  readonly s3Port: number;
  readonly once: boolean;
}

type Write = (text: string) => void;

const PLAIN = { red: same, yellow: same, dim: same, bold: same };
const ARTIFACTS = 'examples/artifacts';

function same(text: string): string {
  return text;
}

/** Runs until a signal (or the first answer); returns the exit code. */
export async function start(options: StartOptions, write: Write): Promise<number> {
  if (options.port !== 0 && !(await isPortFree(options.port))) {
    write(
      `Port ${options.port} is in use by another program. Choose another: npm start -- --port ${options.port + 1}\n`,
    );
    return 1;
  }
  if (options.s3Port !== 0 && !(await isPortFree(options.s3Port))) {
    write(`Port ${options.s3Port} is in use by another program. Choose another with --s3-port, or leave it out\n`);
    return 1;
  }
  const compiler = createCompiler(options.root);
  const folder = await mkdtemp(join(tmpdir(), 'kserve-gitops-'));
  const first = await compileAll(options, compiler, write);
  if (first === undefined) {
    await rm(folder, { recursive: true });
    return 1;
  }
  write(`2/4 S3: starting an embedded server\n`);
  const s3 = await startS3Server(options.s3Port, [first.platform.site.storage.bucket]);
  try {
    const count = await s3.fill(join(options.root, ARTIFACTS));
    write(`    ${count} objects in s3://${first.platform.site.storage.bucket}/ at ${s3.endpoint}\n`);
    return await serve(options, compiler, first, { s3, folder }, write);
  } finally {
    await s3.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Ready {
  readonly platform: Platform;
  readonly config: PredictorConfig;
}

/** Generates and verifies every cluster; shows the faults and returns undefined when there are any. */
async function compileAll(
  options: StartOptions,
  compiler: ReturnType<typeof createCompiler>,
  write: Write,
): Promise<Ready | undefined> {
  write('1/4 manifests: generating and verifying every cluster\n');
  const outcome = await generateWith(compiler, options.root, { now: new Date() });
  const problems = locateProblems(outcome.problems, outcome.locate);
  write(textReport(problems, PLAIN).replace(/^/gm, '    ').trimEnd() + (problems.length > 0 ? '\n' : ''));
  write(`    ${countLine(problems, outcome.done)}\n`);
  if (!allow(outcome.problems)) return undefined;
  const compiled = await compiler.compile({ now: new Date() });
  const platform = compiled.platforms.find(({ site }) => site.cluster === options.cluster);
  if (platform === undefined || compiled.registry === undefined) {
    write(`    There is no cluster "${options.cluster}". Choose one of: ${compiled.clusters.join(', ')}\n`);
    return undefined;
  }
  return { platform, config: predictorConfig(platform, compiled.registry) };
}

interface Parts {
  readonly s3: S3Server;
  readonly folder: string;
}

async function serve(
  options: StartOptions,
  compiler: ReturnType<typeof createCompiler>,
  first: Ready,
  { s3, folder }: Parts,
  write: Write,
): Promise<number> {
  const configFile = join(folder, 'predictor.json');
  await writeAtomic(configFile, `${JSON.stringify(first.config.file, undefined, 2)}\n`);
  write(`3/4 predictor: fetching ${first.config.file.models.length} models from S3, checking their SHA-256\n`);
  const predictor = startPredictor({
    configFile,
    port: options.port,
    environment: s3.environment,
    onLine: (line) => {
      if (line.level === 'error' || line.level === 'warn' || line.level === 'fatal') write(`    ${faultText(line)}\n`);
    },
  });
  try {
    const signal = waitForSignal(['SIGINT', 'SIGTERM']);
    const ready = await Promise.race([predictor.waitFor(['ready']), signal.then(() => undefined)]);
    if (ready === undefined) return 0;
    write(describeServed(first.platform, first.config));
    const answered = await answer(predictor.url, first, write);
    if (options.once || !answered) return answered ? 0 : 1;
    write(nextSteps(predictor.url, s3.endpoint, first));
    const edits = watchFiles(options.root, ['models.yaml', 'clusters', ARTIFACTS], async (files) => {
      write(`\nchanged: ${files.join(', ')}\n`);
      if (files.some((file) => file.startsWith(ARTIFACTS))) await s3.fill(join(options.root, ARTIFACTS));
      const next = await compileAll(options, compiler, write);
      if (next === undefined) {
        write('    The models go on serving as before.\n');
        return;
      }
      await writeAtomic(configFile, `${JSON.stringify(next.config.file, undefined, 2)}\n`);
      const outcome = predictor.waitFor(['reloaded', 'reload-failed']);
      predictor.reload();
      const line = await outcome;
      write(
        line.event === 'reloaded'
          ? describeServed(next.platform, next.config)
          : '    Models that failed go on serving as before.\n',
      );
    });
    const ended = await Promise.race([signal, predictor.ended.then(() => 'ended' as const)]);
    await edits.close();
    write(ended === 'ended' ? 'The predictor has ended.\n' : '\nStopping.\n');
    return ended === 'ended' ? 1 : 0;
  } catch (error) {
    write(`    Cannot go on: ${(error as Error).message}\n`);
    return 1;
  } finally {
    await predictor.stop();
  }
}

function faultText(line: Readonly<Record<string, unknown>>): string {
  const { level: _level, msg, ts: _ts, event: _event, ...fields } = line;
  const rest = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [String(msg), ...rest].join(' ');
}

async function answer(url: string, { config }: Ready, write: Write): Promise<boolean> {
  const model = sampleModel(config);
  if (model === undefined) {
    write('4/4 request: no model of this cluster has an example to send\n');
    return true;
  }
  write('4/4 request: the example of the registry\n');
  const { text, ok } = await ask(url, model);
  write(text);
  return ok;
}

function nextSteps(url: string, s3: string, { platform, config }: Ready): string {
  const model = sampleModel(config);
  const name = model?.name ?? 'iris-classifier';
  const request = JSON.stringify({ inputs: model?.example?.inputs ?? [] });
  return `
Ready. Try:
  curl -s ${url}/v2/models/${name}
  curl -s ${url}/v2/models/${name}/infer -d '${request}'
  aws --endpoint-url ${s3} s3 ls s3://${platform.site.storage.bucket} --recursive   (account S3RVER, secret S3RVER)

Edit models.yaml or a cluster.yaml and save: manifests and models follow. Ctrl-C stops.
`;
}
