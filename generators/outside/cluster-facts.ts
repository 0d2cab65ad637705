/** Reads from a cluster what the rules of `npm run doctor` ask for. It judges nothing. */
import type { Facts, GatewayFacts, Listener, Read, Settings, Webhook } from '../verify/doctor/facts.ts';
import type { ClusterApi } from './cluster.ts';

export interface FactsWanted {
  readonly groups: readonly string[];
  readonly apis: readonly string[];
  readonly gateway: { readonly namespace: string; readonly name: string; readonly className: string };
  readonly argocd: string;
  readonly kserve: string;
}

const GATEWAY_GROUP = 'gateway.networking.k8s.io';
/** The name that its chart, as we set it, and `kubeseal` agree on. */
const SEALING_SERVICE = 'sealed-secrets-controller';
/** What a person does to a new cluster by hand: `kubectl apply -f clusters/<cluster>/argocd/root.yaml`. */
const ROOT = ['appprojects', 'applications'].flatMap((resource) =>
  ['create', 'patch'].map((verb) => ({ verb, resource, group: 'argoproj.io' })),
);

/** Objects of the API, as far as they are looked at; whatever else a server sends is not believed to have a form. */
interface Item {
  readonly metadata?: { readonly name?: string; readonly namespace?: string; readonly annotations?: Settings };
  readonly spec?: Settings;
  readonly status?: { readonly conditions?: readonly Condition[] };
  readonly data?: Readonly<Record<string, string>>;
}

interface Condition {
  readonly type?: string;
  readonly status?: string;
  readonly message?: string;
}

