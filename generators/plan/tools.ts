/** MLflow and JupyterHub: where models are trained, logged and registered. */
import type { KubeObject } from '../kube/object.ts';
import { partNamespaces } from '../resolve/defaults.ts';
import type { Platform, Site } from '../resolve/platform.ts';
import { type App, PLATFORM_PROJECT, waves } from './app.ts';
import { hostRoute } from './gateway.ts';
import { plain } from './plain.ts';
import { namespace, secretObjects } from './team.ts';

const MLFLOW_PORT = 80;

export function toolApps(platform: Platform): App[] {
  const { mlflow, jupyterhub } = platform.site.parts;
  return [
    ...(mlflow === undefined ? [] : mlflowApps(mlflow, platform)),
    ...(jupyterhub === undefined ? [] : jupyterhubApps(jupyterhub, platform.site)),
  ];
}

/** The namespace, the credentials and the route come as an App of their own, before the chart. */
function accessApp(name: string, namespaceName: string, objects: readonly KubeObject[]): App {
  return {
    name: `${name}-access`,
    project: PLATFORM_PROJECT,
    namespace: namespaceName,
    wave: waves.teams,
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
      createNamespace: false,
      removal: 'delete',
    },
  ];
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
      createNamespace: false,
      removal: 'delete',
      ignoreDifferences: [
        // The chart draws new tokens at each rendering; the ones in the cluster stay.
        { group: '', kind: 'Secret', name: 'hub', jqPathExpressions: ['.data'] },
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
  return {
    // Reached through the Gateway alone.
    proxy: { service: { type: 'ClusterIP' } },
    hub: {
      config: {
        // The chart's default lets anybody in with any password.
        JupyterHub: { authenticator_class: 'native' },
        NativeAuthenticator: { open_signup: false },
        Authenticator: { admin_users: ['admin'], allow_all: true },
      },
    },
    ...(site.parts.mlflow === undefined
      ? {}
      : {
          singleuser: {
            extraEnv: {
              MLFLOW_TRACKING_URI: `http://mlflow.${partNamespaces.mlflow}.svc.cluster.local:${MLFLOW_PORT}`,
            },
          },
        }),
  };
}
