/** `npm start`: models.yaml to an answered prediction on one machine, and again at every edit. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeAtomic } from '../outside/atomic.ts';
import { startClient } from '../outside/client-process.ts';
import { readText } from '../outside/files.ts';
import type { LogLine, LogProcess } from '../outside/log-process.ts';
import { isPortFree } from '../outside/ports.ts';
import { type PredictorProcess, startPredictor } from '../outside/predictor-process.ts';
import { type S3Server, startS3Server } from '../outside/s3-server.ts';
import { type Edits, waitForSignal, watchFiles } from '../outside/watch.ts';
import { allow } from '../problem.ts';
import { locateProblems } from '../report/located.ts';
import { countLine, textReport } from '../report/text.ts';
import type { Platform } from '../resolve/platform.ts';
import { type Compiler, createCompiler } from './compile.ts';
import { generateWith } from './generate.ts';
import { type PredictorConfig, predictorConfig, startCatalogue } from './start-config.ts';
import { ask, describeServed, sampleModel } from './start-request.ts';
import { failedModels, faultText, nextSteps } from './start-text.ts';

export interface StartOptions {
  readonly root: string;
  readonly cluster: string;
  readonly port: number;
  readonly clientPort: number;
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
  if (!options.once && options.clientPort !== 0 && !(await isPortFree(options.clientPort))) {
    write(`Port ${options.clientPort} is in use by another program. Choose another with --client-port\n`);
    return 1;
  }
  const compiler = createCompiler(options.root);
  // Before anything is read, so that no edit falls between reading and watching.
  const edits = await watchFiles(options.root, ['models.yaml', 'clusters', ARTIFACTS]);
  try {
    return await run(options, compiler, edits, write);
  } finally {
    await edits.close();
  }
}

async function run(options: StartOptions, compiler: Compiler, edits: Edits, write: Write): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'kserve-gitops-'));
  write('1/4 manifests: generating and verifying every cluster\n');
  const first = await compileAll(options, compiler, write);
  if (first === undefined) {
    await rm(folder, { recursive: true });
    return 1;
  }
  write('2/4 S3: starting an embedded server with the sample artifacts\n');
  const s3 = await startS3Server(options.s3Port, [first.platform.site.storage.bucket]);
  try {
    const count = await s3.fill(join(options.root, ARTIFACTS));
    write(`    ${count} objects in s3://${first.platform.site.storage.bucket}/ at ${s3.endpoint}\n`);
    return await serve(options, compiler, first, { s3, folder, edits }, write);
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
async function compileAll(options: StartOptions, compiler: Compiler, write: Write): Promise<Ready | undefined> {
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
  readonly edits: Edits;
}

async function serve(
  options: StartOptions,
  compiler: Compiler,
  first: Ready,
  { s3, folder, edits }: Parts,
  write: Write,
): Promise<number> {
  const configFile = join(folder, 'predictor.json');
  await writeAtomic(configFile, configText(first));
  write(`3/4 predictor: fetching ${first.config.file.models.length} models from S3, checking their SHA-256\n`);
  const onLine = (line: LogLine) => {
    if (line.level === 'error' || line.level === 'warn' || line.level === 'fatal') write(`    ${faultText(line)}\n`);
  };
  const predictor = startPredictor({ configFile, port: options.port, environment: s3.environment, onLine });
  let client: LogProcess | undefined;
  try {
    const signal = waitForSignal(['SIGINT', 'SIGTERM']);
    const ready = await Promise.race([predictor.waitFor(['ready', 'not-ready']), signal.then(() => undefined)]);
    if (ready === undefined) return 0;
    write(describeServed(first.platform, first.config, failedModels(ready)));
    const answered = ready.event === 'ready' && (await answer(predictor.url, first, write));
    if (options.once) return answered ? 0 : 1;
    const catalogueFile = join(folder, 'catalogue.json');
    await writeAtomic(catalogueFile, catalogueText(first, predictor));
    client = startClient({ catalogueFile, port: options.clientPort, onLine });
    const listening = await Promise.race([client.waitFor(['listening']), signal.then(() => undefined)]);
    if (listening === undefined) return 0;
    write(nextSteps(predictor.url, String(listening['url']), s3.endpoint, first.platform, first.config));
    edits.handle((files) => follow(files, { options, compiler, s3, configFile, catalogueFile, predictor, write }));
    const gone = (name: string) => (): string => `The ${name} has ended.\n`;
    const ended = await Promise.race([
      signal.then(() => undefined),
      predictor.ended.then(gone('predictor')),
      client.ended.then(gone('client')),
    ]);
    write(ended ?? '\nStopping.\n');
    return ended === undefined ? 0 : 1;
  } catch (error) {
    write(`    Cannot go on: ${(error as Error).message}\n`);
    return 1;
  } finally {
    await client?.stop();
    await predictor.stop();
  }
}

interface Following {
  readonly options: StartOptions;
  readonly compiler: Compiler;
  readonly s3: S3Server;
  readonly configFile: string;
  readonly catalogueFile: string;
  readonly predictor: PredictorProcess;
  readonly write: Write;
}

/** One edit: the manifests and the models follow, or the fault is shown and everything stays as it was. */
async function follow(files: readonly string[], session: Following): Promise<void> {
  const { options, compiler, s3, configFile, catalogueFile, predictor, write } = session;
  write(`\nchanged: ${files.join(', ')}\n`);
  try {
    if (files.some((file) => file.startsWith(ARTIFACTS))) await s3.fill(join(options.root, ARTIFACTS));
    const next = await compileAll(options, compiler, write);
    if (next === undefined) {
      write('    The models go on serving as before.\n');
      return;
    }
    // Titles and ranges concern the page alone.
    const catalogue = catalogueText(next, predictor);
    if ((await readText(catalogueFile)) !== catalogue) await writeAtomic(catalogueFile, catalogue);
    if ((await readText(configFile)) === configText(next)) {
      write('    Nothing changes for the models served here.\n');
      return;
    }
    const outcome = predictor.waitFor(['reloaded', 'reload-failed']);
    await writeAtomic(configFile, configText(next));
    write(describeServed(next.platform, next.config, failedModels(await outcome)));
  } catch (error) {
    write(`    Cannot follow the edit: ${(error as Error).message}\n`);
  }
}

function configText({ config }: Ready): string {
  return `${JSON.stringify(config.file, undefined, 2)}\n`;
}

function catalogueText({ platform, config }: Ready, { url, grpc }: PredictorProcess): string {
  return `${JSON.stringify(startCatalogue(platform, config, { url, grpc: grpc() }), undefined, 2)}\n`;
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
