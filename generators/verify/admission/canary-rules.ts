/**
 * KServe v0.20.0: the canaries in an InferenceService. Releases before have no such field, which their schema tells (tier T1).
 * In Standard mode each gets a Deployment and a Service of its own, `<service>-<name>-predictor`, and no route.
 */
import type { Canary } from '../../../schemas/types/inference-service-v0.20.d.ts';
import type { Pointer } from '../../problem.ts';
import { type Finding, pathOf, type Rule } from './rule.ts';
import { annotation, implementationsOf, type Service } from './service.ts';

const VALIDATION = 'pkg/apis/serving/v1beta1/inference_service_validation.go validateCanarySpecs';
const CONTROLLER = 'pkg/controller/v1beta1/inferenceservice/components/predictor.go';
const LABEL_LENGTH = 63;

/** Fields that the webhook refuses, since a canary has a fixed number of replicas. */
const SCALING = ['maxReplicas', 'scaleTarget', 'scaleMetric', 'autoScaling'] as const;

/** A rule over each canary by itself. */
function each(
  find: (canary: Canary, at: Pointer, service: Service, index: number) => readonly Finding[],
): Rule<Service>['find'] {
  return (service) =>
    service.canaries.flatMap((canary, index) => find(canary, ['spec', 'canary', index], service, index));
}

/** A rule over the list; nothing where there is no canary. */
function list(find: (service: Service) => Finding | undefined): Rule<Service>['find'] {
  return (service) => {
    const found = service.canaries.length === 0 ? undefined : find(service);
    return found === undefined ? [] : [found];
  };
}

export const canaryRules: readonly Rule<Service>[] = [
  {
    code: 'CANARY_MODE',
    source: VALIDATION,
    find: list(({ mode }) => {
      if (mode === 'Standard') return undefined;
      const wrong = `it has a canary and the deployment mode "${mode}"`;
      const repair = `Set the annotation ${annotation.deploymentMode} to "Standard"`;
      return { pointer: ['spec', 'canary'], key: true, fault: wrong, repair };
    }),
  },
  {
    code: 'CANARY_MODEL',
    source: VALIDATION,
    find: list(({ model, components }) => {
      const served = components[0]?.implementations[0];
      if (model !== undefined || served?.storageUri !== undefined) return undefined;
      const wrong = 'it has a canary, and its predictor neither a model nor a place to fetch one from';
      const repair = 'Serve the model by "model", or set STORAGE_URI of its container';
      return { pointer: ['spec', 'canary'], key: true, fault: wrong, repair };
    }),
  },
  {
    code: 'CANARY_PREDICTOR',
    source: VALIDATION,
    find: each(({ predictor }, at, { canaries, served }, index) => {
      const pointer = [...at, 'predictor', 'name'];
      const { name = '' } = predictor;
      if (name === '') {
        const repair = 'Add "name", by which its Deployment is called';
        return [{ pointer: [...at, 'predictor'], key: true, fault: `${pathOf(at)} has no predictor.name`, repair }];
      }
      const first = canaries.findIndex((other) => other.predictor.name === name);
      if (first === index && name !== served) return [];
      const wrong =
        first < index ? `two canaries are called "${name}"` : `canary and served version are called "${name}"`;
      return [{ pointer, fault: wrong, repair: 'Choose another name' }];
    }),
  },
  {
    code: 'SERVICE_NAME_LENGTH',
    source: 'pkg/constants/constants.go PredictorServiceName, GetRawServiceLabel',
    find: each(({ predictor: { name = '' } }, at, service) => {
      const label = `isvc.${service.name}-${name}-predictor`;
      if (name === '' || label.length <= LABEL_LENGTH) return [];
      const wrong = `the label of its canary's pods, "${label}", has ${label.length} characters of ${LABEL_LENGTH}`;
      return [{ pointer: [...at, 'predictor', 'name'], fault: wrong, repair: 'Shorten one of the names' }];
    }),
  },
  {
    code: 'COMPONENT_COUNT',
    source: 'pkg/apis/serving/v1beta1/component.go validateExactlyOneImplementation',
    find: each(({ predictor }, at) => {
      const count = implementationsOf(predictor).length;
      if (count === 1) return [];
      const wrong = `${pathOf(at)} must be served in one way, not in ${count}`;
      return [{ pointer: [...at, 'predictor'], key: true, fault: wrong, repair: 'Keep one, as "model"' }];
    }),
  },
  {
    code: 'CANARY_TRAFFIC',
    source: VALIDATION,
    find: list(({ canaries }) => {
      const total = canaries.reduce((sum, { trafficPercent }) => sum + trafficPercent, 0);
      if (total <= 100) return undefined;
      const wrong = `its canaries take ${total} % of the requests together`;
      return { pointer: ['spec', 'canary'], key: true, fault: wrong, repair: 'Leave at most 100 % to them' };
    }),
  },
  {
    code: 'CANARY_SCALING',
    source: VALIDATION,
    find: each(({ predictor }, at) =>
      SCALING.flatMap((field): Finding[] => {
        const value = predictor[field];
        if (value === undefined || (field === 'maxReplicas' && Number(value) <= 0)) return [];
        const pointer = [...at, 'predictor', field];
        const wrong = `${pathOf(pointer)} is set, but a canary has a fixed number of replicas`;
        return [{ pointer, key: true, fault: wrong, repair: 'Remove it, and set "minReplicas"' }];
      }),
    ),
  },
  {
    code: 'CANARY_REPLICAS',
    source: VALIDATION,
    find: each(({ predictor: { minReplicas } }, at, { predictor }) => {
      const most = predictor.minReplicas ?? 1;
      if (minReplicas === undefined || minReplicas <= most) return [];
      const wrong = `its canary wants ${minReplicas} replicas, more than the ${most} of the predictor, out of which they come`;
      const repair = 'Raise minReplicas of the predictor by those of the canary';
      return [{ pointer: [...at, 'predictor', 'minReplicas'], fault: wrong, repair }];
    }),
  },
  {
    code: 'CANARY_WORKER',
    source: VALIDATION,
    find: each(({ predictor }, at) => {
      if (predictor.workerSpec === undefined) return [];
      const pointer = [...at, 'predictor', 'workerSpec'];
      return [{ pointer, key: true, fault: 'a canary cannot span several nodes', repair: 'Remove workerSpec' }];
    }),
  },
  autoscaler('keda', {
    fault: 'KServe would make a ScaledObject without a trigger for its canary, which the API server refuses',
  }),
  autoscaler('hpa', {
    severity: 'warning',
    fault: 'KServe makes a HorizontalPodAutoscaler for its canary that nobody removes after it',
  }),
];

/** The controller makes a canary the autoscaler of its annotations, without metrics and without an owner. */
function autoscaler(
  scaler: 'hpa' | 'keda',
  { fault, severity }: { fault: string; severity?: 'warning' },
): Rule<Service> {
  return {
    code: 'CANARY_AUTOSCALER',
    source: `${CONTROLLER} reconcileCanaryDeployments`,
    ...(severity === undefined ? {} : { severity }),
    find: each(({ predictor }, at, { annotations, mode }) => {
      if (mode !== 'Standard') return [];
      const own =
        predictor.annotations?.[annotation.autoscalerClass] ?? annotations[annotation.autoscalerClass] ?? 'hpa';
      if (own !== scaler) return [];
      const repair = `Add the annotation ${annotation.autoscalerClass}: none to the canary's predictor`;
      return [{ pointer: [...at, 'predictor'], key: true, fault, repair }];
    }),
  };
}
