/** Cluster as written → Site: defaults filled, and the rules that concern one `cluster.yaml` alone. */
import type { Cluster, Part } from '../../schemas/types/cluster.d.ts';
import { fault, type Problem, type Where } from '../problem.ts';
import { copiesOf } from './copies.ts';
import { defaults, releases, reservedNamespaces } from './defaults.ts';
import { kserveProfile } from './kserve-profiles.ts';
import type { Credentials, Gateway, Parts, Site, Storage, Team } from './platform.ts';
import { resolvePolicy } from './policy.ts';
import { canonicalCpu, canonicalMemory } from './quantity.ts';

export interface ResolvedSite {
  readonly site: Site;
  readonly problems: readonly Problem[];
}

/** Fills in what `cluster.yaml` leaves out. `file` is its path, for the problems. */
export function resolveSite(name: string, file: string, cluster: Cluster): ResolvedSite {
  const at = (...pointer: (string | number)[]): Where => ({ file, pointer });
  const problems: Problem[] = [
    ...gatewayFaults(cluster, at),
    ...credentialFaults(cluster, at),
    ...storageFaults(cluster, at),
    ...teamFaults(cluster, at),
    ...clientFaults(cluster, at),
  ];
  const parts = resolveParts(cluster);
  const notebookImage = cluster.platform?.jupyterhub?.image;
  const gateway = resolveGateway(cluster);
  const client = cluster.client?.enabled
    ? {
        namespace: cluster.client.namespace ?? defaults.client.namespace,
        service: cluster.client.service ?? defaults.client.service,
        port: cluster.client.port ?? defaults.client.port,
        host: `${cluster.client.hostname ?? defaults.client.hostname}.${cluster.domain}`,
        image: cluster.client.image ?? defaults.client.image,
        replicas: cluster.client.replicas ?? defaults.client.replicas,
      }
    : undefined;
  const site: Site = {
    cluster: name,
    repository: { url: cluster.repository.url, revision: cluster.repository.revision ?? defaults.revision },
    ...(cluster.mirror === undefined ? {} : { mirror: cluster.mirror }),
    domain: cluster.domain,
    argocd: {
      namespace: cluster.argocd?.namespace ?? defaults.argocd.namespace,
      configure: cluster.argocd?.configure ?? true,
    },
    gateway: { ...gateway, copies: copiesOf(gateway.className, parts) },
    storage: resolveStorage(cluster),
    credentials: resolveCredentials(cluster, name),
    kserve: resolveKserve(cluster),
    predictor: {
      image: cluster.predictor?.image ?? defaults.predictor.image,
      cpu: canonicalCpu(cluster.predictor?.resources?.cpu ?? defaults.predictor.cpu),
      memory: canonicalMemory(cluster.predictor?.resources?.memory ?? defaults.predictor.memory),
      smoke: cluster.predictor?.smoke ?? defaults.predictor.smoke,
    },
    ...(client === undefined ? {} : { client }),
    ...(cluster.prices === undefined ? {} : { prices: cluster.prices }),
    parts,
    ...(notebookImage === undefined ? {} : { notebookImage }),
    teams: cluster.teams.map(resolveTeam),
    policy: resolvePolicy(cluster),
  };
  return { site, problems };
}

function resolveKserve({ kserve: { version } }: Cluster): Site['kserve'] {
  const { charts, canary, schemas } = kserveProfile(version);
  return {
    version,
    namespace: defaults.kserve.namespace,
    charts,
    canary,
    ...(schemas === undefined ? {} : { schemas }),
  };
}

function resolveGateway(cluster: Cluster): Omit<Gateway, 'copies'> {
  const { gateway } = cluster;
  const tls = gateway.tls;
  return {
    namespace: gateway.namespace ?? defaults.gateway.namespace,
    name: gateway.name ?? defaults.gateway.name,
    className: gateway.className ?? defaults.gateway.className,
    urlScheme: gateway.urlScheme ?? (tls === undefined ? 'http' : 'https'),
    ...(tls === undefined
      ? {}
      : {
          tls: {
            secret: tls.secret ?? defaults.gateway.tlsSecret,
            issuer: tls.issuer,
            ...(tls.email === undefined ? {} : { email: tls.email }),
          },
        }),
  };
}

