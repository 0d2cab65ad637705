/** An InferenceService as KServe's validator sees it: after the defaulter of the same webhook has run. */
import type {
  Art,
  Container,
  Explainer,
  Huggingface,
  InferenceService,
  Model,
  Predictor,
  Transformer,
} from '../../../schemas/types/inference-service.d.ts';
import type { Canary, InferenceService as NextService } from '../../../schemas/types/inference-service-v0.20.d.ts';
import type { Pointer } from '../../problem.ts';

export const annotation = {
  deploymentMode: 'serving.kserve.io/deploymentMode',
  autoscalerClass: 'serving.kserve.io/autoscalerClass',
  gpuTypes: 'serving.kserve.io/gpu-resource-types',
  knativeClass: 'autoscaling.knative.dev/class',
} as const;

export const containerName = {
  server: 'kserve-container',
  transformer: 'transformer-container',
  worker: 'worker-container',
} as const;

/**
 * Fields for one framework, which the defaulter moves into `model`; the first that is present is moved
 * (inference_service_defaults.go, setPredictorModelDefaults).
 */
export const FRAMEWORKS = [
  'sklearn',
  'tensorflow',
  'xgboost',
  'pytorch',
  'triton',
  'onnx',
  'huggingface',
  'pmml',
  'lightgbm',
  'paddle',
] as const;

export type Framework = (typeof FRAMEWORKS)[number];
type ModelLike = Pick<Model, 'name' | 'env' | 'resources' | 'storage' | 'storageUri' | 'protocolVersion'>;

/** One way in which a component is served; exactly one is wanted. */
export interface Implementation {
  readonly at: Pointer;
  readonly kind: Framework | 'model' | 'containers' | 'art';
  readonly storageUri?: string;
}

export interface Component {
  readonly name: 'predictor' | 'transformer' | 'explainer';
  readonly spec: Predictor | Transformer | Explainer;
  readonly implementations: readonly Implementation[];
}

export interface Service {
  readonly name: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** The mode by whose rules the webhook judges: the annotation, which the defaulter adds when it is absent. */
  readonly mode: string;
  readonly predictor: Predictor;
  readonly components: readonly Component[];
  /** From v0.20.0 on; none before. */
  readonly canaries: readonly Canary[];
  /** Name of the served version among its canaries (v0.20.0). */
  readonly served?: string;
  /** What stands in `model` once the defaulter has run, and where it is written. */
  readonly model?: { readonly at: Pointer; readonly spec: ModelLike };
  /** The framework field that the defaulter moves. */
  readonly moved?: Framework;
}

/** The mode of a cluster whose `cluster.yaml` is one of ours: `plan/kserve.ts` sets it in the chart's values. */
const DEFAULT_MODE = 'Standard';

export function serviceOf({ metadata, spec }: InferenceService): Service {
  const annotations = metadata.annotations ?? {};
  const mode = annotations[annotation.deploymentMode] ?? DEFAULT_MODE;
  const predictor = spec?.predictor ?? {};
  const moved = mode === 'ModelMesh' ? undefined : FRAMEWORKS.find((name) => predictor[name] !== undefined);
  const model = moved === undefined ? predictor.model : predictor[moved];
  const components: Component[] = [
    { name: 'predictor', spec: predictor, implementations: predictorImplementations(predictor, moved) },
  ];
  if (spec?.transformer !== undefined) {
    const { transformer } = spec;
    components.push({ name: 'transformer', spec: transformer, implementations: custom('transformer', transformer) });
  }
  if (spec?.explainer !== undefined) {
    const { explainer } = spec;
    const art = explainer.art === undefined ? [] : [artImplementation(explainer.art)];
    components.push({
      name: 'explainer',
      spec: explainer,
      implementations: [...art, ...custom('explainer', explainer)],
    });
  }
  return {
    name: metadata.name,
    annotations,
    mode,
    predictor,
    components,
    ...canariesOf(spec),
    ...(model === undefined ? {} : { model: { at: ['spec', 'predictor', moved ?? 'model'], spec: model } }),
    ...(moved === undefined ? {} : { moved }),
  };
}

/** Fields that the schema of the oldest release does not have: an object that holds them was judged by another. */
function canariesOf(spec: NextService['spec']): Pick<Service, 'canaries' | 'served'> {
  const { canary: canaries = [], predictor } = spec ?? {};
  const served = predictor?.name;
  return { canaries, ...(served === undefined ? {} : { served }) };
}

/** The ways in which a canary's predictor is served; the defaulter does not touch them. */
export function implementationsOf(predictor: Canary['predictor']): Implementation[] {
  return predictorImplementations(predictor as Predictor, undefined);
}

/** predictor.go, GetImplementations, on what the defaulter leaves. */
function predictorImplementations(predictor: Predictor, moved: Framework | undefined): Implementation[] {
  const found: Implementation[] = [];
  for (const kind of FRAMEWORKS) {
    const framework: Huggingface | undefined = predictor[kind];
    // What is moved replaces a `model` beside it.
    if (framework !== undefined) found.push(implementation(kind, framework.storageUri));
  }
  if (predictor.model !== undefined && moved === undefined)
    found.push(implementation('model', predictor.model.storageUri));
  const { containers = [] } = predictor;
  const servers = containers.filter(({ name }) => name === containerName.server);
  if (servers.length === 0 && found.length === 0 && containers.length > 0) {
    // The defaulter names a lone container; of several, only one that is called kserve-container gives a URI.
    const uri = containers.length === 1 ? uriOf(containers[0]) : undefined;
    return [{ ...implementation('containers', uri) }];
  }
  return [...found, ...servers.map((server) => implementation('containers', uriOf(server)))];
}

function implementation(kind: Exclude<Implementation['kind'], 'art'>, storageUri: string | undefined): Implementation {
  return { at: ['spec', 'predictor', kind], kind, ...(storageUri === undefined ? {} : { storageUri }) };
}

/** transformer.go and explainer.go: any containers are one implementation, of which the first serves. */
function custom(
  component: 'transformer' | 'explainer',
  { containers = [] }: Transformer | Explainer,
): Implementation[] {
  if (containers.length === 0) return [];
  const uri = uriOf(containers[0]);
  const at = ['spec', component, 'containers'];
  return [{ at, kind: 'containers', ...(uri === undefined ? {} : { storageUri: uri }) }];
}

function artImplementation({ storageUri }: Art): Implementation {
  const uri = storageUri === undefined || storageUri === '' ? {} : { storageUri };
  return { at: ['spec', 'explainer', 'art'], kind: 'art', ...uri };
}

/** The URI of a container of one's own stands in its environment (constants.go, CustomSpecStorageUriEnvVarKey). */
function uriOf(container: Container | undefined): string | undefined {
  const variable = container?.env?.find(({ name }) => name === 'STORAGE_URI');
  return variable === undefined ? undefined : (variable.value ?? '');
}
