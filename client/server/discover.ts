/** A catalogue without a file: the models that servers list themselves, asked again and again. */
import type { CatalogueModel } from '../../schemas/types/client-catalogue.d.ts';
import { isRecord } from './answer.ts';
import { reasonOf } from './failure.ts';
import type { Log } from './log.ts';
import { metadataOf } from './metadata.ts';
import { type Entry, ONLY_TARGET, type Served, type Source, type Target } from './served.ts';
import { readAll, type Upstream } from './upstream.ts';

export interface DiscoverSettings {
  /** Servers whose models are asked for. */
  readonly servers: readonly string[];
  /** Models of servers that list none, and models named one by one. */
  readonly models: readonly { readonly name: string; readonly url: string }[];
  readonly title: string;
  readonly cluster: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

const LIST_BYTES = 4 * 1024 * 1024;

/** Resolves after the first round, whatever came of it: a server may start after the client. */
export async function discover(settings: DiscoverSettings, upstream: Upstream, log: Log): Promise<Source> {
  let entries = await round(settings, upstream, log, new Map());
  const listeners: (() => void)[] = [];
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  const again = () => {
    timer = setTimeout(async () => {
      const next = await round(settings, upstream, log, entries);
      if (closed) return;
      const changed = JSON.stringify([...next]) !== JSON.stringify([...entries]);
      entries = next;
      if (changed) {
        log('info', 'catalogue-read', 'The servers list other models', { models: next.size });
        for (const call of listeners) call();
      }
      again();
    }, settings.intervalMs).unref();
  };
  again();
  const current = (): Served => ({ cluster: settings.cluster, title: settings.title, entries, hosts: new Map() });
  return {
    current,
    onChange: (call) => listeners.push(call),
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

/** A server that does not answer keeps the models that it had. */
async function round(
  settings: DiscoverSettings,
  upstream: Upstream,
  log: Log,
  before: ReadonlyMap<string, Entry>,
): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>();
  const add = async (name: string, url: string) => {
    const known = entries.get(name);
    if (known === undefined) entries.set(name, await entryOf(name, url, settings, upstream));
    else if (known.model.url !== url)
      log('warn', 'model-twice', `Two servers list "${name}"; the one at ${known.model.url} is shown`, { url });
  };
  for (const { name, url } of settings.models) await add(name, url);
  for (const url of settings.servers) {
    try {
      for (const name of await listModels(url, settings, upstream)) await add(name, url);
    } catch (error) {
      log('warn', 'server-silent', `Cannot list the models of ${url}: ${reasonOf(error)}`, { url });
      for (const [name, entry] of before) if (entry.model.url === url && !entries.has(name)) entries.set(name, entry);
    }
  }
  return entries;
}

/** Each version that a server has loaded can be asked by itself; the first target asks without a version. */
async function entryOf(name: string, url: string, settings: DiscoverSettings, upstream: Upstream): Promise<Entry> {
  const model: CatalogueModel = { name, url, publicUrl: url, protocol: 'v2' };
  const first: Target = { name: ONLY_TARGET, label: 'latest', url, model: name, protocol: 'v2' };
  const told = await getJson(first, `/v2/models/${encodeURIComponent(name)}`, settings, upstream).then(
    metadataOf,
    () => undefined,
  );
  const versions = told?.versions ?? [];
  const pinned =
    versions.length < 2
      ? []
      : versions.map((version) => ({ ...first, name: version, label: `version ${version}`, version, pinned: version }));
  return { model: { ...model, versions: versions.map((version) => ({ version })) }, targets: [first, ...pinned] };
}

/** The list of this repository's predictor, the index of Triton and MLServer, or the V1 list of KServe's server. */
async function listModels(url: string, settings: DiscoverSettings, upstream: Upstream): Promise<string[]> {
  const target: Target = { name: ONLY_TARGET, label: url, url, model: url, protocol: 'v2' };
  const ways = [
    () =>
      getJson(target, '/v2/models', settings, upstream).then((value) =>
        namesOf(isRecord(value) ? value['models'] : undefined),
      ),
    () => getJson(target, '/v2/repository/index', settings, upstream, '{}').then(namesOf),
    () =>
      getJson(target, '/v1/models', settings, upstream).then((value) =>
        namesOf(isRecord(value) ? value['models'] : undefined),
      ),
  ];
  let last: unknown;
  for (const way of ways) {
    try {
      return await way();
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

async function getJson(
  target: Target,
  path: string,
  { timeoutMs }: DiscoverSettings,
  upstream: Upstream,
  body?: string,
): Promise<unknown> {
  const post =
    body === undefined
      ? {}
      : { method: 'POST' as const, body: Buffer.from(body), headers: { 'content-type': 'application/json' } };
  const answer = await upstream.ask({ target, path, timeoutMs, ...post });
  const bytes = await readAll(answer.body, LIST_BYTES);
  if (answer.statusCode !== 200 || bytes === undefined)
    throw new Error(`${path} answers with status ${answer.statusCode}`);
  return JSON.parse(bytes.toString('utf8'));
}

/** Names, or objects with a `name` of which those count that are not said to be unloaded. */
function namesOf(list: unknown): string[] {
  if (!Array.isArray(list)) throw new Error('it lists no models');
  const names = list.flatMap((one: unknown) => {
    if (typeof one === 'string') return [one];
    if (!isRecord(one) || typeof one['name'] !== 'string') return [];
    return one['state'] === undefined || one['state'] === 'READY' ? [one['name']] : [];
  });
  return [...new Set(names)];
}
