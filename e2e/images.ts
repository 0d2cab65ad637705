/**
 * Builds and pushes the images of the chain, those whose content the registry does not have yet:
 *
 *     npx tsx e2e/images.ts [name…]
 *
 * E2E_REGISTRY (10.243.0.1:5000), E2E_BUILDER (buildah or docker) and E2E_BASE_DEBIAN, E2E_BASE_NODE, E2E_BASE_PYTHON say
 * where they go and what they stand on. docker takes the public base images unless told otherwise.
 */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuilderName, commandsOf, runAll } from './images/builder.ts';
import { contentHash } from './images/content.ts';
import { type Base, IMAGES, type Image } from './images/list.ts';
import { imageLabels } from './images/registry.ts';
import { goProgram, programFile } from './services/go-program.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LABEL = 'kserve-gitops.e2e.content';

export interface ImageOptions {
  /** Host and port. */
  readonly registry: string;
  readonly builder: BuilderName;
  /** Base images by kind; one that is left out is the public image that the Dockerfile names. */
  readonly bases: Readonly<Partial<Record<Base, string>>>;
  /** Names of images; all without it. */
  readonly only?: readonly string[];
  /** Folder for the builders' output. */
  readonly logs: string;
  readonly log: (line: string) => void;
}

/** What the environment says; `registry` of ../shared/cluster and buildah otherwise. Throws on an unknown builder. */
export function imageOptions(environment: Readonly<Record<string, string | undefined>> = process.env): ImageOptions {
  const registry = environment['E2E_REGISTRY'] ?? '10.243.0.1:5000';
  const builder = environment['E2E_BUILDER'] ?? 'buildah';
  if (builder !== 'buildah' && builder !== 'docker') {
    throw new Error(`E2E_BUILDER is "${builder}"; it can be buildah or docker`);
  }
  const local =
    builder === 'docker' ? {} : { debian: 'base/debian:12', node: 'base/node:24', python: 'base/python:3.11' };
  const bases = Object.entries({ debian: undefined, node: undefined, python: undefined, ...local }).flatMap(
    ([kind, path]) => {
      const name =
        environment[`E2E_BASE_${kind.toUpperCase()}`] ?? (path === undefined ? undefined : `${registry}/${path}`);
      return name === undefined ? [] : [[kind, name]];
    },
  );
  return {
    registry,
    builder,
    bases: Object.fromEntries(bases) as Partial<Record<Base, string>>,
    logs: join(tmpdir(), 'kserve-gitops-e2e-images'),
    log: (line) => process.stdout.write(`${line}\n`),
  };
}

/** Builds one after the other, since each takes all cores. Throws with the end of the output at the first that fails. */
export async function buildImages(options: ImageOptions): Promise<void> {
  const known = IMAGES.map(({ name }) => name);
  const unknown = options.only?.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`no image is called "${unknown}"; there are ${known.join(', ')}`);
  mkdirSync(options.logs, { recursive: true });
  for (const image of IMAGES.filter(({ name }) => options.only?.includes(name) ?? true)) {
    await buildImage(image, options);
  }
}

async function buildImage(image: Image, options: ImageOptions): Promise<void> {
  const { registry, builder, logs, log } = options;
  const args = argsOf(image, options);
  const hash = contentHash(ROOT, image, args);
  const labels = await imageLabels(`http://${registry}`, image.reference);
  if (labels?.[LABEL] === hash) {
    log(`${image.reference}: there already`);
    return;
  }
  const contexts = image.program === undefined ? {} : { program: dirname(await goProgram(image.program, log)) };
  const begun = performance.now();
  log(`${image.reference}: building`);
  const target = `${registry}/${image.reference}`;
  const build = { dockerfile: image.dockerfile, target, args, labels: { [LABEL]: hash }, contexts };
  try {
    await runAll(commandsOf(builder, build), ROOT, join(logs, `${image.name}.log`));
  } catch (error) {
    throw new Error(`${image.reference} was not made: ${error instanceof Error ? error.message : error}`);
  }
  log(`${image.reference}: pushed after ${((performance.now() - begun) / 1000).toFixed(0)} s`);
}

function argsOf({ bases, program }: Image, options: ImageOptions): Record<string, string> {
  const args: Record<string, string> = {};
  for (const [name, kind] of Object.entries(bases)) {
    const base = options.bases[kind];
    if (base !== undefined) args[name] = base;
  }
  if (program !== undefined) args['PROGRAM'] = programFile(program);
  return args;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = process.argv.slice(2);
  const options = imageOptions();
  buildImages(names.length === 0 ? options : { ...options, only: names }).catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
