/** `npm run verify`: the same as generate without writing, held against what is on disk. */
import { join } from 'node:path';
import { listFolders, readFolders } from '../outside/files.ts';
import { allow } from '../problem.ts';
import { checkFiles } from '../verify/files.ts';
import { type CompileOptions, createCompiler } from './compile.ts';
import { unknownClusters } from './generate.ts';
import { createLocate } from './locate.ts';
import type { Outcome } from './outcome.ts';

/** Tiers that this command runs; the others are named, so that nobody takes silence for success. */
const RUN = ['T0', 'T1', 'T3', 'T4', 'T9', 'files'] as const;
const NOT_RUN = ['T2', 'T5', 'T6', 'T7', 'T8'] as const;

export async function verify(root: string, options: CompileOptions): Promise<Outcome> {
  const compiled = await createCompiler(root).compile(options);
  options.progress?.('comparing with the files on disk');
  const retired =
    options.clusters === undefined
      ? (await listFolders(join(root, 'apps'))).filter((name) => !compiled.clusters.includes(name))
      : [];
  const folders = [...compiled.folders, ...retired.map((name) => `apps/${name}`)];
  const problems = [...compiled.problems, ...unknownClusters(compiled, options)];
  let disk = new Map<string, string>();
  // With a faulty registry the made files are incomplete; comparing them would only repeat its faults.
  if (allow(problems)) {
    disk = await readFolders(root, folders);
    for (const problem of checkFiles(compiled.files, disk)) problems.push(problem);
  }
  const locate = createLocate(compiled.sources, (file) => disk.get(file) ?? compiled.files.get(file));
  const summary = {
    clusters: compiled.clusters,
    files: compiled.files.size,
    objects: compiled.objects,
    tiers: { run: RUN, notRun: NOT_RUN },
  };
  const done = `${compiled.files.size} files, ${compiled.objects} objects of ${compiled.clusters.join(', ')} checked`;
  return { problems, locate, done, summary, notes: [`tiers run: ${RUN.join(', ')}; not run: ${NOT_RUN.join(', ')}`] };
}
