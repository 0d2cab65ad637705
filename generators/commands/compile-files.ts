/** The files of people that a compilation reads. What was parsed before, with the same text, is not parsed again. */
import { certificateFile, sealedFolder } from '../kube/sealed-secret.ts';
import type { Tree } from '../outside/tree.ts';
import { type EntryMemo, parseRegistry, parseSource, type Source } from '../parse/source.ts';
import type { Problem } from '../problem.ts';
import type { SealedFile } from '../resolve/platform.ts';

export const REGISTRY = 'models.yaml';

export interface ReadFile {
  readonly text: string;
  readonly source: Source | undefined;
  readonly problems: readonly Problem[];
}

export interface SealedFiles {
  readonly problems: readonly Problem[];
  readonly sources: readonly Source[];
  readonly files: readonly SealedFile[];
  readonly certificate: { readonly file: string; readonly pem: string } | undefined;
}

export interface Reader {
  registry(): Promise<ReadFile>;
  /** `clusters/<name>/cluster.yaml`. */
  cluster(name: string): Promise<ReadFile>;
  /** `clusters/<name>/sealed/`. */
  sealed(name: string): Promise<SealedFiles>;
}

export function createReader(tree: Tree): Reader {
  const entries: EntryMemo = {};
  const parsed = new Map<string, ReadFile>();
  const parse = (file: string, text: string | undefined): ReadFile => {
    const known = parsed.get(file);
    if (known !== undefined && known.text === text) return known;
    const isRegistry = file === REGISTRY;
    const { value: source, problems } = isRegistry ? parseRegistry(file, text, entries) : parseSource(file, text);
    const fresh = { text: text ?? '', source, problems };
    if (text !== undefined && source !== undefined) parsed.set(file, fresh);
    return fresh;
  };
  const read = async (file: string) => parse(file, await tree.text(file));
  return {
    registry: () => read(REGISTRY),
    cluster: (name) => read(`clusters/${name}/cluster.yaml`),
    sealed: (name) => readSealed(tree, name, parse),
  };
}

async function readSealed(
  tree: Tree,
  cluster: string,
  parse: (file: string, text: string) => ReadFile,
): Promise<SealedFiles> {
  const folder = await tree.sealed(sealedFolder(cluster));
  const read = [...folder.files].map(([name, text]) => parse(`${sealedFolder(cluster)}/${name}`, text));
  const sources = read.flatMap(({ source }) => source ?? []);
  const sound = read.filter(({ problems }) => problems.length === 0).flatMap(({ source }) => source ?? []);
  const pem = folder.certificate;
  return {
    problems: read.flatMap(({ problems }) => problems),
    sources,
    files: sound.map(({ file, value }) => ({ file, value })),
    certificate: pem === undefined ? undefined : { file: certificateFile(cluster), pem },
  };
}
