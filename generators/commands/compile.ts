/** Wires the stages: files → problems and the text of every made file. The rules live in the stages, none here. */
import { join } from 'node:path';
import type { Cluster } from '../../schemas/types/cluster.d.ts';
import type { Registry } from '../../schemas/types/models.d.ts';
import { certificateFile, sealedFolder } from '../kube/sealed-secret.ts';
import { listFolders, readText } from '../outside/files.ts';
import { schemaStore } from '../outside/schema-store.ts';
import { readSealedFolder } from '../outside/sealed-folder.ts';
import { type EntryMemo, parseRegistry, parseSource, type Source } from '../parse/source.ts';
import { plan } from '../plan/plan.ts';
import { allow, type Problem } from '../problem.ts';
import { type FileSet, fileSet, madeFolders, type Rendered, type RenderedFile, render } from '../render/render.ts';
import type { Platform, SealedFile } from '../resolve/platform.ts';
import { checkRegistry, resolve, siteOf } from '../resolve/resolve.ts';
import { validateCluster, validateRegistry } from '../validate/files.ts';
import { changesOf, newObjects } from '../verify/changes.ts';
import { checkObjects, keepsReferences } from '../verify/objects.ts';
import { findCredentials } from '../verify/plaintext.ts';
import { createSchemaChecker } from '../verify/schemas.ts';
import { checkSealed } from '../verify/sealed.ts';

export const REGISTRY = 'models.yaml';

export interface CompileOptions {
  /** Only these clusters; all when absent. */
  readonly clusters?: readonly string[] | undefined;
  readonly now: Date;
  /**
   * A Secret that has not been sealed yet: an error for `verify`, a warning for `generate`, since a new cluster must get
   * its Sealed Secrets controller before anything can be sealed for it.
   */
  readonly unsealed?: 'error' | 'warning' | undefined;
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
  /** Files of people, for positions. */
  readonly sources: ReadonlyMap<string, Source>;
}

export interface Compiler {
  compile(options: CompileOptions): Promise<Compiled>;
}

interface Parsed {
  readonly text: string;
  readonly source: Source | undefined;
  readonly problems: readonly Problem[];
}

interface ClusterInput {
  readonly name: string;
  readonly file: string;
  readonly value: Cluster;
}

