/** KServe v0.16.0: models that run on several nodes, in an InferenceService and in a runtime. */
import type { Env, Resources } from '../../../schemas/types/inference-service.d.ts';
import type { Pointer } from '../../problem.ts';
import { type Finding, pathOf, type Rule } from './rule.ts';
import type { Runtime } from './runtime.ts';
import { annotation, containerName, type Service } from './service.ts';

const VALIDATION = 'pkg/apis/serving/v1beta1/inference_service_validation.go validateMultiNodeVariables';
const RUNTIME = 'pkg/webhook/admission/servingruntime/servingruntime_webhook.go validateMultiNodeSpec';
const PARALLELISM = ['PIPELINE_PARALLEL_SIZE', 'TENSOR_PARALLEL_SIZE'];
const SIZES = ['pipelineParallelSize', 'tensorParallelSize'] as const;
/** constants.go, DefaultGPUResourceTypeList. */
const GPUS = ['nvidia.com/gpu', 'amd.com/gpu', 'intel.com/gpu', 'habana.ai/gaudi'];
const BASIC = ['cpu', 'memory', 'storage', 'ephemeral-storage'];

interface Worker {
  readonly containers?: readonly { readonly name: string; readonly resources?: Resources }[];
  readonly pipelineParallelSize?: number;
  readonly tensorParallelSize?: number;
}

function containerFindings(worker: Worker | undefined, at: Pointer): Finding[] {
  const count = worker?.containers?.length ?? 0;
  if (count <= 1) return [];
  return [
    { pointer: [...at, 'containers'], fault: `${pathOf(at)} has ${count} containers`, repair: 'Keep one of them' },
  ];
}

function sizeFindings(worker: Worker | undefined, at: Pointer): Finding[] {
  return SIZES.flatMap((field) => {
    const value = worker?.[field] ?? 1;
    const pointer = [...at, field];
    return value >= 1
      ? []
      : [{ pointer, fault: `${pathOf(pointer)} is ${value}, must be at least 1`, repair: 'Raise it' }];
  });
}

function environmentFindings(env: readonly Env[] | undefined, at: Pointer): Finding[] {
  return (env ?? []).flatMap(({ name }, index) => {
    if (!PARALLELISM.includes(name)) return [];
    const wrong = `it sets ${name}, which KServe derives from workerSpec`;
    return [{ pointer: [...at, 'env', index], fault: wrong, repair: 'Remove it, and set the field of workerSpec' }];
  });
}

/** pkg/utils/utils.go, HasUnknownGpuResourceType: a resource that is neither basic nor a known GPU. */
function gpuFindings(
  asking: readonly (readonly [resources: Resources | undefined, at: Pointer])[],
  annotations: Readonly<Record<string, string>>,
  holder: Pointer,
): Finding[] {
  const custom = customGpus(annotations[annotation.gpuTypes]);
  if (custom === undefined) {
    const wrong = `the annotation ${annotation.gpuTypes} must be a JSON list of resource names`;
    const pointer = [...holder, 'annotations', annotation.gpuTypes];
    return [{ pointer, fault: wrong, repair: 'Write it like ["example.com/gpu"]' }];
  }
  return asking.flatMap(([resources, at]) => {
    const names = [...Object.keys(resources?.limits ?? {}), ...Object.keys(resources?.requests ?? {})];
    const unknown = names.find((name) => ![...BASIC, ...GPUS, ...custom].includes(name));
    if (unknown === undefined) return [];
    const wrong = `${pathOf(at)} asks for "${unknown}", which KServe does not know as a GPU`;
    return [
      { pointer: [...at, 'resources'], fault: wrong, repair: `Name it in the annotation ${annotation.gpuTypes}` },
    ];
  });
}

