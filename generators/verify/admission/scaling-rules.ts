/** KServe v0.16.0: replicas and autoscaling of each component of an InferenceService. */
import type { Metric, Target } from '../../../schemas/types/inference-service.d.ts';
import { quantityOf } from '../../kube/quantity.ts';
import type { Pointer } from '../../problem.ts';
import { type Finding, pathOf, type Rule } from './rule.ts';
import { annotation, type Component, type Service } from './service.ts';

const VALIDATION = 'pkg/apis/serving/v1beta1/inference_service_validation.go';

/** Who scales, in the words of `validateAutoScalingCompExtension`; `none` where the webhook looks no further. */
type Scaler = 'hpa' | 'keda' | 'knative' | 'none';

const METRICS: Readonly<Record<'hpa' | 'knative', readonly string[]>> = {
  hpa: ['cpu', 'memory'],
  knative: ['concurrency', 'rps'],
};
const WORDS = { hpa: 'an HPA', keda: 'KEDA', knative: 'Knative' } as const;
const MEBIBYTE = quantityOf('1Mi')?.nanos ?? 0n;

function scalerOf({ mode, annotations }: Service): Scaler {
  if (mode === 'Standard') {
    const scaler = annotations[annotation.autoscalerClass];
    return scaler === 'hpa' || scaler === 'keda' ? scaler : 'none';
  }
  return annotations[annotation.knativeClass] === 'hpa.autoscaling.knative.dev' ? 'hpa' : 'knative';
}

/** A rule over each component with what scales it. */
function each(find: (component: Component, scaler: Scaler, at: Pointer) => readonly Finding[]): Rule<Service>['find'] {
  return (service) => {
    const scaler = scalerOf(service);
    return service.components.flatMap((component) => find(component, scaler, ['spec', component.name]));
  };
}

export const scalingRules: readonly Rule<Service>[] = [
  {
    code: 'REPLICAS_RANGE',
    source: 'pkg/apis/serving/v1beta1/component.go validateReplicas',
    find: each(({ spec }, _scaler, at) => {
      const { minReplicas = 1, maxReplicas = 0 } = spec;
      const negative = (['minReplicas', 'maxReplicas'] as const).find((field) => (spec[field] ?? 0) < 0);
      if (negative !== undefined) {
        const pointer = [...at, negative];
        return [{ pointer, fault: `${pathOf(pointer)} is ${spec[negative]}, must be at least 0`, repair: 'Raise it' }];
      }
      if (maxReplicas === 0 || minReplicas <= maxReplicas) return [];
      const wrong = `${pathOf(at)} wants at least ${minReplicas} and at most ${maxReplicas} replicas`;
      return [{ pointer: [...at, 'maxReplicas'], fault: wrong, repair: 'Raise maxReplicas or lower minReplicas' }];
    }),
  },
  {
    code: 'SCALE_METRIC',
    source: `${VALIDATION} validateHPAMetrics, validateKPAMetrics, validateScalingKedaCompExtension`,
    find: each(({ spec: { scaleMetric } }, scaler, at) => {
      if (scaleMetric === undefined || scaler === 'none') return [];
      const pointer = [...at, 'scaleMetric'];
      if (scaler === 'keda') {
        const wrong = `${pathOf(pointer)} has no meaning for KEDA`;
        return [{ pointer, fault: wrong, repair: 'Remove it, and write autoScaling.metrics' }];
      }
      if (METRICS[scaler].includes(scaleMetric)) return [];
      const wrong = `${pathOf(pointer)} is "${scaleMetric}", but ${WORDS[scaler]} scales by ${METRICS[scaler].join(' or ')}`;
      const repair =
        scaler === 'hpa'
          ? 'Choose one of them'
          : `Choose one, or write the annotation ${annotation.deploymentMode}: Standard`;
      return [{ pointer, fault: wrong, repair }];
    }),
  },
  {
    code: 'SCALE_TARGET',
    source: `${VALIDATION} validateScalingHPACompExtension, validateScalingKPACompExtension`,
    find: each(({ spec: { scaleMetric, scaleTarget } }, scaler, at) => {
      if (scaleTarget === undefined || scaler === 'none' || scaler === 'keda') return [];
      const pointer = [...at, 'scaleTarget'];
      // The upper bound holds for memory as well: `a && b || c` binds that way there.
      if (scaler === 'hpa' && (scaleTarget < 1 || scaleTarget > 100)) {
        const wrong = `${pathOf(pointer)} is ${scaleTarget}, must be a percentage from 1 to 100`;
        return [{ pointer, fault: wrong, repair: 'Write one, such as 80' }];
      }
      if (scaler === 'hpa' || scaleMetric !== 'rps' || scaleTarget >= 1) return [];
      return [{ pointer, fault: `${pathOf(pointer)} is ${scaleTarget}, must be at least 1`, repair: 'Raise it' }];
    }),
  },
  {
    code: 'SCALE_SOURCE',
    source: `${VALIDATION} validateScalingHPACompExtension, validateScalingKedaCompExtension`,
    find: each(({ spec: { autoScaling } }, scaler, at) =>
      scaler !== 'hpa' && scaler !== 'keda'
        ? []
        : (autoScaling?.metrics ?? []).flatMap((metric, index) =>
            sourceFinding(metric, scaler, [...at, 'autoScaling', 'metrics', index]),
          ),
    ),
  },
  {
    code: 'SCALE_THRESHOLD',
    source: `${VALIDATION} validateScalingKedaCompExtension, validateScaleTarget`,
    find: each(({ spec: { autoScaling } }, scaler, at) =>
      scaler !== 'keda'
        ? []
        : (autoScaling?.metrics ?? []).flatMap((metric, index) =>
            thresholdFindings(metric, [...at, 'autoScaling', 'metrics', index]),
          ),
    ),
  },
  {
    code: 'DEPLOYMENT_STRATEGY',
    source: `${VALIDATION} validateScalingKPACompExtension`,
    find: each(({ spec: { deploymentStrategy } }, scaler, at) => {
      if (deploymentStrategy === undefined || scaler !== 'knative') return [];
      const pointer = [...at, 'deploymentStrategy'];
      const wrong = `${pathOf(pointer)} has a meaning in Standard mode alone`;
      return [
        { pointer, fault: wrong, repair: `Write the annotation ${annotation.deploymentMode}: Standard, or remove it` },
      ];
    }),
  },
];