function resolveStorage(cluster: Cluster): Storage {
  const { bucket, region, endpoint, mlflowPath } = cluster.storage;
  const base = { bucket, region, mlflowPath: mlflowPath ?? defaults.mlflowPath };
  if (endpoint === undefined) return base;
  // What is no URL has been reported by `storageFaults`; this value is then never used.
  const url = new URL(URL.canParse(endpoint) ? endpoint : 'http://invalid');
  return { ...base, endpoint: { url: url.origin, host: url.host, https: url.protocol === 'https:' } };
}

function resolveCredentials(cluster: Cluster, name: string): Credentials {
  const { credentials } = cluster;
  const serviceAccount = credentials.serviceAccount ?? defaults.credentials.serviceAccount;
  if (credentials.kind === 'static') {
    return { kind: 'static', serviceAccount, secret: credentials.secret ?? defaults.credentials.secret };
  }
  const accountId = credentials.accountId ?? '';
  const role = (use: string) => `arn:aws:iam::${accountId}:role/kserve-gitops-${name}-model-${use}`;
  return {
    kind: 'irsa',
    serviceAccount,
    accountId,
    oidcProvider: credentials.oidcProvider ?? '',
    readerRoleArn: role('reader'),
    writerRoleArn: role('writer'),
  };
}

function resolveParts(cluster: Cluster): Parts {
  const parts: Record<string, string> = {};
  for (const [part, release] of Object.entries(releases)) {
    const written: Part | undefined = cluster.platform?.[part as keyof Parts];
    if (written?.enabled ?? release.enabled) parts[part] = written?.version ?? release.version;
  }
  return parts;
}

function resolveTeam(team: Cluster['teams'][number]): Team {
  const quota = team.quota;
  return {
    name: team.name,
    namespace: team.namespace ?? team.name,
    ...(quota === undefined
      ? {}
      : {
          quota: {
            ...(quota.cpu === undefined ? {} : { cpu: canonicalCpu(quota.cpu) }),
            ...(quota.memory === undefined ? {} : { memory: canonicalMemory(quota.memory) }),
            ...(quota.gpu === undefined ? {} : { gpu: quota.gpu }),
            ...(quota.pods === undefined ? {} : { pods: quota.pods }),
          },
        }),
  };
}

type At = (...pointer: (string | number)[]) => Where;

function gatewayFaults(cluster: Cluster, at: At): Problem[] {
  const { gateway } = cluster;
  const problems: Problem[] = [];
  if (gateway.urlScheme === 'https' && gateway.tls === undefined) {
    const message = 'Cannot serve https: the Gateway has no certificate';
    problems.push(fault('GATEWAY_TLS', at('gateway', 'urlScheme'), message, 'Add "tls", or use the scheme "http"'));
  }
  if (gateway.tls?.issuer === 'acme' && gateway.tls.email === undefined) {
    const message = 'Cannot ask an ACME issuer for a certificate without a contact';
    problems.push(fault('GATEWAY_TLS', at('gateway', 'tls', 'issuer'), message, 'Add "email" beside it'));
  }
  return problems;
}

