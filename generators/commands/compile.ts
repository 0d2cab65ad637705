/** Wires the stages: files → problems and the text of every made file. The rules live in the stages, none here. */
import type { Cluster } from '../../schemas/types/cluster.d.ts';
import type { Registry } from '../../schemas/types/models.d.ts';
import { diskTree, type Tree } from '../outside/tree.ts';
import type { Source } from '../parse/source.ts';
import { plan } from '../plan/plan.ts';
import { allow, type Problem } from '../problem.ts';
import { type FileSet, fileSet, madeFolders, type RenderedFile, render } from '../render/render.ts';
import type { Platform } from '../resolve/platform.ts';
import { checkRegistry, resolve, siteOf } from '../resolve/resolve.ts';
import { validateCluster, validateRegistry } from '../validate/files.ts';
import { findCredentials } from '../verify/plaintext.ts';
import { checkSealed } from '../verify/sealed.ts';
import { createManifestChecker, type ManifestChecker } from './compile-check.ts';
import { createReader, REGISTRY, type Reader } from './compile-files.ts';

export interface CompileOptions {
  /** Only these clusters; all when absent. */
  readonly clusters?: readonly string[] | undefined;
  readonly now: Date;
  /**
   * A Secret that has not been sealed yet: an error for `verify`, a warning for `generate`, since a new cluster must get
   * its Sealed Secrets controller before anything can be sealed for it.
   */
  readonly unsealed?: 'error' | 'warning' | undefined;
  /** Stop at the platforms: for whoever asks what is served, not with which manifests. */
  readonly platformsOnly?: boolean | undefined;
  /** Called as work goes on, with what is being done; for people who wait. */
  readonly progress?: ((step: string) => void) | undefined;
}

export interface Compiled {
  readonly problems: readonly Problem[];
  /** Clusters that were compiled. */
  readonly clusters: readonly string[];
  /** Every made file, by path below the root. Complete only when no problem is an error. */
  readonly files: FileSet;
  /** The same one by one, for whoever wants to know what has changed since an earlier result (`changedFiles`). */
  readonly parts: readonly RenderedFile[];
  /** Folders that hold these files and nothing else. */
  readonly folders: readonly string[];
  readonly objects: number;
  readonly registry?: Registry;
  readonly platforms: readonly Platform[];
  /** Rules of CRDs that compare with the object before: T2 cannot run them. */
  readonly skippedRules: ReadonlySet<string>;
  /** Files of people, for positions. */
  readonly sources: ReadonlyMap<string, Source>;
}

export interface Compiler {
  compile(options: CompileOptions): Promise<Compiled>;
}

interface ClusterInput {
  readonly name: string;
  readonly file: string;
  readonly value: Cluster;
}

/** What one run has found so far. */
class Findings {
  readonly problems: Problem[] = [];
  readonly sources = new Map<string, Source>();

  /** Not by `push(...)`: a fault in each of many entries would overflow the stack. */
  note(found: readonly Problem[]): void {
    for (const problem of found) this.problems.push(problem);
  }

  keep(source: Source | undefined): void {
    if (source !== undefined) this.sources.set(source.file, source);
  }
}

/**
 * A compiler for one project: its folder, or the files of a commit. It remembers what it parsed, so a second run does
 * only what has changed.
 */
export function createCompiler(project: string | Tree): Compiler {
  const tree = typeof project === 'string' ? diskTree(project) : project;
  const reader = createReader(tree);
  const check = createManifestChecker();
  return {
    async compile(options) {
      const step = options.progress ?? (() => undefined);
      const findings = new Findings();
      step('reading models.yaml');
      const names = (await tree.folders('clusters')).filter((name) => name !== 'node_modules');
      const selected = names.filter((name) => options.clusters?.includes(name) ?? true);
      const source = await readRegistry(reader, findings);
      const inputs = await readClusters(reader, selected, findings);
      step('checking the registry');
      const registry = registryOf(source, names, findings);
      const platforms: Platform[] = [];
      let parts: readonly RenderedFile[] = [];
      for (const input of registry === undefined ? [] : inputs) {
        step(`making and checking the manifests of ${input.name}`);
        const platform = registry && (await resolveCluster(reader, registry, input, options, findings));
        if (platform === undefined) continue;
        platforms.push(platform);
        if (options.platformsOnly === true || !allow(findings.problems)) continue;
        const made = makeManifests(platform, check, options.now, findings);
        parts = parts.length === 0 ? made : [...parts, ...made];
      }
      return compiled(findings, selected, registry, platforms, parts, check.skippedRules);
    },
  };
}

