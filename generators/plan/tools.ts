/** MLflow and JupyterHub: where models are trained, logged and registered. */
import { createHash } from 'node:crypto';
import type { IPersistentVolumeClaim } from 'kubernetes-models/v1';
import type { KubeObject } from '../kube/object.ts';
import { defaults, partNamespaces } from '../resolve/defaults.ts';
import type { Platform, Site } from '../resolve/platform.ts';
import { type App, PLATFORM_PROJECT, waves } from './app.ts';
import { hostRoute } from './gateway.ts';
import { plain } from './plain.ts';
import { namespace, secretObjects } from './team.ts';

const MLFLOW_PORT = 80;
/** Of its pods, as the chart has it: NetworkPolicies hold behind the Service. */
const MLFLOW_POD_PORT = 5000;
/** Keys of the Secret `hub` that the chart makes up. */
const HUB_TOKENS = [
  'hub.config.ConfigurableHTTPProxy.auth_token',
  'hub.config.JupyterHub.cookie_secret',
  'hub.config.CryptKeeper.keys',
];

export function toolApps(platform: Platform): App[] {
  const { mlflow, jupyterhub } = platform.site.parts;
  return [
    ...(mlflow === undefined ? [] : mlflowApps(mlflow, platform)),
    ...(jupyterhub === undefined ? [] : jupyterhubApps(jupyterhub, platform.site)),
  ];
}

/**
 * The namespace, the credentials and the route come as an App of their own, beside the chart: a route is not well before its
 * Service is there. Whichever App is first makes the namespace; its labels are this one's.
 */
function accessApp(name: string, namespaceName: string, objects: readonly KubeObject[]): App {
  return {
    name: `${name}-access`,
    project: PLATFORM_PROJECT,
    namespace: namespaceName,
    wave: waves.access,
    source: { kind: 'folder', objects: [plain(namespace(namespaceName)), ...objects] },
    createNamespace: false,
    removal: 'delete',
  };
}

function mlflowApps(version: string, platform: Platform): App[] {
  const { site } = platform;
  const namespaceName = partNamespaces.mlflow;
  const host = `mlflow.${site.domain}`;
  const route = hostRoute(site, {
    name: 'mlflow',
    namespace: namespaceName,
    host,
    service: 'mlflow',
    port: MLFLOW_PORT,
  });
  return [
    accessApp('mlflow', namespaceName, [...secretObjects(namespaceName, platform), plain(route)]),
    // A volume may wait for its first pod, and waiting it is not healthy: so it is in the wave of the pod, not in an earlier one.
    {
      name: 'mlflow-storage',
      project: PLATFORM_PROJECT,
      namespace: namespaceName,
      wave: waves.tools,
      source: { kind: 'folder', objects: [plain(mlflowVolume(namespaceName))] },
      createNamespace: true,
      removal: 'delete',
    },
    {
      name: 'mlflow',
      project: PLATFORM_PROJECT,
      namespace: namespaceName,
      wave: waves.tools,
      source: {
        kind: 'chart',
        repoURL: 'https://community-charts.github.io/helm-charts',
        chart: 'mlflow',
        version,
        values: mlflowValues(site, host),
      },
      createNamespace: true,
      removal: 'delete',
    },
  ];
}

/** Deleting it would delete every run and the registry, so Argo CD asks first. */
function mlflowVolume(namespaceName: string): IPersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: 'mlflow',
      namespace: namespaceName,
      annotations: { 'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm' },
    },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: defaults.mlflowStorage } } },
  };
}