/** A compiler for one project folder. It remembers what it parsed, so a second run does only what has changed. */
export function createCompiler(root: string): Compiler {
  const entries: EntryMemo = {};
  const parsed = new Map<string, Parsed>();
  const checkSchema = createSchemaChecker(schemaStore());
  const checked = new Map<string, Rendered>();

  const read = async (file: string, registry = false) => parse(file, await readText(join(root, file)), registry);

  const parse = (file: string, text: string | undefined, registry = false): Parsed => {
    const known = parsed.get(file);
    if (known !== undefined && known.text === text) return known;
    const { value: source, problems } = registry ? parseRegistry(file, text, entries) : parseSource(file, text);
    if (text === undefined || source === undefined) return { text: text ?? '', source, problems };
    const fresh = { text, source, problems };
    parsed.set(file, fresh);
    return fresh;
  };

  /** Checks what differs from the last manifests of the cluster that were without fault; all of them at first. */
  const check = (cluster: string, rendered: Rendered): Problem[] => {
    const before = checked.get(cluster);
    const changes = before === undefined ? undefined : changesOf(before, rendered);
    const problems: Problem[] = [];
    for (const { object, file } of changes?.map(({ now }) => now) ?? newObjects(before, rendered)) {
      for (const problem of checkSchema(object, file)) problems.push(problem);
    }
    if (changes === undefined || !changes.every(keepsReferences)) {
      for (const problem of checkObjects(rendered.objects)) problems.push(problem);
    }
    if (problems.length === 0) checked.set(cluster, rendered);
    return problems;
  };

  return {
    async compile(options) {
      const step = options.progress ?? (() => undefined);
      const problems: Problem[] = [];
      // Not by `push(...)`: a fault in each of many entries would overflow the stack.
      const note = (found: readonly Problem[]) => {
        for (const problem of found) problems.push(problem);
      };
      const sources = new Map<string, Source>();
      const keep = (source: Source | undefined) => {
        if (source !== undefined) sources.set(source.file, source);
      };

      step('reading models.yaml');
      const registrySource = await read(REGISTRY, true);
      keep(registrySource.source);
      note([...registrySource.problems, ...findCredentials(REGISTRY, registrySource.text)]);
      const names = (await listFolders(join(root, 'clusters'))).filter((name) => name !== 'node_modules');
      const selected = names.filter((name) => options.clusters?.includes(name) ?? true);
      const inputs: ClusterInput[] = [];
      for (const name of selected) {
        const file = `clusters/${name}/cluster.yaml`;
        const { text, source, problems: faults } = await read(file);
        keep(source);
        note([...faults, ...findCredentials(file, text)]);
        if (source === undefined || faults.length > 0) continue;
        const checked = validateCluster(source);
        note(checked.problems);
        if (checked.value !== undefined) inputs.push({ name, file, value: checked.value });
      }

      step('checking the registry');
      const usable = registrySource.source !== undefined && registrySource.problems.length === 0;
      const registry = usable && registrySource.source ? validateRegistry(registrySource.source) : { problems: [] };
      note(registry.problems);
      if (registry.value !== undefined) note(checkRegistry(REGISTRY, registry.value, names));

      let parts: readonly RenderedFile[] = [];
      const platforms: Platform[] = [];
      for (const input of inputs) {
        if (registry.value === undefined) break;
        step(`making the manifests of ${input.name}`);
        const sealed = await readSealed(root, input.name, parse);
        for (const source of sealed.sources) keep(source);
        note(sealed.problems);
        const resolved = resolve({
          files: { registry: REGISTRY, cluster: input.file },
          registry: registry.value,
          site: siteOf(input.name, input.file, input.value),
          sealed: sealed.files,
        });
        note(resolved.problems);
        if (resolved.value === undefined) continue;
        platforms.push(resolved.value);
        note(
          judgeSealed(
            options.unsealed,
            checkSealed({
              cluster: input.name,
              ...(sealed.certificate === undefined ? {} : { certificate: sealed.certificate }),
              secrets: sealed.files,
              needs: resolved.value.secrets,
              now: options.now,
            }),
          ),
        );
        if (!allow(problems)) continue;
        const rendered = render(plan(resolved.value));
        step(`checking the manifests of ${input.name}`);
        note(check(input.name, rendered));
        parts = parts.length === 0 ? rendered.parts : [...parts, ...rendered.parts];
      }
      const objects = parts.reduce((sum, { placed }) => sum + placed.length, 0);
      let files: FileSet | undefined;
      const folders = selected.flatMap(madeFolders);
      return {
        problems,
        clusters: selected,
        get files() {
          files ??= fileSet(parts);
          return files;
        },
        parts,
        folders,
        objects,
        platforms,
        sources,
        ...(registry.value === undefined ? {} : { registry: registry.value }),
      };
    },
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

async function readSealed(root: string, cluster: string, parse: (file: string, text: string) => Parsed) {
  const folder = await readSealedFolder(join(root, sealedFolder(cluster)));
  const problems: Problem[] = [];
  const sources: Source[] = [];
  const files: SealedFile[] = [];
  for (const [name, text] of folder.files) {
    const { source, problems: faults } = parse(`${sealedFolder(cluster)}/${name}`, text);
    problems.push(...faults);
    if (source === undefined) continue;
    sources.push(source);
    if (faults.length === 0) files.push({ file: source.file, value: source.value });
  }
  const certificate =
    folder.certificate === undefined ? undefined : { file: certificateFile(cluster), pem: folder.certificate };
  return { problems, sources, files, certificate };
}
