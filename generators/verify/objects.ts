/** The made objects against each other: identity, projects and references (tier T4). */
import { groupOf, type KubeObject, keyOf } from '../kube/object.ts';
import { fault, type Problem } from '../problem.ts';
import type { PlacedObject } from '../render/render.ts';
import type { Change } from './changes.ts';

/** Kinds without a namespace among those that the plan makes. */
const CLUSTER_SCOPED = new Set(['Namespace', 'ClusterServingRuntime', 'ClusterIssuer', 'GatewayClass']);

interface ApplicationLike extends KubeObject {
  readonly spec: {
    readonly project: string;
    readonly source: { readonly repoURL: string; readonly path?: string };
    readonly destination: { readonly server: string; readonly namespace: string };
  };
}

interface ProjectLike extends KubeObject {
  readonly spec: {
    readonly sourceRepos?: readonly string[];
    readonly destinations?: readonly { readonly server: string; readonly namespace: string }[];
    readonly clusterResourceWhitelist?: readonly Allowed[];
    readonly namespaceResourceWhitelist?: readonly Allowed[];
  };
}

interface Allowed {
  readonly group: string;
  readonly kind: string;
}

/** Checks the objects of one cluster together. */
export function checkObjects(placed: readonly PlacedObject[]): Problem[] {
  return [checkTaken(placed), checkProjects(placed), checkReferences(placed)].flat();
}

/**
 * True when a change leaves alone all that `checkObjects` looks at, so that what passed still does: the identity of any
 * object, the whole of an Application or AppProject, and the account of an InferenceService.
 */
export function keepsReferences({ before, now }: Change): boolean {
  const { kind } = now.object;
  return (
    keyOf(before.object) === keyOf(now.object) &&
    kind !== 'Application' &&
    kind !== 'AppProject' &&
    (kind !== 'InferenceService' || predictorAccount(before.object) === predictorAccount(now.object))
  );
}

/** Two objects with one identity. */
export function checkTaken(placed: readonly PlacedObject[]): Problem[] {
  const first = new Map<string, string>();
  const problems: Problem[] = [];
  for (const { file, object } of placed) {
    const key = keyOf(object);
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, file);
      continue;
    }
    const message = `Cannot make ${nameOf(object)} twice: it is also in "${other}"`;
    problems.push(fault('OBJECT_TAKEN', { file }, message, 'Rename the model, team or host that leads to one of them'));
  }
  return problems;
}

/** What Argo CD would refuse: a source, a destination or a kind outside the Application's AppProject. */
function checkProjects(placed: readonly PlacedObject[]): Problem[] {
  const projects = new Map<string, ProjectLike>();
  const applications: { file: string; object: ApplicationLike }[] = [];
  const byFolder = new Map<string, PlacedObject[]>();
  let folder = '';
  let list: PlacedObject[] = [];
  for (const one of placed) {
    if (one.object.kind === 'AppProject') projects.set(one.object.metadata.name, one.object as ProjectLike);
    if (one.object.kind === 'Application') applications.push({ file: one.file, object: one.object as ApplicationLike });
    // Files of a folder come one after another.
    if (!inFolder(one.file, folder)) {
      folder = one.file.slice(0, one.file.lastIndexOf('/'));
      list = byFolder.get(folder) ?? [];
      byFolder.set(folder, list);
    }
    list.push(one);
  }
  return applications.flatMap(({ file, object }) => {
    const project = projects.get(object.spec.project);
    if (project === undefined) {
      const message = `Cannot sync ${nameOf(object)}: there is no AppProject "${object.spec.project}"`;
      return [fault('PROJECT_FORBIDS', { file, pointer: ['spec', 'project'] }, message, 'Add the project')];
    }
    return [
      ...checkApplication(file, object, project),
      ...(byFolder.get(object.spec.source.path ?? '') ?? []).flatMap((one) => checkKind(one, project, object)),
    ];
  });
}

function inFolder(file: string, folder: string): boolean {
  return file.lastIndexOf('/') === folder.length && file.startsWith(folder);
}

function checkApplication(file: string, application: ApplicationLike, project: ProjectLike): Problem[] {
  const { source, destination } = application.spec;
  const problems: Problem[] = [];
  const refuse = (pointer: string[], message: string) =>
    problems.push(
      fault('PROJECT_FORBIDS', { file, pointer }, message, `Allow it in AppProject "${project.metadata.name}"`),
    );
  if (!(project.spec.sourceRepos ?? []).includes(source.repoURL)) {
    refuse(['spec', 'source', 'repoURL'], `Cannot sync ${nameOf(application)} from "${source.repoURL}"`);
  }
  const reachable = (project.spec.destinations ?? []).some(
    ({ server, namespace }) => server === destination.server && namespace === destination.namespace,
  );
  if (!reachable) {
    refuse(['spec', 'destination'], `Cannot sync ${nameOf(application)} to namespace "${destination.namespace}"`);
  }
  return problems;
}

function checkKind({ file, object }: PlacedObject, project: ProjectLike, application: KubeObject): Problem[] {
  const clusterScoped = CLUSTER_SCOPED.has(object.kind);
  const list = clusterScoped ? project.spec.clusterResourceWhitelist : project.spec.namespaceResourceWhitelist;
  const group = groupOf(object);
  const allowed = (list ?? []).some(
    (one) => (one.group === '*' || one.group === group) && (one.kind === '*' || one.kind === object.kind),
  );
  if (allowed) return [];
  const message = `Cannot sync ${nameOf(object)} with ${nameOf(application)}: its AppProject forbids the kind`;
  return [fault('PROJECT_FORBIDS', { file }, message, `Allow it in AppProject "${project.metadata.name}"`)];
}

/** What an InferenceService names must be made too. (That Secrets are sealed is tier T9.) */
function checkReferences(placed: readonly PlacedObject[]): Problem[] {
  const place = ({ metadata }: KubeObject, name: string) => `${metadata.namespace ?? ''}/${name}`;
  const accounts = new Set<string>();
  for (const { object } of placed) {
    if (object.kind === 'ServiceAccount') accounts.add(place(object, object.metadata.name));
  }
  const problems: Problem[] = [];
  for (const { file, object } of placed) {
    const account = object.kind === 'InferenceService' ? predictorAccount(object) : undefined;
    if (account === undefined || accounts.has(place(object, account))) continue;
    const message = `Cannot resolve ServiceAccount "${account}" of ${nameOf(object)}: nothing makes it`;
    const pointer = ['spec', 'predictor', 'serviceAccountName'];
    problems.push(fault('REFERENCE_MISSING', { file, pointer }, message, 'Add it, or correct the reference'));
  }
  return problems;
}

function predictorAccount(object: KubeObject): string | undefined {
  const { spec } = object as KubeObject & { spec?: { predictor?: { serviceAccountName?: string } } };
  return spec?.predictor?.serviceAccountName;
}

function nameOf(object: KubeObject): string {
  const { name, namespace } = object.metadata;
  return `${object.kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
