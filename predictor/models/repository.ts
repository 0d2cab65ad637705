/** Lists the models of a repository folder: `<model>/<version>/…`, on disk or in S3. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LoadError, reasonOf } from './fault.ts';
import type { Fetcher } from './fetch.ts';
import { isS3, type ModelSource } from './source.ts';

/** One source per version folder, in order of names. Rejects with LoadError when there is none. */
export async function repositorySources(location: string, fetcher: Fetcher): Promise<ModelSource[]> {
  const sources: ModelSource[] = [];
  for (const name of await folders(location, fetcher)) {
    const versions = await folders(below(location, name), fetcher);
    if (versions.length === 0)
      throw new LoadError(`"${below(location, name)}" holds no version folder, expected <model>/<version>/`);
    for (const version of versions) {
      sources.push({ name, version, location: below(below(location, name), version), labels: {}, aliases: {} });
    }
  }
  if (sources.length === 0) throw new LoadError(`model repository "${location}" holds no <model>/<version>/ folder`);
  return sources;
}

function below(location: string, name: string): string {
  return isS3(location) ? `${location.replace(/\/+$/, '')}/${name}` : join(location, name);
}

/** Names that begin with a dot are the machinery of mounts (`..data`) and version control. */
async function folders(location: string, fetcher: Fetcher): Promise<string[]> {
  if (isS3(location)) return fetcher.folders(location);
  try {
    const entries = await readdir(location, { withFileTypes: true });
    const visible = entries.filter((entry) => !entry.name.startsWith('.') && !entry.isFile());
    return visible.map((entry) => entry.name).sort();
  } catch (error) {
    throw new LoadError(`cannot list "${location}": ${reasonOf(error)}`);
  }
}
