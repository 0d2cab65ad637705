/**
 * The peer: a Helm chart that prints for each registry entry the objects that the generators print for it. The registry
 * is its values file as it is; the sample's entries use nothing that the template leaves out.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DOMAIN, MOST_SHOWN, REPOSITORY } from './project.ts';
import { CLUSTER } from './registry.ts';

export async function writeChart(folder: string): Promise<void> {
  await mkdir(join(folder, 'templates'), { recursive: true });
  await writeFile(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: models\nversion: 0.1.0\n');
  await writeFile(join(folder, 'values.yaml'), 'models: []\n');
  await writeFile(join(folder, 'templates', 'models.yaml'), TEMPLATE);
}

const TEMPLATE = `{{- range .Values.models }}
{{- $name := .name }}
{{- $serve := index .serve "${CLUSTER}" }}
{{- $scaling := default (dict) $serve.autoscaling }}
{{- $least := default 1 $scaling.minReplicas }}
{{- $served := dict }}
{{- range .versions }}{{- if eq .version $serve.version }}{{- $served = . }}{{- end }}{{- end }}
---
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: {{ .name }}
  namespace: {{ .owner }}
  annotations:
    serving.kserve.io/deploymentMode: Standard
    serving.kserve.io/autoscalerClass: hpa
spec:
  predictor:
    automountServiceAccountToken: false
    serviceAccountName: sa-s3-access
    minReplicas: {{ $least }}
    maxReplicas: {{ default $least $scaling.maxReplicas }}
    scaleMetric: cpu
    scaleTarget: {{ default 80 $scaling.target }}
    timeout: 60
    model:
      modelFormat:
        name: {{ .format }}
        version: "1"
      runtime: onnx-node
      protocolVersion: v2
      storageUri: {{ $served.artifact }}
      env:
      - name: MODEL_SHA256
        value: {{ $served.sha256 | quote }}
      - name: MODEL_VERSION
        value: {{ $served.version | quote }}
      resources:
        requests:
          cpu: {{ .resources.cpu | quote }}
          memory: {{ .resources.memory }}
        limits:
          memory: {{ .resources.memory }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .name }}
  namespace: {{ .owner }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      app: isvc.{{ .name }}-predictor
---
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata:
  name: {{ .name }}-grpc
  namespace: {{ .owner }}
spec:
  parentRefs:
  - group: gateway.networking.k8s.io
    kind: Gateway
    name: traefik-gateway
    namespace: traefik
  hostnames:
  - {{ .name }}-grpc-{{ .owner }}.${DOMAIN}
  rules:
  - backendRefs:
    - group: ""
      kind: Service
      name: {{ .name }}-predictor
      port: 9000
      weight: 1
---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata:
  name: {{ .name }}
  namespace: {{ .owner }}
spec:
  selector:
    matchLabels:
      app: isvc.{{ .name }}-predictor
  podMetricsEndpoints:
  - port: metrics
    path: /metrics
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: model-{{ .name }}
  namespace: argocd
  annotations:
    argocd.argoproj.io/sync-wave: "10"
    argocd.argoproj.io/compare-options: ServerSideDiff=true
  finalizers:
  - resources-finalizer.argocd.argoproj.io
spec:
  project: team-{{ .owner }}
  source:
    repoURL: ${REPOSITORY}
    targetRevision: main
    path: apps/${CLUSTER}/model-{{ .name }}
  destination:
    server: https://kubernetes.default.svc
    namespace: {{ .owner }}
  syncPolicy:
    automated:
      prune: true
      selfHeal: true
    retry:
      limit: 10
      backoff:
        duration: 5s
        factor: 2
        maxDuration: 3m
      refresh: true
    syncOptions:
    - ServerSideApply=true
    - SkipDryRunOnMissingResource=true
{{- if le (len $.Values.models) ${MOST_SHOWN} }}
{{- with .client }}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: page-{{ $name }}
  namespace: model-client
spec:
  parentRefs:
  - group: gateway.networking.k8s.io
    kind: Gateway
    name: traefik-gateway
    namespace: traefik
  hostnames:
  - {{ .hostname }}.${DOMAIN}
  rules:
  - matches:
    - path:
        type: PathPrefix
        value: /
    backendRefs:
    - group: ""
      kind: Service
      name: model-client
      port: 8501
      weight: 1
{{- end }}
{{- end }}
{{- end }}
`;
