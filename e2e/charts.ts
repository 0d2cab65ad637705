/** The charts that generated Applications install, where the public ones cannot be fetched: packed and pushed to a registry. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { createBare, git, push } from './git.ts';
import { run } from './processes.ts';
import { goModule } from './services/go-module.ts';

const folder = join(import.meta.dirname, 'charts');

export function chartNames(): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** Where a file or folder was released: in the folder of releases, or in a Go module, `path@version`. */
type Released = string | { readonly module: string; readonly path: string };

async function releasedFile(source: Released, upstream: string): Promise<string> {
  if (typeof source !== 'string') return join(await goModule(source.module), source.path);
  const file = join(upstream, source);
  if (!existsSync(file)) throw new Error(`${file} is missing: set KSERVE_GITOPS_UPSTREAM to the folder of releases`);
  return file;
}

/** The chart with the released files that its `upstream.yaml` names, by their place below `upstream`; resolves to the archive. */
export async function packChart(name: string, upstream: string, into: string): Promise<string> {
  const chart = join(into, name);
  cpSync(join(folder, name), chart, { recursive: true });
  const list = join(chart, 'upstream.yaml');
  const wanted = existsSync(list) ? (parse(readFileSync(list, 'utf8')) as Record<string, Released>) : {};
  for (const [target, source] of Object.entries(wanted)) {
    cpSync(await releasedFile(source, upstream), join(chart, 'upstream', target), { recursive: true });
  }
  rmSync(list, { force: true });
  const { version } = parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8')) as { version: string };
  await run('helm', ['package', chart, '--destination', into]);
  return join(into, `${name}-${version}.tgz`);
}

/** Pushes every chart to `oci://<registry>/charts`, over plain HTTP. */
export async function pushCharts(upstream: string, registry: string, say: (text: string) => void): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'e2e-charts-'));
  try {
    for (const name of chartNames()) {
      const archive = await packChart(name, upstream, work);
      await run('helm', ['push', archive, `oci://${registry}/charts`, '--plain-http']);
      say(`chart ${name}`);
    }
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Pushes real charts: those that a project has in its Go module, as folders of `charts/`. */
export async function pushModuleCharts(
  module: string,
  names: readonly string[],
  registry: string,
  say: (text: string) => void,
): Promise<void> {
  const folder = join(await goModule(module), 'charts');
  const work = mkdtempSync(join(tmpdir(), 'e2e-charts-'));
  try {
    for (const name of names) {
      const { version } = parse(readFileSync(join(folder, name, 'Chart.yaml'), 'utf8')) as { version: string };
      await run('helm', ['package', join(folder, name), '--destination', work]);
      await run('helm', ['push', join(work, `${name}-${version}.tgz`), `oci://${registry}/charts`, '--plain-http']);
      say(`chart ${name} ${version} of ${module}`);
    }
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** A repository that has `config/crd` at the tag, as kubernetes-sigs/gateway-api has it. */
export async function gatewayApiRepository(upstream: string, bare: string, version: string): Promise<void> {
  await createBare(bare);
  if ((await git(bare, 'tag', '--list', version)) !== '') return;
  const work = mkdtempSync(join(tmpdir(), 'e2e-gateway-api-'));
  try {
    await run('git', ['clone', '--quiet', bare, work]);
    const target = join(work, 'config/crd');
    mkdirSync(target, { recursive: true });
    cpSync(join(upstream, `gateway-api-${version}`, 'crds'), target, { recursive: true });
    const resources = readdirSync(target)
      .filter((file) => file.endsWith('.yaml'))
      .sort();
    const lines = ['apiVersion: kustomize.config.k8s.io/v1beta1', 'kind: Kustomization', 'resources:'];
    writeFileSync(
      join(target, 'kustomization.yaml'),
      `${[...lines, ...resources.map((file) => `- ${file}`)].join('\n')}\n`,
    );
    await push(work, `release ${version}`);
    await git(work, 'tag', version);
    await git(work, 'push', '--quiet', 'origin', version);
  } finally {
    rmSync(work, { recursive: true });
  }
}
