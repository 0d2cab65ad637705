/**
 * What a person asks of the registry, as changes of one entry. What the changes lead to is judged by compiling the result;
 * here stands only what would leave nothing to compile.
 */
import type { Model, Serve } from '../../schemas/types/models.d.ts';
import { fault, type Pointer, type Problem } from '../problem.ts';
import { nearestWord } from '../words.ts';
import { type Change, changesBetween, type Plain } from './change.ts';

/** An entry and its place in the registry. */
export interface Entry {
  readonly model: Model;
  readonly index: number;
}

export type Operation = (entry: Entry) => Edited;

/** The changes, in words too; or why there are none. */
export interface Edited {
  readonly changes: readonly Change[];
  readonly problems: readonly Problem[];
  /** What is done, for people: `prod serves version 2, before 1`. */
  readonly words: readonly string[];
}

const FILE = 'models.yaml';

export function place({ index }: Entry, ...path: Pointer) {
  return { file: FILE, pointer: ['models', index, ...path] };
}

/** The entry of a name. */
export function findEntry(models: readonly Model[], name: string): Entry | Problem {
  const index = models.findIndex((model) => model.name === name);
  const model = models[index];
  if (model !== undefined) return { model, index };
  const names = models.map((one) => one.name);
  const near = nearestWord(name, names);
  const repair = near === undefined ? 'See "npm run model -- list"' : `Did you mean "${near}"?`;
  return fault('MODEL_UNKNOWN', { file: FILE }, `Cannot find the model "${name}"`, repair);
}

export interface Promotion {
  readonly from?: string | undefined;
  readonly to: string;
  readonly version?: string | undefined;
}

/** The version that one cluster serves, or a named one, for another cluster. */
export function promote({ from, to, version }: Promotion): Operation {
  return (entry) => {
    const source = from === undefined ? undefined : entry.model.serve?.[from];
    if (version === undefined && source === undefined) return refused(notServed(entry, from ?? to));
    const wanted = version ?? source?.version ?? '';
    const before = entry.model.serve?.[to];
    const tried = before?.canary;
    if (tried !== undefined && tried.version !== wanted) {
      const message = `Cannot promote version "${wanted}" to ${to}: it tries version "${tried.version}" as a canary`;
      const repair = `End that first: npm run model -- canary ${entry.model.name} --cluster ${to} --promote, or --abort`;
      return refused(fault('CANARY_RUNNING', place(entry, 'serve', to, 'canary'), message, repair));
    }
    return serveChanges(entry, to, settled({ ...before, version: wanted }), [served(to, wanted, before)]);
  };
}

export interface CanaryWish {
  readonly cluster: string;
  readonly version?: string | undefined;
  readonly weight?: number | undefined;
  readonly header?: { readonly name: string; readonly value: string } | undefined;
}

/** A share of the requests for a second version; what is not said stays as it is. */
export function startCanary({ cluster, version, weight, header }: CanaryWish): Operation {
  return (entry) =>
    onServed(entry, cluster, (before) => {
      const old = before.canary;
      const tried = version ?? old?.version;
      if (tried === undefined)
        return refused(nothingTried(entry, cluster, 'canary', 'Say which version with --version'));
      const share = weight ?? old?.weight ?? 10;
      const canary = { ...old, version: tried, weight: share, ...(header === undefined ? {} : { header }) };
      const words = `${cluster} gives ${share} % of the requests to version ${tried}, the others to ${before.version}`;
      return serveChanges(entry, cluster, { ...before, canary }, [words]);
    });
}

/** The canary becomes what is served. */
export function promoteCanary(cluster: string): Operation {
  return (entry) =>
    onServed(entry, cluster, (before) => {
      const version = before.canary?.version;
      if (version === undefined) return refused(nothingTried(entry, cluster, 'canary'));
      return serveChanges(entry, cluster, settled({ ...before, version }), [served(cluster, version, before)]);
    });
}

export function abortCanary(cluster: string): Operation {
  return (entry) =>
    onServed(entry, cluster, ({ canary, ...rest }) => {
      if (canary === undefined) return refused(nothingTried(entry, cluster, 'canary'));
      return serveChanges(entry, cluster, rest, [
        `${cluster} serves version ${rest.version} alone, no more ${canary.version}`,
      ]);
    });
}

/** Copies of requests for a second version, whose answers nobody sees. */
export function startMirror(cluster: string, version: string | undefined, percent: number | undefined): Operation {
  return (entry) =>
    onServed(entry, cluster, (before) => {
      const tried = version ?? before.mirror?.version;
      if (tried === undefined)
        return refused(nothingTried(entry, cluster, 'mirror', 'Say which version with --version'));
      const mirror = { ...before.mirror, version: tried, ...(percent === undefined ? {} : { percent }) };
      const share = mirror.percent === undefined ? 'every request' : `${mirror.percent} % of the requests`;
      return serveChanges(entry, cluster, { ...before, mirror }, [
        `${cluster} copies ${share} to version ${tried}; version ${before.version} answers`,
      ]);
    });
}

