/** One registry entry on one cluster → how the client shows it and where it asks it. */
import type { CatalogueModel, CatalogueTarget, CatalogueVersion } from '../../schemas/types/client-catalogue.d.ts';
import type { Model, Version } from '../../schemas/types/models.d.ts';
import type { ServedModel, Site } from './platform.ts';

/** Undefined for what the client cannot ask: models that are stopped, and those that speak gRPC alone. */
export function catalogueModel(entry: Model, served: ServedModel, site: Site): CatalogueModel | undefined {
  const { protocol, canary, mirror } = served;
  if (served.suspended || (protocol !== 'v1' && protocol !== 'v2')) return undefined;
  const url = inCluster(served.name, served);
  const targets: CatalogueTarget[] = [
    { name: 'stable', label: 'Stable', url, version: served.version },
    ...(canary === undefined
      ? []
      : [{ name: 'canary', label: 'Canary', url: inCluster(canary.service, served), version: canary.version }]),
    ...(mirror === undefined
      ? []
      : [{ name: 'mirror', label: 'Mirror', url: inCluster(mirror.service, served), version: mirror.version }]),
  ];
  return {
    ...shownEntry(entry),
    version: served.version,
    url,
    ...(targets.length === 1 ? {} : { targets }),
    ...(served.clusterLocal ? {} : publicAddresses(served, site)),
    ...(served.pageHost === undefined ? {} : { hostnames: [served.pageHost] }),
    protocol,
    ...(canary === undefined ? {} : { traffic: traffic(served.version, canary) }),
  };
}

/** What the client shows of an entry wherever it is served. */
export function shownEntry(entry: Model): Omit<CatalogueModel, 'url' | 'protocol'> {
  const { name, description, owner, versions, signature, example, client } = entry;
  return {
    name,
    ...(client?.title === undefined ? {} : { title: client.title }),
    description,
    owner,
    versions: versions.map(shownVersion),
    ...(signature === undefined ? {} : { signature: canonical(signature) }),
    ...(example === undefined ? {} : { example: { inputs: canonical(example.inputs) } }),
    ...(client?.inputs === undefined ? {} : { inputs: canonical(client.inputs) }),
    ...(client?.outputs === undefined ? {} : { outputs: canonical(client.outputs) }),
    ...(client?.widget === undefined ? {} : { widget: client.widget }),
  };
}

function shownVersion({ version, metrics, artifact, source }: Version): CatalogueVersion {
  const run = source?.mlflow?.run;
  return {
    version,
    ...(metrics === undefined ? {} : { metrics: canonical(metrics) }),
    ...(run === undefined ? {} : { run }),
    artifact,
  };
}

/** Fields of tensors and inputs in the order in which people write them; all others follow by name. */
const FIELDS = ['name', 'alias', 'datatype', 'shape', 'title', 'unit', 'minimum', 'maximum', 'step', 'default'];

/** The order of keys in `models.yaml` has no meaning, so it must not show in what is made. */
function canonical<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(canonical) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const rank = (key: string) => (FIELDS.includes(key) ? FIELDS.indexOf(key) : FIELDS.length);
  const entries = Object.entries(value).sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, one]) => [key, canonical(one)])) as Value;
}

/** KServe's Service of a predictor in Standard mode, on port 80. */
function inCluster(service: string, { namespace }: ServedModel): string {
  return `http://${service}-predictor.${namespace}.svc.cluster.local`;
}

function publicAddresses({ host, grpcHost, runtime }: ServedModel, { gateway: { urlScheme } }: Site) {
  const grpc = runtime.grpcPort === undefined ? {} : { grpc: `${grpcHost}:${urlScheme === 'https' ? 443 : 80}` };
  return { publicUrl: `${urlScheme}://${host}`, ...grpc };
}

function traffic(version: string, canary: { readonly version: string; readonly weight: number }) {
  return [
    { version, weight: 100 - canary.weight },
    { version: canary.version, weight: canary.weight },
  ];
}