async function readRegistry(reader: Reader, findings: Findings): Promise<Source | undefined> {
  const { source, text, problems } = await reader.registry();
  findings.keep(source);
  findings.note([...problems, ...findCredentials(REGISTRY, text)]);
  return problems.length === 0 ? source : undefined;
}

async function readClusters(reader: Reader, names: readonly string[], findings: Findings): Promise<ClusterInput[]> {
  const inputs: ClusterInput[] = [];
  for (const name of names) {
    const { text, source, problems } = await reader.cluster(name);
    const file = `clusters/${name}/cluster.yaml`;
    findings.keep(source);
    findings.note([...problems, ...findCredentials(file, text)]);
    if (source === undefined || problems.length > 0) continue;
    const checked = validateCluster(source);
    findings.note(checked.problems);
    if (checked.value !== undefined) inputs.push({ name, file, value: checked.value });
  }
  return inputs;
}

function registryOf(source: Source | undefined, names: readonly string[], findings: Findings): Registry | undefined {
  if (source === undefined) return undefined;
  const registry = validateRegistry(source);
  findings.note(registry.problems);
  if (registry.value !== undefined) findings.note(checkRegistry(REGISTRY, registry.value, names));
  return registry.value;
}

async function resolveCluster(
  reader: Reader,
  registry: Registry,
  input: ClusterInput,
  options: CompileOptions,
  findings: Findings,
): Promise<Platform | undefined> {
  const sealed = await reader.sealed(input.name);
  for (const source of sealed.sources) findings.keep(source);
  findings.note(sealed.problems);
  const resolved = resolve({
    files: { registry: REGISTRY, cluster: input.file },
    registry,
    site: siteOf(input.name, input.file, input.value),
    sealed: sealed.files,
  });
  findings.note(resolved.problems);
  if (resolved.value === undefined) return undefined;
  const problems = checkSealed({
    cluster: input.name,
    ...(sealed.certificate === undefined ? {} : { certificate: sealed.certificate }),
    secrets: sealed.files,
    needs: resolved.value.secrets,
    now: options.now,
  });
  findings.note(judgeSealed(options.unsealed, problems));
  return resolved.value;
}

function makeManifests(
  platform: Platform,
  check: ManifestChecker,
  now: Date,
  findings: Findings,
): readonly RenderedFile[] {
  const rendered = render(plan(platform));
  findings.note(check(platform, rendered, now));
  return rendered.parts;
}

function compiled(
  { problems, sources }: Findings,
  clusters: readonly string[],
  registry: Registry | undefined,
  platforms: readonly Platform[],
  parts: readonly RenderedFile[],
  skippedRules: ReadonlySet<string>,
): Compiled {
  let files: FileSet | undefined;
  return {
    ...{ problems, sources, clusters, platforms, parts, skippedRules },
    // Built when asked for: a run that only wants to know what has changed does not need it.
    get files() {
      files ??= fileSet(parts);
      return files;
    },
    folders: clusters.flatMap(madeFolders),
    objects: parts.reduce((sum, { placed }) => sum + placed.length, 0),
    ...(registry === undefined ? {} : { registry }),
  };
}

function judgeSealed(unsealed: CompileOptions['unsealed'], problems: readonly Problem[]): readonly Problem[] {
  if (unsealed !== 'warning') return problems;
  return problems.map((problem) =>
    problem.code === 'SECRET_MISSING' || problem.code === 'CERTIFICATE_MISSING'
      ? { ...problem, severity: 'warning' }
      : problem,
  );
}
