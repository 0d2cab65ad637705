/** The cluster that a run of `npm run seal` is for. */
import { join } from 'node:path';
import { readText } from '../outside/files.ts';
import { parseSource } from '../parse/source.ts';
import type { Problem } from '../problem.ts';
import { siteOf } from '../resolve/resolve.ts';
import { validateCluster } from '../validate/files.ts';

export interface SiteFlags {
  readonly root: string;
  readonly cluster: string;
}

export async function readSite(flags: SiteFlags) {
  const file = `clusters/${flags.cluster}/cluster.yaml`;
  const { value: source, problems } = parseSource(file, await readText(join(flags.root, file)));
  const sources = new Map(source === undefined ? [] : [[file, source] as const]);
  if (source === undefined || problems.length > 0) return { sources, problems };
  const checked = validateCluster(source);
  const faults: Problem[] = [...checked.problems];
  if (checked.value === undefined) return { sources, problems: faults };
  const { site } = siteOf(flags.cluster, file, checked.value);
  return { sources, problems: faults, site };
}
