/** Which entries a branch touches: those whose value differs from the base, and all that a touched cluster serves. */
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readText } from '../outside/files.ts';
import { mergeBase, openCommit } from '../outside/git.ts';
import { type Compiled, createCompiler } from './compile.ts';

export interface Touched {
  readonly models: ReadonlySet<string>;
  readonly clusters: readonly string[];
  /** The commit that was compared with. */
  readonly base: string;
}

/** Rejects with GitRefused. A base that cannot be read touches everything. */
export async function touchedSince(root: string, ref: string, compiled: Compiled, now: Date): Promise<Touched> {
  const commit = await openCommit(root, await mergeBase(root, ref));
  const before = await createCompiler(commit.tree).compile({ now, unsealed: 'warning', platformsOnly: true });
  const old = new Map((before.registry?.models ?? []).map((model) => [model.name, model]));
  const entries = compiled.registry?.models ?? [];
  const models = new Set(
    entries.filter((model) => !isDeepStrictEqual(model, old.get(model.name))).map(({ name }) => name),
  );
  const clusters: string[] = [];
  for (const { site, models: served } of compiled.platforms) {
    const file = `clusters/${site.cluster}/cluster.yaml`;
    if ((await commit.tree.text(file)) === (await readText(join(root, file)))) continue;
    clusters.push(site.cluster);
    for (const { name } of served) models.add(name);
  }
  return { models, clusters, base: commit.id };
}
