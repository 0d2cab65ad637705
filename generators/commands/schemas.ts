/** `npm run schemas`: released files → `schemas/kubernetes`; these and our own schemas → `schemas/types`. */
import { basename, join } from 'node:path';
import { readText, type Written, writeFileSet } from '../outside/files.ts';
import { fault, type Problem } from '../problem.ts';
import { deriveSchemas, type ReleasedFile } from '../schemas/derive.ts';
import { crdSources, kubernetesSources, type Source, typedSchemas } from '../schemas/sources.ts';
import { printTypes } from '../schemas/types.ts';

export interface SchemasOptions {
  readonly root: string;
  /** Folders of releases, each in a folder `<repository>-<version>`, or releases themselves. */
  readonly crds?: readonly string[] | undefined;
  /** Folder of the Kubernetes release, which holds `api/openapi-spec/v3`. */
  readonly kubernetes?: string | undefined;
}

export interface SchemasResult {
  readonly problems: readonly Problem[];
  readonly summary: string;
}

const vendored = 'schemas/kubernetes';
const types = 'schemas/types';

/** With neither folder, the vendored schemas stay as they are and only the types are made again. */
export async function schemas(options: SchemasOptions): Promise<SchemasResult> {
  const problems: Problem[] = [];
  const counts: string[] = [];
  if (options.crds !== undefined || options.kubernetes !== undefined) {
    const crds = await readReleased(crdSources, '--crds', options.crds ?? [], problems);
    const kubernetes = options.kubernetes === undefined ? [] : [options.kubernetes];
    const documents = await readReleased(kubernetesSources, '--kubernetes', kubernetes, problems);
    if (problems.length > 0) return { problems, summary: 'nothing written' };
    counts.push(await writeFolder(options.root, vendored, deriveSchemas(crds, documents)));
  }
  const files = await makeTypes(options.root, problems);
  if (problems.length === 0) counts.push(await writeFolder(options.root, types, files));
  return { problems, summary: counts.join('; ') };
}

/** Reads the files of the sources from the folders that the option `name` gives; the first that has a file decides. */
async function readReleased(
  sources: readonly Source[],
  name: string,
  folders: readonly string[],
  problems: Problem[],
): Promise<ReleasedFile[]> {
  const [folder] = folders;
  if (folder === undefined) {
    const releases = [...new Set(sources.map(releaseOf))].join(', ');
    problems.push(
      fault(
        'FILE_MISSING',
        { file: name },
        `Cannot derive schemas without ${name}`,
        `Name the folder with ${releases}`,
      ),
    );
    return [];
  }
  const released = await Promise.all(
    sources.map(async (source) => ({ source, text: await readFirst(folders.flatMap((one) => placesOf(one, source))) })),
  );
  return released.flatMap(({ source, text }) => {
    if (text !== undefined) return [{ source, text }];
    problems.push(missing(folder, source));
    return [];
  });
}

/** A whole release in its folder, or its CRDs alone; the folder itself may be the release. */
function placesOf(folder: string, source: Source): string[] {
  const release = join(folder, releaseOf(source));
  return [join(release, source.path), join(release, 'crds', basename(source.path)), join(folder, source.path)];
}

function releaseOf({ project, version }: Source): string {
  return `${basename(project)}-${version}`;
}

async function readFirst(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const text = await readText(path);
    if (text !== undefined) return text;
  }
  return undefined;
}

function missing(folder: string, source: Source): Problem {
  const file = join(folder, releaseOf(source), source.path);
  const message = `Cannot find ${source.kinds.join(', ')}: there is no "${source.path}" of ${source.project} ${source.version}`;
  return fault('FILE_MISSING', { file }, message, `Put the release into "${join(folder, releaseOf(source))}"`);
}

async function makeTypes(root: string, problems: Problem[]): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const typed of typedSchemas) {
    const file = `schemas/${typed.schema}`;
    const text = await readText(join(root, file));
    if (text !== undefined) files.set(typed.file, printTypes(text, typed));
    else {
      const repair = 'Restore it, or derive it with "npm run schemas -- --crds … --kubernetes …"';
      problems.push(
        fault('FILE_MISSING', { file }, `Cannot make the types of ${typed.name} without "${file}"`, repair),
      );
    }
  }
  return files;
}

/** Makes `folder` hold exactly `files`, and says how many changed. */
async function writeFolder(root: string, folder: string, files: ReadonlyMap<string, string>): Promise<string> {
  const placed = new Map([...files].map(([file, text]) => [`${folder}/${file}`, text]));
  const { written, removed, unchanged }: Written = await writeFileSet(root, [folder], placed);
  return `${folder}: ${written} written, ${removed} removed, ${unchanged} unchanged`;
}