/** Throws only where the server cannot be reached. */
export async function readFacts(api: ClusterApi, wanted: FactsWanted): Promise<Facts> {
  const unread: { what: string; reason: string }[] = [];
  const read = async <T>(what: string, path: string): Promise<Read<T>> => {
    const { status, body, message } = await api.get(path);
    if (status === 200) return body as T;
    if (status === 404) return 'absent';
    unread.push({ what, reason: message ?? `the server answers ${status}` });
    return 'unread';
  };
  const { gateway } = wanted;
  const gatewayPath = `/apis/${GATEWAY_GROUP}/v1/namespaces/${gateway.namespace}/gateways/${gateway.name}`;
  const crd = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gateways.${GATEWAY_GROUP}`;
  const className = `/apis/${GATEWAY_GROUP}/v1/gatewayclasses/${gateway.className}`;
  const storage = await read<{ items?: Item[] }>('the StorageClasses', '/apis/storage.k8s.io/v1/storageclasses');
  return {
    kubernetes: map(await read<{ gitVersion?: string }>('the version', '/version'), (one) => one.gitVersion ?? ''),
    groups: new Map(await each(wanted.groups, (group) => kindsOf(group, read))),
    gatewayApi: map(await read<Item>('the CRD of Gateway', crd), gatewayRelease),
    gatewayClass: map(await read<Item>(`the GatewayClass "${gateway.className}"`, className), accepted),
    gateway: map(await read<Item>(`the Gateway "${gateway.namespace}/${gateway.name}"`, gatewayPath), gatewayFacts),
    webhooks: await webhooks(read),
    argocd: await argocd(wanted.argocd, read),
    kserve: map(
      await read<Item>("KServe's settings", `/api/v1/namespaces/${wanted.kserve}/configmaps/inferenceservice-config`),
      ({ data }) => ({ ...json('deploy', data), ...json('ingress', data) }),
    ),
    sealing: await sealing(api, read),
    apis: new Map(await each(wanted.apis, (name) => available(name, read))),
    defaultStorage: map(storage, ({ items }) => (items ?? []).some(isDefault)),
    rights: await Promise.all(
      ROOT.map(async (right) => ({
        ...right,
        namespace: wanted.argocd,
        allowed: await api.may(right.verb, right.resource, right.group, wanted.argocd),
      })),
    ),
    unread,
  };
}

type Reader = <T>(what: string, path: string) => Promise<Read<T>>;

function map<T, U>(value: Read<T>, change: (value: T) => U): Read<U> {
  if (value === 'absent' || value === 'unread') return value as 'absent' | 'unread';
  return change(value as T);
}

async function each<T>(keys: readonly string[], ask: (key: string) => Promise<T>): Promise<[string, T][]> {
  return Promise.all(keys.map(async (key): Promise<[string, T]> => [key, await ask(key)]));
}

/** Discovery, which every authenticated caller may read. */
async function kindsOf(group: string, read: Reader): Promise<Read<readonly string[]>> {
  const found = await read<{ versions?: { version: string }[] }>(`the kinds of ${group}`, `/apis/${group}`);
  if (found === 'absent' || found === 'unread') return found;
  const lists = await each(
    (found.versions ?? []).map(({ version }) => version),
    (version) =>
      read<{ resources?: { name: string; kind: string }[] }>(`${group}/${version}`, `/apis/${group}/${version}`),
  );
  return lists.flatMap(([version, list]) =>
    typeof list === 'string' ? [] : (list.resources ?? []).map(({ kind }) => `${version} ${kind}`),
  );
}

function gatewayRelease({ metadata }: Item) {
  const annotation = (name: string) => metadata?.annotations?.[`${GATEWAY_GROUP}/${name}`];
  const [version, channel] = [annotation('bundle-version'), annotation('channel')];
  return {
    ...(typeof version === 'string' ? { version } : {}),
    ...(typeof channel === 'string' ? { channel } : {}),
  };
}

function condition({ status }: Item, type: string): { met: boolean; message?: string } {
  const found = status?.conditions?.find((one) => one.type === type);
  return { met: found?.status === 'True', ...(found?.message === undefined ? {} : { message: found.message }) };
}

function accepted(item: Item) {
  const { met, ...rest } = condition(item, 'Accepted');
  return { accepted: met, ...rest };
}

function gatewayFacts(item: Item): GatewayFacts {
  const { met, ...rest } = condition(item, 'Programmed');
  const listeners = (item.spec?.['listeners'] ?? []) as readonly {
    name: string;
    hostname?: string;
    allowedRoutes?: { namespaces?: { from?: Listener['from']; selector?: NonNullable<Listener['selector']> } };
  }[];
  return {
    programmed: met,
    ...rest,
    listeners: listeners.map(({ name, hostname, allowedRoutes }) => ({
      name,
      ...(hostname === undefined ? {} : { hostname }),
      from: allowedRoutes?.namespaces?.from ?? 'Same',
      ...(allowedRoutes?.namespaces?.selector === undefined ? {} : { selector: allowedRoutes.namespaces.selector }),
    })),
  };
}

interface WebhookConfiguration {
  readonly webhooks?: readonly {
    readonly clientConfig?: { readonly service?: { readonly namespace: string; readonly name: string } };
    readonly rules?: readonly { readonly apiGroups?: readonly string[] }[];
  }[];
}

async function webhooks(read: Reader): Promise<Facts['webhooks']> {
  const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
  const list = await read<{ items?: readonly WebhookConfiguration[] }>('the validating webhooks', path);
  if (list === 'absent' || list === 'unread') return list;
  const groups = new Map<string, Set<string>>();
  for (const { clientConfig, rules } of (list.items ?? []).flatMap((one) => one.webhooks ?? [])) {
    if (clientConfig?.service === undefined) continue;
    const service = `${clientConfig.service.namespace}/${clientConfig.service.name}`;
    const known = groups.get(service) ?? new Set();
    for (const group of (rules ?? []).flatMap(({ apiGroups }) => apiGroups ?? [])) known.add(group);
    groups.set(service, known);
  }
  const ours = [...groups].filter(([, judged]) =>
    [...judged].some((group) => /^(?:cert-manager|serving\.kserve)\.io$/.test(group)),
  );
  const found = await Promise.all(
    ours.map(async ([service, judged]): Promise<readonly Webhook[]> => {
      const ready = await isReady(service, read);
      return ready === 'unread' ? [] : [{ groups: [...judged], service, ready: ready === true }];
    }),
  );
  return found.flat();
}

async function isReady(service: string, read: Reader): Promise<Read<boolean>> {
  const [namespace = '', name = ''] = service.split('/');
  const selector = encodeURIComponent(`kubernetes.io/service-name=${name}`);
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=${selector}`;
  const list = await read<{
    items?: { endpoints?: readonly { conditions?: { ready?: boolean } }[] | null }[];
  }>(`the endpoints of "${service}"`, path);
  // An unset `ready` means ready (EndpointConditions).
  const ready = ({ conditions }: { conditions?: { ready?: boolean } }) => conditions?.ready !== false;
  return map(list, ({ items }) => (items ?? []).some(({ endpoints }) => (endpoints ?? []).some(ready)));
}

