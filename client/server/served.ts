/** What is served at this moment: the catalogue with every default filled and every place to ask by name. */
import type { Catalogue, CatalogueModel, CatalogueTarget } from '../../schemas/types/client-catalogue.d.ts';

/** One place that can be asked. */
export interface Target {
  readonly name: string;
  readonly label: string;
  readonly version?: string;
  /** Base URL without a final `/`. */
  readonly url: string;
  /** The model's name there. */
  readonly model: string;
  readonly protocol: 'v1' | 'v2';
  /** The version that stands in the address, where a server has several. */
  readonly pinned?: string;
}

export interface Entry {
  readonly model: CatalogueModel;
  /** At least one. */
  readonly targets: readonly Target[];
}

export interface Served {
  readonly cluster: string;
  readonly title: string;
  readonly entries: ReadonlyMap<string, Entry>;
  /** Host without port, in lower case → the model whose page is the first there. */
  readonly hosts: ReadonlyMap<string, string>;
}

/** A catalogue that changes while the client runs. */
export interface Source {
  current(): Served;
  /** Called after each change, never before the first. */
  onChange(call: () => void): void;
  close(): void;
}

export class CatalogueError extends Error {}

export const DEFAULT_TITLE = 'Models';
export const ONLY_TARGET = 'stable';

/** Throws CatalogueError where two entries claim the same name or host, or an address is none. */
export function servedOf(catalogue: Catalogue): Served {
  const entries = new Map<string, Entry>();
  const hosts = new Map<string, string>();
  for (const [index, model] of catalogue.models.entries()) {
    if (entries.has(model.name)) throw new CatalogueError(`/models/${index} repeats the model "${model.name}"`);
    entries.set(model.name, { model, targets: targetsOf(model, `/models/${index}`) });
    for (const hostname of model.hostnames ?? []) {
      const host = hostname.toLowerCase();
      const owner = hosts.get(host);
      if (owner !== undefined && owner !== model.name)
        throw new CatalogueError(`/models/${index}/hostnames claims "${host}", which is the host of "${owner}"`);
      hosts.set(host, model.name);
    }
  }
  return { cluster: catalogue.cluster, title: catalogue.title ?? DEFAULT_TITLE, entries, hosts };
}

function targetsOf(model: CatalogueModel, place: string): Target[] {
  const written: readonly CatalogueTarget[] = model.targets ?? [
    { name: ONLY_TARGET, url: model.url, ...(model.version === undefined ? {} : { version: model.version }) },
  ];
  const names = new Set<string>();
  return written.map(({ name, label, url, version, model: known }, index) => {
    if (names.has(name)) throw new CatalogueError(`${place}/targets/${index} repeats the target "${name}"`);
    names.add(name);
    return {
      name,
      label: label ?? name,
      url: baseUrl(url, model.targets === undefined ? `${place}/url` : `${place}/targets/${index}/url`),
      model: known ?? model.model ?? model.name,
      protocol: model.protocol,
      ...(version === undefined ? {} : { version }),
    };
  });
}

/** As the schema's pattern wants it, and really a URL. */
export function baseUrl(text: string, place: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url !== undefined && `${url.username}${url.password}${url.search}${url.hash}` === '';
  if (!plain || !/^https?:$/.test(url.protocol))
    throw new CatalogueError(
      `${place} is not the address of a model server: it must be http or https, a host, at most a port and a path`,
    );
  return url.href.replace(/\/+$/, '');
}