const SOURCES = { Resource: 'resource', External: 'external', PodMetric: 'podmetric' } as const;

/** A metric whose type has no field, or that the scaler does not know. */
function sourceFinding(metric: Metric, scaler: 'hpa' | 'keda', at: Pointer): Finding[] {
  const field = SOURCES[metric.type];
  if (scaler === 'hpa' && field !== 'resource') {
    const wrong = `${pathOf(at)} is of type ${metric.type}, but an HPA of KServe scales by Resource alone`;
    return [{ pointer: [...at, 'type'], fault: wrong, repair: 'Use Resource, or the autoscaler class "keda"' }];
  }
  if (metric[field] === undefined) {
    return [
      { pointer: at, fault: `${pathOf(at)} is of type ${metric.type} and lacks "${field}"`, repair: `Add "${field}"` },
    ];
  }
  const query = field === 'resource' ? undefined : (metric[field]?.metric.query ?? '');
  if (scaler === 'hpa' || query !== '') return [];
  return [{ pointer: [...at, field, 'metric'], fault: `${pathOf(at)} has no query`, repair: 'Add "query"' }];
}

function thresholdFindings({ type, ...metric }: Metric, at: Pointer): Finding[] {
  const field = SOURCES[type];
  const source = metric[field];
  if (source === undefined) return [];
  const { target } = source;
  const place = [...at, field, 'target'];
  const refuse = (wrong: string, repair: string): Finding[] => [
    { pointer: place, fault: `${pathOf(place)} ${wrong}`, repair },
  ];
  if (field !== 'resource') {
    if (target.value === undefined) return refuse('has no value', 'Add "value", the threshold');
    return targetFindings(target, refuse);
  }
  if (metric.resource?.name === 'cpu') {
    return target.type === 'Utilization'
      ? targetFindings(target, refuse)
      : refuse('must be of type Utilization for CPU', 'Correct "type"');
  }
  if (target.type !== 'AverageValue' && target.type !== 'Utilization') {
    return refuse('must be of type AverageValue or Utilization for memory', 'Correct "type"');
  }
  const memory = target.averageValue === undefined ? undefined : quantityOf(target.averageValue)?.nanos;
  if (target.type === 'AverageValue' && (memory === undefined || memory < MEBIBYTE)) {
    return refuse('must have an averageValue of at least 1Mi', 'Write it with its unit');
  }
  return targetFindings(target, refuse);
}

/** The field that goes with the type of a target. */
function targetFindings(target: Target, refuse: (wrong: string, repair: string) => Finding[]): Finding[] {
  if (target.type === 'Utilization') {
    const percent = target.averageUtilization;
    if (percent === undefined) return refuse('is of type Utilization and lacks averageUtilization', 'Add it');
    return percent < 1 || percent > 100
      ? refuse(`is ${percent} %, must be from 1 to 100`, 'Correct averageUtilization')
      : [];
  }
  if (target.type === 'AverageValue' && target.averageValue === undefined) {
    return refuse('is of type AverageValue and lacks averageValue', 'Add it');
  }
  return target.type === 'Value' && target.value === undefined
    ? refuse('is of type Value and lacks value', 'Add it')
    : [];
}