async function argocd(namespace: string, read: Reader): Promise<Facts['argocd']> {
  const path = `/apis/apps/v1/namespaces/${namespace}/statefulsets/argocd-application-controller`;
  const controller = await read<Item>("Argo CD's controller", path);
  const settings = await read<Item>('the ConfigMap argocd-cm', `/api/v1/namespaces/${namespace}/configmaps/argocd-cm`);
  if (settings === 'unread' || controller === 'unread') return 'unread';
  if (controller === 'absent') return 'absent';
  const template = controller.spec?.['template'] as { spec?: { containers?: { image?: string }[] } } | undefined;
  const [, version] = /:([^/@]+)(?:@|$)/.exec(template?.spec?.containers?.[0]?.image ?? '') ?? [];
  return {
    ...(version === undefined ? {} : { version }),
    settings: settings === 'absent' ? {} : (settings.data ?? {}),
  };
}

function json(key: 'deploy' | 'ingress', data: Item['data']): { deploy?: Settings; ingress?: Settings } {
  try {
    const value: unknown = JSON.parse(data?.[key] ?? '');
    return typeof value === 'object' && value !== null ? { [key]: value as Settings } : {};
  } catch (error) {
    // The rule tells a key that is not there or cannot be read by its value, which is then absent.
    if (!(error instanceof SyntaxError)) throw error;
    return {};
  }
}

async function sealing(api: ClusterApi, read: Reader): Promise<Facts['sealing']> {
  const path = `/api/v1/services?fieldSelector=${encodeURIComponent(`metadata.name=${SEALING_SERVICE}`)}`;
  const list = await read<{ items?: readonly Item[] }>('the Service of Sealed Secrets', path);
  if (list === 'absent' || list === 'unread') return list;
  const [found] = list.items ?? [];
  if (found === undefined) return 'absent';
  const namespace = found.metadata?.namespace ?? '';
  const [port] = (found.spec?.['ports'] ?? []) as readonly { name?: string }[];
  const service = `${namespace}/${SEALING_SERVICE}`;
  const name = encodeURIComponent(`http:${SEALING_SERVICE}:${port?.name ?? ''}`);
  const answer = await api.get(`/api/v1/namespaces/${namespace}/services/${name}/proxy/v1/cert.pem`);
  if (answer.status === 200 && typeof answer.body === 'string') return { service, certificate: answer.body };
  return { service, reason: (answer.message ?? `the server answers ${answer.status}`).trim() };
}

async function available(name: string, read: Reader): Promise<Read<boolean>> {
  const api = await read<Item>(`the API ${name}`, `/apis/apiregistration.k8s.io/v1/apiservices/${name}`);
  return map(api, (item) => condition(item, 'Available').met);
}

function isDefault({ metadata }: Item): boolean {
  return metadata?.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true';
}