/** Names in the annotation, none without it, undefined where it is no list of names. */
function customGpus(text: string | undefined): readonly string[] | undefined {
  if (text === undefined || text === '') return [];
  try {
    const value: unknown = JSON.parse(text);
    const good =
      Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string' && item !== '');
    return good ? (value as string[]) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const WORKER: Pointer = ['spec', 'predictor', 'workerSpec'];

/** The rules hold only where there is a workerSpec. */
function withWorker(find: (service: Service, worker: Worker) => readonly Finding[]): Rule<Service>['find'] {
  return (service) => (service.predictor.workerSpec === undefined ? [] : find(service, service.predictor.workerSpec));
}

export const workerRules: readonly Rule<Service>[] = [
  {
    code: 'WORKER_CONTAINERS',
    source: VALIDATION,
    find: withWorker((_service, worker) => containerFindings(worker, WORKER)),
  },
  { code: 'WORKER_SIZE', source: VALIDATION, find: withWorker((_service, worker) => sizeFindings(worker, WORKER)) },
  {
    code: 'WORKER_ENVIRONMENT',
    source: VALIDATION,
    find: withWorker(({ model }) => (model === undefined ? [] : environmentFindings(model.spec.env, model.at))),
  },
  {
    code: 'WORKER_GPU',
    source: VALIDATION,
    find: withWorker(({ model, annotations }, worker) => {
      const containers = (worker.containers ?? []).map(
        ({ resources }, index) => [resources, [...WORKER, 'containers', index]] as const,
      );
      const served = model === undefined ? [] : [[model.spec.resources, model.at] as const];
      return gpuFindings([...served, ...containers], annotations, ['metadata']);
    }),
  },
  {
    code: 'WORKER_STORAGE',
    source: VALIDATION,
    find: withWorker(({ model }) => {
      if (model === undefined) return [];
      const uri = model.spec.storageUri;
      if (uri !== undefined && /^(?:pvc|oci)(?::\/\/|$)/.test(uri)) return [];
      const wrong = `a model on several nodes must come from pvc:// or oci://${uri === undefined ? '' : `, not from "${uri}"`}`;
      return [{ pointer: [...model.at, 'storageUri'], fault: wrong, repair: 'Copy it to a volume or an image' }];
    }),
  },
  {
    code: 'WORKER_AUTOSCALER',
    source: VALIDATION,
    find: withWorker(({ model, annotations }) => {
      if (model === undefined || annotations[annotation.autoscalerClass] === 'none') return [];
      const pointer = ['metadata', 'annotations', annotation.autoscalerClass];
      const wrong = 'a model on several nodes cannot be scaled by KServe';
      return [{ pointer, fault: wrong, repair: `Write the annotation ${annotation.autoscalerClass}: none` }];
    }),
  },
];

const RUNTIME_WORKER: Pointer = ['spec', 'workerSpec'];

function withRuntimeWorker(find: (runtime: Runtime, worker: Worker) => readonly Finding[]): Rule<Runtime>['find'] {
  return (runtime) => (runtime.spec.workerSpec === undefined ? [] : find(runtime, runtime.spec.workerSpec));
}

export const runtimeWorkerRules: readonly Rule<Runtime>[] = [
  {
    code: 'WORKER_CONTAINERS',
    source: RUNTIME,
    find: withRuntimeWorker((_runtime, worker) => containerFindings(worker, RUNTIME_WORKER)),
  },
  {
    code: 'WORKER_SIZE',
    source: RUNTIME,
    find: withRuntimeWorker((_runtime, worker) => sizeFindings(worker, RUNTIME_WORKER)),
  },
  {
    code: 'WORKER_ENVIRONMENT',
    source: RUNTIME,
    find: withRuntimeWorker(({ spec }) =>
      spec.containers.flatMap(({ name, env }, index) =>
        name === containerName.server ? environmentFindings(env, ['spec', 'containers', index]) : [],
      ),
    ),
  },
  {
    code: 'WORKER_GPU',
    source: RUNTIME,
    find: withRuntimeWorker(({ spec }, worker) => {
      const first = worker.containers?.[0];
      const servers = spec.containers.flatMap(({ name, resources }, index) =>
        name === containerName.server ? [[resources, ['spec', 'containers', index]] as const] : [],
      );
      const workers =
        first?.name === containerName.worker ? [[first.resources, [...RUNTIME_WORKER, 'containers', 0]] as const] : [];
      return gpuFindings([...servers, ...workers], spec.annotations ?? {}, ['spec']);
    }),
  },
];
