/** KServe v0.16.0: what an InferenceService is called and made of. */

import { type Finding, pathOf, type Rule } from './rule.ts';
import { annotation, containerName, type Service } from './service.ts';

const VALIDATION = 'pkg/apis/serving/v1beta1/inference_service_validation.go';
const LABEL_LENGTH = 63;
const LABEL_PREFIX = 'isvc.';
const MODES = ['Standard', 'Knative', 'ModelMesh'];
const LEGACY_MODES: Readonly<Record<string, string>> = { RawDeployment: 'Standard', Serverless: 'Knative' };
const CLASSES = ['hpa', 'external', 'keda', 'none'];

function one(finding: Finding | undefined): readonly Finding[] {
  return finding === undefined ? [] : [finding];
}

export const serviceRules: readonly Rule<Service>[] = [
  {
    code: 'SERVICE_NAME',
    source: `${VALIDATION} validateInferenceServiceName`,
    find: ({ name }) => {
      if (/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name)) return [];
      const wrong = `its name "${name}" must be lower-case letters, digits and "-", begin with a letter and not end with "-"`;
      return [{ pointer: ['metadata', 'name'], fault: wrong, repair: 'Rename it' }];
    },
  },
  {
    code: 'SERVICE_NAME_LENGTH',
    source: 'pkg/constants/constants.go GetRawServiceLabel, which labels the pods of each component',
    find: ({ name, components }) => {
      const suffix = Math.max(...components.map((component) => component.name.length)) + 1;
      const most = LABEL_LENGTH - LABEL_PREFIX.length - suffix;
      if (name.length <= most) return [];
      const wrong = `its name has ${name.length} characters, of which the label of its pods can hold ${most}`;
      return [{ pointer: ['metadata', 'name'], fault: wrong, repair: 'Shorten the name' }];
    },
  },
  {
    code: 'DEPLOYMENT_MODE',
    source: `${VALIDATION} validateDeploymentMode; pkg/controller/v1beta1/inferenceservice/utils/utils.go GetDeploymentMode`,
    find: ({ mode }) => {
      if (MODES.includes(mode)) return [];
      const pointer = ['metadata', 'annotations', annotation.deploymentMode];
      const now = LEGACY_MODES[mode];
      if (now === undefined) {
        const wrong = `the deployment mode "${mode}" is none of ${MODES.join(', ')}, and KServe falls back to its own`;
        return [{ pointer, fault: wrong, repair: 'Write "Standard"' }];
      }
      const wrong = `the deployment mode "${mode}" becomes "${now}" in its status, from when on every update is refused`;
      return [{ pointer, fault: wrong, repair: `Write "${now}"` }];
    },
  },
  {
    code: 'AUTOSCALER_CLASS',
    source: `${VALIDATION} validateInferenceServiceAutoscaler`,
    find: ({ annotations }) => {
      const value = annotations[annotation.autoscalerClass];
      if (value === undefined || CLASSES.includes(value)) return [];
      const pointer = ['metadata', 'annotations', annotation.autoscalerClass];
      const wrong = `the autoscaler class "${value}" is none of ${CLASSES.join(', ')}`;
      return [{ pointer, fault: wrong, repair: 'Choose one of them' }];
    },
  },
  {
    code: 'COMPONENT_COUNT',
    source: 'pkg/apis/serving/v1beta1/component.go validateExactlyOneImplementation',
    find: ({ components }) =>
      components.flatMap(({ name, implementations }) => {
        if (implementations.length === 1) return [];
        const pointer = ['spec', name];
        if (implementations.length === 0) {
          const wrong = `spec.${name} names nothing that serves`;
          const repair = name === 'predictor' ? 'Add "model", or containers' : 'Add containers';
          return [{ pointer, fault: wrong, repair }];
        }
        const names = implementations.map(({ at }) => pathOf(at)).join(', ');
        return [{ pointer, fault: `it must be served in one way, not by ${names}`, repair: 'Keep one of them' }];
      }),
  },
  {
    code: 'PREDICTOR_NAME',
    source: `${VALIDATION} validatePredictor`,
    find: ({ model }) => {
      const name = model?.spec.name;
      if (model === undefined || name === undefined || name === '') return [];
      const wrong = `${pathOf(model.at)}.name is "${name}", but KServe names that container itself`;
      return [{ pointer: [...model.at, 'name'], fault: wrong, repair: 'Remove the field' }];
    },
  },
  {
    code: 'PREDICTOR_PROTOCOL',
    source: 'pkg/apis/serving/v1beta1/predictor_custom.go validateCustomProtocol',
    find: ({ components, predictor }) => {
      if (components[0]?.implementations[0]?.kind !== 'containers') return [];
      const env = predictor.containers?.[0]?.env ?? [];
      const index = env.findIndex(({ name }) => name === 'PROTOCOL');
      const value = env[index]?.value ?? '';
      if (index < 0 || value === 'v1' || value === 'v2') return [];
      const pointer = ['spec', 'predictor', 'containers', 0, 'env', index];
      return one({ pointer, fault: `its variable PROTOCOL is "${value}", must be "v1" or "v2"`, repair: 'Write "v2"' });
    },
  },
  {
    code: 'TRANSFORMER_STORAGE',
    source: `${VALIDATION} validateCollocationStorageURI`,
    find: ({ predictor }) => {
      const { containers = [] } = predictor;
      const index = containers.findIndex(({ name }) => name === containerName.transformer);
      const variable = containers[index]?.env?.findIndex(({ name }) => name === 'STORAGE_URI') ?? -1;
      if (variable < 0) return [];
      const pointer = ['spec', 'predictor', 'containers', index, 'env', variable];
      const wrong = `"${containerName.transformer}" beside the predictor must not fetch a model by STORAGE_URI`;
      return [{ pointer, fault: wrong, repair: `Move the variable to "${containerName.server}"` }];
    },
  },
  {
    code: 'CONCURRENCY_RANGE',
    source: 'pkg/apis/serving/v1beta1/component.go validateContainerConcurrency',
    find: ({ components }) =>
      components.flatMap(({ name, spec }) => {
        if ((spec.containerConcurrency ?? 0) >= 0) return [];
        const pointer = ['spec', name, 'containerConcurrency'];
        const wrong = `${pathOf(pointer)} is ${spec.containerConcurrency}, must be at least 0`;
        return [{ pointer, fault: wrong, repair: 'Write 0 for no limit' }];
      }),
  },
  {
    code: 'LOGGER_MODE',
    source: 'pkg/apis/serving/v1beta1/component.go validateLogger',
    find: ({ components }) =>
      components.flatMap(({ name, spec }) => {
        if (spec.logger === undefined || spec.logger.mode !== undefined) return [];
        const pointer = ['spec', name, 'logger'];
        return [{ pointer, fault: `${pathOf(pointer)} has no mode`, repair: 'Add "mode": all, request or response' }];
      }),
  },
  {
    code: 'LOGGER_STORAGE',
    source: 'pkg/apis/serving/v1beta1/component.go validateLogger',
    find: ({ components }) =>
      components.flatMap(({ name, spec }) => {
        const storage = spec.logger?.storage;
        if (storage === undefined) return [];
        const lacking = (['path', 'parameters', 'key'] as const).filter((field) => storage[field] === undefined);
        if (lacking.length === 0) return [];
        const pointer = ['spec', name, 'logger', 'storage'];
        return [{ pointer, fault: `${pathOf(pointer)} lacks ${lacking.join(', ')}`, repair: 'Add what is missing' }];
      }),
  },
];
