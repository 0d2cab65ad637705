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

export interface Rendered {
  readonly files: FileSet;
  readonly objects: readonly PlacedObject[];
}

/** Folders of a cluster that hold nothing but made files. */
export function madeFolders(cluster: string): string[] {
  return [`apps/${cluster}`, `clusters/${cluster}/argocd`, `clusters/${cluster}/aws`];
}

const done = new WeakMap<App, { readonly cluster: string; readonly rendered: readonly RenderedFile[] }>();

interface RenderedFile {
  readonly placed: readonly PlacedObject[];
  readonly path: string;
  readonly text: string;
}

export function render(plan: Plan): Rendered {
  const files = new Map<string, string>();
  const objects: PlacedObject[] = [];
  const add = (file: RenderedFile) => {
    files.set(file.path, file.text);
    for (const placed of file.placed) objects.push(placed);
  };
  for (const app of plan.apps) for (const file of renderApp(app, plan.cluster)) add(file);
  for (const [name, list] of plan.argocd)
    add(renderArgocd(`clusters/${plan.cluster}/argocd/${name}`, list, plan.cluster));
  for (const document of plan.documents) add(renderDocument(document, plan.cluster));
  return { files, objects };
}

const argocdFiles = new WeakMap<KubeObject, RenderedFile>();

function renderArgocd(path: string, list: readonly KubeObject[], cluster: string): RenderedFile {
  const only = list.length === 1 ? list[0] : undefined;
  const known = only === undefined ? undefined : argocdFiles.get(only);
  if (known?.path === path) return known;
  const file = renderObjects(path, list, cluster);
  if (only !== undefined) argocdFiles.set(only, file);
  return file;
}

function renderApp(app: App, cluster: string): readonly RenderedFile[] {
  if (app.source.kind !== 'folder') return [];
  const known = done.get(app);
  if (known?.cluster === cluster) return known.rendered;
  const { objects } = app.source;
  const rendered = objects.map((object) => {
    const alone = objects.filter((other) => other.kind === object.kind).length === 1;
    const kind = object.kind.toLowerCase();
    const name = alone ? kind : `${kind}-${object.metadata.name}`;
    return renderObjects(`apps/${cluster}/${app.name}/${name}.yaml`, [object], cluster);
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
