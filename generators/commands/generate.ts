/** `npm run generate`: the registry and the clusters → `apps` and the `argocd` and `aws` folders of each cluster. */
import { join } from 'node:path';
import { listFolders, removeFolders, type Written, writeFileSet } from '../outside/files.ts';
import { allow, fault, type Problem } from '../problem.ts';
import { type Compiled, type CompileOptions, type Compiler, createCompiler } from './compile.ts';
import { createLocate } from './locate.ts';
import type { Outcome } from './outcome.ts';

/** Writes the made files; nothing at all when anything is wrong. */
export async function generate(root: string, options: CompileOptions): Promise<Outcome> {
  return generateWith(createCompiler(root), root, options);
}

/** The same with a compiler that remembers earlier runs. */
export async function generateWith(compiler: Compiler, root: string, options: CompileOptions): Promise<Outcome> {
  const compiled = await compiler.compile({ unsealed: 'warning', ...options });
  const problems = [...compiled.problems, ...unknownClusters(compiled, options)];
  const locate = createLocate(compiled.sources, (file) => compiled.files.get(file));
  const failed = !allow(problems);
  const summary = { clusters: compiled.clusters, files: compiled.files.size, objects: compiled.objects };
  if (failed) return { problems, locate, done: 'nothing written', summary };
  options.progress?.('writing files');
  const written = await writeFileSet(root, compiled.folders, compiled.files);
  const retired = options.clusters === undefined ? await removeRetired(root, compiled.clusters) : 0;
  const total: Written = { ...written, removed: written.removed + retired };
  const done = `${compiled.files.size} files of ${compiled.clusters.join(', ')}: ${total.written} written, ${total.removed} removed, ${total.unchanged} unchanged`;
  return { problems, locate, done, summary: { ...summary, ...total } };
}

/** A cluster that was asked for but has no folder. */
export function unknownClusters(compiled: Compiled, options: CompileOptions): Problem[] {
  return (options.clusters ?? [])
    .filter((name) => !compiled.clusters.includes(name))
    .map((name) => {
      const file = `clusters/${name}/cluster.yaml`;
      return fault('FILE_MISSING', { file }, `Cannot find "${file}"`, 'Choose a folder of clusters/, or create it');
    });
}

/** What is left in `apps/` of clusters that exist no more. */
async function removeRetired(root: string, clusters: readonly string[]): Promise<number> {
  const retired = (await listFolders(join(root, 'apps'))).filter((name) => !clusters.includes(name));
  return removeFolders(
    root,
    retired.map((name) => `apps/${name}`),
  );
}
