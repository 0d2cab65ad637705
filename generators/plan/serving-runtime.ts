/** The ClusterServingRuntime `onnx-node`: this repository's predictor. */
import type { ClusterServingRuntime } from '../../schemas/types/cluster-serving-runtime.d.ts';
import type { Site } from '../resolve/platform.ts';
import { type App, PLATFORM_PROJECT, waves } from './app.ts';
import { plain } from './plain.ts';

const PORTS = { http: 8080, grpc: 9000, metrics: 8081 } as const;

export function servingRuntimeApp(site: Site): App {
  return {
    name: 'serving-runtime',
    project: PLATFORM_PROJECT,
    namespace: site.kserve.namespace,
    wave: waves.servingRuntime,
    source: { kind: 'folder', objects: [plain(servingRuntime(site))] },
    createNamespace: false,
    // Models stop being reconciled when their runtime goes; keep it even if its Application is removed.
    removal: 'keep',
  };
}

function servingRuntime(site: Site): ClusterServingRuntime {
  return {
    apiVersion: 'serving.kserve.io/v1alpha1',
    kind: 'ClusterServingRuntime',
    metadata: { name: 'onnx-node' },
    spec: {
      annotations: {
        'prometheus.kserve.io/path': '/metrics',
        'prometheus.kserve.io/port': String(PORTS.metrics),
      },
      // Never chosen by itself: kserve-tritonserver has onnx at priority 1, and two equal ones are refused.
      supportedModelFormats: [{ name: 'onnx', version: '1', autoSelect: false }],
      protocolVersions: ['v2', 'grpc-v2'],
      multiModel: false,
      containers: [container(site)],
    },
  };
}

type Container = ClusterServingRuntime['spec'] extends infer S
  ? S extends { containers: readonly (infer C)[] }
    ? C
    : never
  : never;

function container(site: Site): Container {
  const { image, cpu, memory } = site.predictor;
  const probe = (path: string) => ({ httpGet: { path, port: PORTS.http } });
  return {
    name: 'kserve-container',
    image,
    // Environment merges by name, so an InferenceService can override it; arguments would be appended.
    env: [
      { name: 'MODEL_NAME', value: '{{.Name}}' },
      { name: 'MODEL_DIR', value: '/mnt/models' },
    ],
    ports: [
      // The first port is what the Service's port 80 reaches.
      { name: 'http1', containerPort: PORTS.http, protocol: 'TCP' },
      { name: 'h2c', containerPort: PORTS.grpc, protocol: 'TCP' },
      { name: 'metrics', containerPort: PORTS.metrics, protocol: 'TCP' },
    ],
    startupProbe: { ...probe('/v2/health/ready'), periodSeconds: 2, failureThreshold: 60 },
    readinessProbe: probe('/v2/health/ready'),
    livenessProbe: probe('/v2/health/live'),
    resources: { requests: { cpu, memory }, limits: { memory } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
}