export function stopMirror(cluster: string): Operation {
  return (entry) =>
    onServed(entry, cluster, ({ mirror, ...rest }) => {
      if (mirror === undefined) return refused(nothingTried(entry, cluster, 'mirror'));
      return serveChanges(entry, cluster, rest, [`${cluster} copies no more requests to version ${mirror.version}`]);
    });
}

/** An earlier version for every request: what was being tried ends with it. */
export function rollBack(cluster: string, version: string, since?: string): Operation {
  return (entry) =>
    onServed(entry, cluster, ({ canary, mirror, ...rest }) => {
      const ended = [canary, mirror].flatMap((one) => (one === undefined ? [] : [one.version]));
      const words = [
        `${served(cluster, version, rest)}${since === undefined ? '' : `; ${since}`}`,
        ...(ended.length === 0 ? [] : [`${cluster} tries version ${[...new Set(ended)].join(', ')} no more`]),
      ];
      return serveChanges(entry, cluster, { ...rest, version }, words);
    });
}

export function suspend(cluster: string, suspended: boolean): Operation {
  return (entry) =>
    onServed(entry, cluster, ({ suspended: before, ...rest }) => {
      const after = suspended ? { ...rest, suspended } : rest;
      const words = suspended ? `${cluster} runs no pods of it` : `${cluster} serves version ${rest.version} again`;
      return (before === true) === suspended ? unchanged() : serveChanges(entry, cluster, after, [words]);
    });
}

/** Some clusters serve the model no more; all of them when none is named. */
export function retire(clusters: readonly string[]): Operation {
  return (entry) => {
    const now = Object.keys(entry.model.serve ?? {});
    const gone = clusters.length === 0 ? now : clusters;
    const absent = gone.find((cluster) => !now.includes(cluster));
    if (absent !== undefined) return refused(notServed(entry, absent));
    if (gone.length === 0) return unchanged();
    const all = gone.length === now.length;
    const paths: Pointer[] = all ? [['serve']] : gone.map((cluster) => ['serve', cluster]);
    return {
      changes: paths.map((path): Change => ({ kind: 'remove', path })),
      problems: [],
      words: [`${gone.join(', ')}: served no more`, ...(all ? ['no cluster serves it'] : [])],
    };
  };
}

/** A canary or mirror that has become what is served is done. */
function settled(serve: Serve): Serve {
  const { canary, mirror, ...rest } = serve;
  return {
    ...rest,
    ...(canary === undefined || canary.version === serve.version ? {} : { canary }),
    ...(mirror === undefined || mirror.version === serve.version ? {} : { mirror }),
  };
}

function served(cluster: string, version: string, before: Serve | undefined): string {
  const was = before === undefined ? 'did not serve it before' : `before ${before.version}`;
  return `${cluster} serves version ${version}, ${was}`;
}

function onServed(entry: Entry, cluster: string, change: (before: Serve) => Edited): Edited {
  const before = entry.model.serve?.[cluster];
  return before === undefined ? refused(notServed(entry, cluster)) : change(before);
}

function serveChanges({ model }: Entry, cluster: string, after: Serve, words: readonly string[]): Edited {
  const before = model.serve?.[cluster] as Plain | undefined;
  const changes = changesBetween(before, after as unknown as Plain, ['serve', cluster]);
  return { changes, problems: [], words: changes.length === 0 ? [] : words };
}

function unchanged(): Edited {
  return { changes: [], problems: [], words: [] };
}

export function refused(problem: Problem): Edited {
  return { changes: [], problems: [problem], words: [] };
}

function notServed(entry: Entry, cluster: string): Problem {
  const now = Object.keys(entry.model.serve ?? {});
  const message = `Cannot change "${entry.model.name}" on ${cluster}: it is not served there`;
  const repair =
    now.length === 0 ? 'No cluster serves it; use promote with --version' : `It is served on ${now.join(', ')}`;
  return fault('MODEL_NOT_SERVED', place(entry, 'serve'), message, repair);
}

function nothingTried(entry: Entry, cluster: string, what: 'canary' | 'mirror', repair?: string): Problem {
  const message = `Cannot change the ${what} of "${entry.model.name}" on ${cluster}: there is none`;
  const start = `Start one: npm run model -- ${what} ${entry.model.name} --cluster ${cluster} --version <version>`;
  return fault('CANARY_MISSING', place(entry, 'serve', cluster), message, repair ?? start);
}
