/** `npm run model -- list` and `show`: what the registry says, without changing it. */
import { type Address, listLines, showLines } from '../edit/describe.ts';
import { findEntry } from '../edit/operations.ts';
import type { Problem } from '../problem.ts';
import { type Compiled, createCompiler } from './compile.ts';
import { createLocate } from './locate.ts';
import type { Outcome } from './outcome.ts';

export interface ListOptions {
  readonly root: string;
  readonly now: Date;
}

export async function listModels({ root, now }: ListOptions): Promise<Outcome> {
  const compiled = await read(root, now);
  const models = compiled.registry?.models ?? [];
  const count = `${models.length} model${models.length === 1 ? '' : 's'}`;
  const summary = { models, clusters: compiled.clusters };
  return outcome(compiled, shownProblems(compiled), count, summary, listLines(models, compiled.clusters));
}

export async function showModel(name: string, { root, now }: ListOptions): Promise<Outcome> {
  const compiled = await read(root, now);
  const problems = shownProblems(compiled);
  if (compiled.registry === undefined) return outcome(compiled, problems, 'nothing shown', {}, []);
  const entry = findEntry(compiled.registry.models, name);
  if ('code' in entry) return outcome(compiled, [entry], 'nothing shown', {}, []);
  const addresses = compiled.platforms.flatMap(({ site, models }): Address[] =>
    models
      .filter((model) => model.name === name)
      .map(({ namespace, host, clusterLocal }) => ({
        cluster: site.cluster,
        namespace,
        ...(clusterLocal ? {} : { host }),
      })),
  );
  return outcome(compiled, problems, name, { model: entry.model, addresses }, showLines(entry.model, addresses));
}

function read(root: string, now: Date): Promise<Compiled> {
  return createCompiler(root).compile({ now, unsealed: 'warning', platformsOnly: true });
}

/** Reading needs a registry that can be read; whether secrets are sealed is for `verify`. */
function shownProblems({ problems, registry }: Compiled): readonly Problem[] {
  return registry === undefined ? problems : problems.filter(({ severity }) => severity === 'error');
}

function outcome(
  { sources }: Compiled,
  problems: readonly Problem[],
  done: string,
  summary: Outcome['summary'],
  notes: readonly string[],
): Outcome {
  return { problems, locate: createLocate(sources, () => undefined), done, summary, notes };
}
