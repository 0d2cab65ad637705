/** A project of one model whose artifact lies in an embedded S3 server, for tests of tiers T6 and T7. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import type { Model, Registry } from '../../schemas/types/models.d.ts';
import { type Compiled, createCompiler } from '../commands/compile.ts';
import { startS3Server } from '../outside/s3-server.ts';
import type { StoreSettings } from '../outside/artifact-store.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
export const BUCKET = 'nsa2-sf-ml-models';
export const now = new Date('2026-12-01T00:00:00Z');

/** Mutable, for whoever brings in a fault. */
export type Draft = Omit<Writable<Model>, 'versions'> & { versions: Writable<Model['versions'][number]>[] };

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

export interface ArtifactProject {
  readonly root: string;
  readonly compiled: Compiled;
  readonly store: StoreSettings;
  readonly environment: Readonly<Record<string, string>>;
}

/** An entry of the repository's own registry, by its name. */
export function sampleEntry(name: string): Draft {
  const registry = parse(readFileSync(join(repository, 'models.yaml'), 'utf8')) as Registry;
  const entry = registry.models.find((model) => model.name === name);
  if (entry === undefined) throw new Error(`models.yaml has no "${name}"`);
  return structuredClone(entry) as unknown as Draft;
}

export interface Setting {
  readonly entry: Draft;
  /** Changes the artifact of version `version` in its folder. */
  readonly spoil?: ((folder: string) => void) | undefined;
  readonly version?: number;
}

/** Lays out the project on the cluster `local` alone, starts the server, and removes both afterwards. */
export async function withArtifacts({ entry, spoil, version = 0 }: Setting, use: (project: ArtifactProject) => Promise<void>) {
  const root = mkdtempSync(join(tmpdir(), 'kserve-gitops-artifacts-'));
  const objects = join(root, 'objects');
  mkdirSync(join(root, 'clusters/local'), { recursive: true });
  cpSync(join(repository, 'clusters/local/cluster.yaml'), join(root, 'clusters/local/cluster.yaml'));
  cpSync(join(repository, 'clusters/local/sealed'), join(root, 'clusters/local/sealed'), { recursive: true });
  for (const { artifact } of entry.versions) {
    const path = artifact.replace(/^s3:\/\//, '');
    cpSync(join(repository, 'examples/artifacts', path), join(objects, path), { recursive: true });
  }
  spoil?.(join(objects, (entry.versions[version]?.artifact ?? '').replace(/^s3:\/\//, '')));
  writeFileSync(join(root, 'models.yaml'), stringify({ models: [entry] }));
  const server = await startS3Server(0, [BUCKET]);
  try {
    await server.fill(objects);
    const compiled = await createCompiler(root).compile({ now });
    const [first] = compiled.problems;
    if (first !== undefined) throw new Error(`${first.code}: ${first.message}`);
    const credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
    const store = { endpoint: server.endpoint, region: 'us-east-1', credentials };
    await use({ root, compiled, store, environment: server.environment });
  } finally {
    await server.stop();
    rmSync(root, { recursive: true });
  }
}