function credentialFaults(cluster: Cluster, at: At): Problem[] {
  const { credentials } = cluster;
  const problems: Problem[] = [];
  const wrong = (field: 'secret' | 'accountId' | 'oidcProvider', kind: string) => {
    const message = `Cannot use "${field}" with credentials of kind "${credentials.kind}": it belongs to "${kind}"`;
    problems.push(fault('CREDENTIALS_FIELDS', at('credentials', field), message, `Remove it, or use kind "${kind}"`));
  };
  if (credentials.kind === 'static') {
    if (credentials.accountId !== undefined) wrong('accountId', 'irsa');
    if (credentials.oidcProvider !== undefined) wrong('oidcProvider', 'irsa');
    return problems;
  }
  if (credentials.secret !== undefined) wrong('secret', 'static');
  for (const field of ['accountId', 'oidcProvider'] as const) {
    if (credentials[field] !== undefined) continue;
    const message = `Cannot name the IAM role without "${field}"`;
    problems.push(
      fault('CREDENTIALS_FIELDS', at('credentials', 'kind'), message, `Add "${field}", or use kind "static"`),
    );
  }
  if (cluster.storage.endpoint !== undefined) {
    const message = 'Cannot use IAM roles with an S3 server that is not AWS, which "storage.endpoint" names';
    problems.push(
      fault('CREDENTIALS_FIELDS', at('credentials', 'kind'), message, 'Use kind "static" for this endpoint'),
    );
  }
  return problems;
}

function storageFaults(cluster: Cluster, at: At): Problem[] {
  const { endpoint } = cluster.storage;
  if (endpoint === undefined) return [];
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || `${url.username}${url.password}${url.search}${url.hash}` !== '') {
    // Whoever writes a password here must not find it in a log.
    const shown = endpoint.replace(/\/\/.*@/, '//…@');
    const message = `Cannot use "${shown}" as the address of an S3 server: it must be a scheme, a host and at most a port`;
    return [fault('STORAGE_ENDPOINT', at('storage', 'endpoint'), message, 'Write it like "http://minio.example:9000"')];
  }
  if (!/\.amazonaws\.com(\.cn)?$/.test(url.hostname)) return [];
  // A custom endpoint makes KServe's storage initializer use path-style addresses for all of S3 (kserve_storage.py).
  const message = `Cannot take "${endpoint}" as an S3-compatible server: it is AWS itself, where the region is enough`;
  return [fault('STORAGE_ENDPOINT', at('storage', 'endpoint'), message, 'Remove "endpoint"')];
}

/** The page's App makes its namespace; one that another App makes would have two owners. */
function clientFaults({ client, ...cluster }: Cluster, at: At): Problem[] {
  const namespace = client?.namespace ?? defaults.client.namespace;
  const taken = namespace !== defaults.client.namespace && reservedNamespaces(cluster).has(namespace);
  if (client?.enabled !== true || !taken) return [];
  const message = `Cannot give the client page the namespace "${namespace}": it belongs to the platform`;
  return [fault('NAMESPACE_RESERVED', at('client', 'namespace'), message, 'Choose another namespace')];
}

function teamFaults(cluster: Cluster, at: At): Problem[] {
  const problems: Problem[] = [];
  const names = new Map<string, number>();
  const namespaces = new Map<string, number>();
  const reserved = reservedNamespaces(cluster);
  cluster.teams.forEach((team, index) => {
    const first = names.get(team.name);
    if (first !== undefined) {
      const message = `Cannot add team "${team.name}": the name is used at {0}`;
      const related = [at('teams', first, 'name')];
      problems.push(fault('TEAM_TAKEN', at('teams', index, 'name'), message, 'Remove one of the two', related));
      return;
    }
    names.set(team.name, index);
    const namespace = team.namespace ?? team.name;
    const place = at('teams', index, team.namespace === undefined ? 'name' : 'namespace');
    const other = namespaces.get(namespace);
    if (other !== undefined) {
      const message = `Cannot give team "${team.name}" the namespace "${namespace}": it belongs to the team at {0}`;
      problems.push(fault('NAMESPACE_TAKEN', place, message, 'Choose another namespace', [at('teams', other)]));
    } else if (reserved.has(namespace)) {
      const message = `Cannot give team "${team.name}" the namespace "${namespace}": it belongs to the platform`;
      problems.push(fault('NAMESPACE_RESERVED', place, message, 'Choose another namespace'));
    }
    namespaces.set(namespace, index);
  });
  return problems;
}
