/** Plan → FileSet: which text stands in which file. It cannot fail. */
import type { KubeObject } from '../kube/object.ts';
import type { App, Document, Plan } from '../plan/app.ts';
import { printYaml } from './yaml.ts';

/** Path below the project's root → text. */
export type FileSet = ReadonlyMap<string, string>;

/** One object and the file that holds it; what `verify` works on. */
export interface PlacedObject {
  readonly file: string;
  readonly object: KubeObject;
}

/** A file and the objects in it. What has not changed since an earlier rendering is the very same. */
export interface RenderedFile {
  readonly path: string;
  readonly text: string;
  readonly placed: readonly PlacedObject[];
}

/** `files` and `objects` are put together when they are asked for: a run that changes little needs neither. */
export interface Rendered {
  readonly parts: readonly RenderedFile[];
  readonly files: FileSet;
  readonly objects: readonly PlacedObject[];
}

/** Folders of a cluster that hold nothing but made files. */
export function madeFolders(cluster: string): string[] {
  return [`apps/${cluster}`, `clusters/${cluster}/argocd`, `clusters/${cluster}/aws`];
}

const done = new WeakMap<App, { readonly cluster: string; readonly rendered: readonly RenderedFile[] }>();

export function render(plan: Plan): Rendered {
  const parts: RenderedFile[] = [];
  for (const app of plan.apps) for (const file of renderApp(app, plan.cluster)) parts.push(file);
  const argocd = `clusters/${plan.cluster}/argocd`;
  for (const [name, list] of plan.argocd) {
    const only = list.length === 1 ? list[0] : undefined;
    if (only === undefined) parts.push(renderObjects(`${argocd}/${name}`, list, plan.cluster));
    else parts.push(renderObject(argocd, name, only, plan.cluster));
  }
  for (const document of plan.documents) parts.push(renderDocument(document, plan.cluster));
  return renderedOf(parts);
}

function renderedOf(parts: readonly RenderedFile[]): Rendered {
  let files: FileSet | undefined;
  let objects: readonly PlacedObject[] | undefined;
  return {
    parts,
    get files() {
      files ??= fileSet(parts);
      return files;
    },
    get objects() {
      objects ??= parts.flatMap(({ placed }) => placed);
      return objects;
    },
  };
}

/** The texts by their paths. */
export function fileSet(parts: readonly RenderedFile[]): FileSet {
  const files = new Map<string, string>();
  for (const { path, text } of parts) files.set(path, text);
  return files;
}

const single = new WeakMap<
  KubeObject,
  { readonly folder: string; readonly name: string; readonly file: RenderedFile }
>();

/** A file of one object; the same object at the same place gives the very same text again. */
function renderObject(folder: string, name: string, object: KubeObject, cluster: string): RenderedFile {
  const known = single.get(object);
  if (known?.name === name && known.folder === folder) return known.file;
  const file = renderObjects(`${folder}/${name}`, [object], cluster);
  single.set(object, { folder, name, file });
  return file;
}

function renderApp(app: App, cluster: string): readonly RenderedFile[] {
  if (app.source.kind !== 'folder') return [];
  const known = done.get(app);
  if (known?.cluster === cluster) return known.rendered;
  const { objects, subject } = app.source;
  const folder = `apps/${cluster}/${app.name}`;
  const counts = new Map<string, number>();
  for (const { kind } of objects) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const rendered = objects.map((object) => {
    const kind = object.kind.toLowerCase();
    const { name: own } = object.metadata;
    const name = counts.get(object.kind) === 1 || own === subject ? kind : `${kind}-${own}`;
    return renderObject(folder, `${name}.yaml`, object, cluster);
  });
  done.set(app, { cluster, rendered });
  return rendered;
}

function renderObjects(path: string, objects: readonly KubeObject[], cluster: string): RenderedFile {
  const text = `${banner(cluster)}${objects.map(printYaml).join('---\n')}`;
  return { path, text, placed: objects.map((object) => ({ file: path, object })) };
}

/** Says what to edit and which command to run; neither date nor version, which would change without a reason. */
function banner(cluster: string): string {
  return `# Made from models.yaml and clusters/${cluster}/cluster.yaml by "npm run generate". Edit those, not this.\n`;
}

/** JSON cannot hold a banner; the README beside it does. */
function renderDocument(document: Document, cluster: string): RenderedFile {
  const path = `clusters/${cluster}/${document.path}`;
  const text =
    typeof document.value === 'string'
      ? `<!-- Made from clusters/${cluster}/cluster.yaml by "npm run generate". Edit that, not this. -->\n\n${document.value}`
      : `${JSON.stringify(document.value, undefined, 2)}\n`;
  return { path, text, placed: [] };
}