/** Artifacts go through the server to `s3://<bucket>/<mlflowPath>/<experiment>/models/m-…/artifacts`. */
export function mlflowValues(site: Site, host: string): Record<string, unknown> {
  const { credentials, storage } = site;
  const secret = credentials.kind === 'static' ? credentials.secret : undefined;
  return {
    fullnameOverride: 'mlflow',
    service: { type: 'ClusterIP', port: MLFLOW_PORT },
    ...(secret === undefined ? {} : { extraSecretNamesForEnvFrom: [secret] }),
    ...(credentials.kind === 'irsa'
      ? { serviceAccount: { create: true, annotations: { 'eks.amazonaws.com/role-arn': credentials.writerRoleArn } } }
      : {}),
    extraEnvVars: {
      AWS_DEFAULT_REGION: storage.region,
      ...(storage.endpoint === undefined ? {} : { MLFLOW_S3_ENDPOINT_URL: storage.endpoint.url }),
      // MLflow 3 refuses other Host headers (DNS rebinding).
      MLFLOW_SERVER_ALLOWED_HOSTS: `${host},mlflow.${partNamespaces.mlflow}.svc.cluster.local,localhost:*`,
    },
    // The chart's default is a database in memory: one for each of the server's processes, and gone with them.
    backendStore: { defaultSqlitePath: '/mlflow/mlflow.db' },
    extraVolumes: [{ name: 'mlflow', persistentVolumeClaim: { claimName: 'mlflow' } }],
    extraVolumeMounts: [{ name: 'mlflow', mountPath: '/mlflow' }],
    // The volume is mounted by one pod at a time.
    strategy: { type: 'Recreate' },
    artifactRoot: {
      proxiedArtifactStorage: true,
      s3: {
        enabled: true,
        bucket: storage.bucket,
        path: storage.mlflowPath,
        ...(secret === undefined
          ? {}
          : {
              existingSecret: {
                name: secret,
                keyOfAccessKeyId: 'AWS_ACCESS_KEY_ID',
                keyOfSecretAccessKey: 'AWS_SECRET_ACCESS_KEY',
              },
            }),
      },
    },
  };
}

function jupyterhubApps(version: string, site: Site): App[] {
  const namespaceName = partNamespaces.jupyterhub;
  const host = `jupyter.${site.domain}`;
  const route = hostRoute(site, {
    name: 'jupyterhub',
    namespace: namespaceName,
    host,
    service: 'proxy-public',
    port: 80,
  });
  return [
    accessApp('jupyterhub', namespaceName, [plain(route)]),
    {
      name: 'jupyterhub',
      project: PLATFORM_PROJECT,
      namespace: namespaceName,
      wave: waves.tools,
      source: {
        kind: 'chart',
        repoURL: 'https://hub.jupyter.org/helm-chart',
        chart: 'jupyterhub',
        version,
        values: jupyterhubValues(site),
      },
      createNamespace: true,
      removal: 'delete',
      ignoreDifferences: [
        // The chart draws new tokens at each rendering; the ones in the cluster stay. The values beside them must arrive.
        { group: '', kind: 'Secret', name: 'hub', jqPathExpressions: HUB_TOKENS.map((key) => `.data["${key}"]`) },
        ...['hub', 'proxy'].map((name) => ({
          group: 'apps',
          kind: 'Deployment',
          name,
          jqPathExpressions: [
            '.spec.template.metadata.annotations["checksum/secret"]',
            '.spec.template.metadata.annotations["checksum/auth-token"]',
            '.spec.template.metadata.annotations["checksum/proxy-secret"]',
          ],
        })),
      ],
    },
  ];
}

function jupyterhubValues(site: Site): Record<string, unknown> {
  const config = {
    // The chart's default lets anybody in with any password.
    JupyterHub: { authenticator_class: 'native' },
    NativeAuthenticator: { open_signup: false },
    Authenticator: { admin_users: ['admin'], allow_all: true },
  };
  const users = { ...imageOf(site.notebookImage), ...(site.parts.mlflow === undefined ? {} : mlflowAccess()) };
  const singleuser = Object.keys(users).length === 0 ? {} : { singleuser: users };
  // The hub reads its values when it starts, and the chart's own checksum of them is ignored for the tokens in it.
  const checksum = createHash('sha256').update(JSON.stringify({ config, singleuser })).digest('hex');
  return {
    // Reached through the Gateway alone.
    proxy: { service: { type: 'ClusterIP' } },
    hub: { annotations: { 'kserve-gitops/values-sha256': checksum }, config },
    ...singleuser,
  };
}

/** The chart asks for name and tag apart. A digest goes with the tag, as it does in the whole name. */
function imageOf(image: string | undefined): Record<string, unknown> {
  const [, name, tag] = /^(.+?):([^/]+)$/.exec(image ?? '') ?? [];
  return name === undefined ? {} : { image: { name, tag } };
}

/** The chart's NetworkPolicy keeps users' servers from every private address, and so from MLflow. */
function mlflowAccess(): Record<string, unknown> {
  const namespace = partNamespaces.mlflow;
  return {
    extraEnv: { MLFLOW_TRACKING_URI: `http://mlflow.${namespace}.svc.cluster.local:${MLFLOW_PORT}` },
    networkPolicy: {
      egress: [
        {
          to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }],
          ports: [{ protocol: 'TCP', port: MLFLOW_POD_PORT }],
        },
      ],
    },
  };
}
