/** helm template and kubeconform, where they are installed. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { createCompiler } from '../../generators/commands/compile.ts';
import { type KubeObject, keyOf } from '../../generators/kube/object.ts';
import { type Cost, type Ran, run } from '../measure.ts';

export interface Peer {
  readonly helm: string;
  readonly kubeconform: string;
  readonly versions: string;
}

export interface PeerCost {
  readonly helm: Cost;
  readonly kubeconform: Cost;
  readonly objects: number;
}

const SCHEMAS = 'schemas/kubernetes/{{ .Group }}/{{ .ResourceKind }}_{{ .ResourceAPIVersion }}.json';

/** Looks on PATH and where the project's scripts put such programs; undefined, with the reason, when one is absent. */
export async function findPeer(cwd: string): Promise<Peer | { readonly absent: string }> {
  const helm = find('helm');
  const kubeconform = find('kubeconform');
  if (helm === undefined || kubeconform === undefined) {
    const names = [helm === undefined ? 'helm' : [], kubeconform === undefined ? 'kubeconform' : []].flat();
    return { absent: `${names.join(' and ')} not found on PATH or in ~/.cache/kserve-cluster/bin` };
  }
  const version = async (program: string, args: readonly string[]) => (await run(program, args, { cwd })).output.trim();
  const helmVersion = await version(helm, ['version', '--template', '{{ .Version }}']);
  const versions = `helm ${helmVersion}, kubeconform ${await version(kubeconform, ['-v'])}`;
  return { helm, kubeconform, versions };
}

function find(program: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), join(homedir(), '.cache', 'kserve-cluster', 'bin')];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** Renders the chart with the registry as its values, and holds the output against the vendored schemas. */
export async function runPeer(peer: Peer, folders: { cwd: string; chart: string; root: string }): Promise<PeerCost> {
  const { cwd, chart, root } = folders;
  const manifests = manifestsFile(root);
  const values = join(root, 'models.yaml');
  const helm = await run(peer.helm, ['template', 'models', chart, '--values', values], { cwd, outputFile: manifests });
  demand(helm, 'helm template');
  const args = ['-strict', '-summary', '-output', 'json', '-schema-location', SCHEMAS, manifests];
  const kubeconform = await run(peer.kubeconform, args, { cwd });
  demand(kubeconform, 'kubeconform');
  const { summary } = JSON.parse(kubeconform.output) as { summary: { valid: number; skipped: number } };
  if (summary.skipped > 0) throw new Error(`bug: kubeconform skipped ${summary.skipped} objects`);
  return { helm, kubeconform, objects: summary.valid };
}

/** Throws unless the chart printed the very objects that the generators make of the registry's entries. */
export async function demandSameObjects(root: string): Promise<void> {
  const { files } = await createCompiler(root).compile({ now: new Date() });
  const ours = new Map<string, unknown>();
  for (const [path, text] of files)
    if (/\.yaml$/.test(path)) for (const object of objectsOf(text)) ours.set(keyOf(object), object);
  for (const object of objectsOf(await readFile(manifestsFile(root), 'utf8'))) {
    if (!isDeepStrictEqual(object, ours.get(keyOf(object))))
      throw new Error(`bug: the chart's ${keyOf(object)} differs`);
  }
}

function objectsOf(text: string): KubeObject[] {
  return parseAllDocuments(text).flatMap((document) => (document.toJS() as KubeObject | null) ?? []);
}

function manifestsFile(root: string): string {
  return join(root, 'chart-output.yaml');
}

function demand(ran: Ran, what: string): void {
  if (ran.code !== 0)
    throw new Error(`bug: ${what} ended with ${ran.code}: ${(ran.errors || ran.output).slice(0, 2000)}`);
}
