/** Replicas of a model → the fields of its InferenceService that KServe makes a HorizontalPodAutoscaler or ScaledObject of. */
import type { InferenceService } from '../../schemas/types/inference-service.d.ts';
import { partNamespaces } from '../resolve/defaults.ts';
import type { Replicas } from '../resolve/platform.ts';

type Predictor = NonNullable<InferenceService['spec']>['predictor'];
type Scaling = Pick<Predictor, 'minReplicas' | 'maxReplicas' | 'scaleMetric' | 'scaleTarget' | 'autoScaling'>;
type Metric = NonNullable<NonNullable<Predictor['autoScaling']>['metrics']>[number];

/**
 * Service of the Prometheus that the chart kube-prometheus-stack makes for a release called `monitoring`: `<release>-<chart>`, cut
 * to 26 characters, and `-prometheus` (its templates/_helpers.tpl and templates/prometheus/service.yaml).
 */
const PROMETHEUS = `http://monitoring-kube-prometheus-prometheus.${partNamespaces.monitoring}.svc:9090`;

/**
 * What KServe's webhook admits: `scaleMetric` for HPA alone (inference_service_validation.go). `beside` are the replicas of
 * canaries in the same InferenceService.
 */
export function scaling(replicas: Replicas, namespace: string, service: string, beside = 0): Scaling {
  const { metric, target } = replicas;
  const bounds = boundsOf(replicas, beside);
  switch (replicas.class) {
    case 'none':
      return bounds;
    case 'hpa':
      return { ...bounds, scaleMetric: metric === 'memory' ? 'memory' : 'cpu', scaleTarget: target };
    case 'keda':
      return { ...bounds, autoScaling: { metrics: [kedaMetric(replicas, namespace, service)] } };
  }
}

/**
 * KServe v0.20.0 takes the canaries' replicas out of `minReplicas` and leaves `maxReplicas` as it is (components/predictor.go,
 * reconcileRawDeployment). Without `maxReplicas` there are as many at the most as at the least (hpa_reconciler.go, createHPA;
 * keda_reconciler.go, createKedaScaledObject).
 */
function boundsOf({ min, max }: Replicas, beside: number): Scaling {
  if (beside === 0) return { minReplicas: min, maxReplicas: max };
  return { minReplicas: min + beside, ...(max === min ? {} : { maxReplicas: max }) };
}

function kedaMetric({ metric, target }: Replicas, namespace: string, service: string): Metric {
  if (metric === 'cpu' || metric === 'memory') {
    return {
      type: 'Resource',
      resource: { name: metric, target: { type: 'Utilization', averageUtilization: target } },
    };
  }
  return {
    type: 'External',
    external: {
      metric: { backend: 'prometheus', serverAddress: PROMETHEUS, query: queries[metric](namespace, service) },
      target: { type: 'Value', value: String(target) },
    },
  };
}

/**
 * Queries over the predictor's metrics (predictor/operate/metrics.ts); the Prometheus Operator calls the job of a PodMonitor
 * `<namespace>/<name>`. KServe's ScaledObject leaves KEDA's metric type at AverageValue: the wanted replicas are the query's
 * value over the target, whatever runs now. Counts are therefore summed, and a duration, which no more replicas add up to,
 * is multiplied by the replicas that gave it. Before the first request a quantile is not a number, which the comparison drops.
 */
const queries = {
  'requests-per-second': (namespace: string, service: string) =>
    `sum(rate(nv_inference_request_success${job(namespace, service)}[2m]))`,
  'in-flight': (namespace: string, service: string) =>
    `sum(nv_inference_pending_request_count${job(namespace, service)})`,
  'latency-p95': (namespace: string, service: string) => p95('predictor_inference_seconds', namespace, service),
  queue: (namespace: string, service: string) => p95('predictor_queue_seconds', namespace, service),
} as const;

function job(namespace: string, service: string): string {
  return `{job="${namespace}/${service}"}`;
}

/** Milliseconds in which 95 of 100 were done, times the replicas that were asked. */
function p95(histogram: string, namespace: string, service: string): string {
  const selected = job(namespace, service);
  const milliseconds = `1000 * histogram_quantile(0.95, sum by (le) (rate(${histogram}_bucket${selected}[2m])))`;
  return `(${milliseconds} > 0) * scalar(count(predictor_ready${selected})) or vector(0)`;
}
