/**
 * What KServe v0.16.0's webhook changes in an InferenceService that it accepts. Argo CD compares with what was written,
 * so each of these shows as a difference that no sync removes.
 */
import type { Resources } from '../../../schemas/types/inference-service.d.ts';
import { canonicalQuantity } from '../../kube/quantity.ts';
import type { Pointer } from '../../problem.ts';
import { type Finding, pathOf, type Rule } from './rule.ts';
import { annotation, type Component, containerName, type Service } from './service.ts';

const DEFAULTS = 'pkg/apis/serving/v1beta1/inference_service_defaults.go';
/** inferenceservice-config, key `inferenceService`, as released. */
const FILLED = { requests: { cpu: '1', memory: '2Gi' }, limits: { cpu: '1', memory: '2Gi' } } as const;

export const driftRules: readonly Rule<Service>[] = [
  {
    code: 'DRIFT_DEPLOYMENT_MODE',
    severity: 'warning',
    source: `${DEFAULTS} DefaultInferenceService`,
    find: ({ annotations }) => {
      if (annotations[annotation.deploymentMode] !== undefined) return [];
      const wrong = `the webhook adds the annotation ${annotation.deploymentMode}, and judges by it`;
      return [{ pointer: ['metadata'], fault: wrong, repair: `Write ${annotation.deploymentMode}: Standard` }];
    },
  },
  {
    code: 'DRIFT_FRAMEWORK',
    severity: 'warning',
    source: `${DEFAULTS} setPredictorModelDefaults`,
    find: ({ moved, predictor }) => {
      if (moved === undefined) return [];
      const replaced = predictor.model === undefined ? '' : ', in place of the one that is there';
      const wrong = `the webhook moves spec.predictor.${moved} into spec.predictor.model${replaced}`;
      const repair = `Write "model" with modelFormat.name "${moved}"`;
      return [{ pointer: ['spec', 'predictor', moved], key: true, fault: wrong, repair }];
    },
  },
  {
    code: 'DRIFT_PROTOCOL',
    severity: 'warning',
    source: `${DEFAULTS} setPredictorModelDefaults`,
    find: ({ moved, predictor: { model } }) => {
      if (moved !== undefined || model?.modelFormat?.name !== 'triton' || model.protocolVersion !== undefined)
        return [];
      const wrong = 'the webhook adds protocolVersion "v2" to a model of the format triton';
      return [{ pointer: ['spec', 'predictor', 'model'], fault: wrong, repair: 'Write it' }];
    },
  },
  {
    code: 'DRIFT_CONTAINER_NAME',
    severity: 'warning',
    source: 'pkg/apis/serving/v1beta1 predictor_custom.go, transformer_custom.go, explainer_custom.go Default',
    find: ({ components }) =>
      components.flatMap(({ name, spec, implementations }) => {
        const first = spec.containers?.[0];
        const renames = name === 'predictor' ? spec.containers?.length === 1 : true;
        if (!isCustom(implementations) || first === undefined || !renames) return [];
        if (first.name === containerName.server) return [];
        const pointer = ['spec', name, 'containers', 0, 'name'];
        const wrong = `the webhook renames the container "${first.name}" to "${containerName.server}"`;
        return [{ pointer, fault: wrong, repair: 'Give it that name' }];
      }),
  },
  {
    code: 'DRIFT_RESOURCES',
    severity: 'warning',
    source: `${DEFAULTS} setResourceRequirementDefaults`,
    find: ({ components }) =>
      components.flatMap((component) =>
        defaulted(component).flatMap(([resources, pointer]) => {
          const missing = missingResources(resources);
          if (missing.length === 0) return [];
          const wrong = `the webhook adds ${missing.join(', ')} to ${pathOf(pointer)}`;
          return [{ pointer, fault: wrong, repair: 'Write the resources that you want' }];
        }),
      ),
  },
  {
    code: 'DRIFT_EMPTY',
    severity: 'warning',
    source: 'pkg/apis/serving/v1beta1/component.go ComponentExtensionSpec: Go leaves out what is empty when it prints',
    find: ({ components }) => components.flatMap(({ name, spec }) => emptyFindings(spec, ['spec', name])),
  },
  {
    code: 'DRIFT_QUANTITY',
    severity: 'warning',
    source: 'apimachinery pkg/api/resource/quantity.go CanonicalizeBytes: the webhook prints the whole object anew',
    find: ({ components }) => components.flatMap(({ name, spec }) => quantityFindings(spec, ['spec', name])),
  },
];

function isCustom(implementations: Component['implementations']): boolean {
  return implementations.length === 1 && implementations[0]?.kind === 'containers';
}

/** The containers whose resources the webhook completes: the first of one's own, and the ART explainer's. */
function defaulted({ name, spec, implementations }: Component): [Resources | undefined, Pointer][] {
  if ('art' in spec && spec.art !== undefined && implementations.length === 1) {
    return [[spec.art.resources, ['spec', name, 'art']]];
  }
  if (!isCustom(implementations)) return [];
  return [[spec.containers?.[0]?.resources, ['spec', name, 'containers', 0]]];
}

function missingResources(resources: Resources | undefined): string[] {
  return (['requests', 'limits'] as const).flatMap((side) =>
    (['cpu', 'memory'] as const)
      .filter((resource) => resources?.[side]?.[resource] === undefined)
      .map((resource) => `${side}.${resource} ${FILLED[side][resource]}`),
  );
}

/** Empty lists, and a `maxReplicas` of 0: the webhook prints the object without them. */
function emptyFindings(value: unknown, at: Pointer): Finding[] {
  const isZero = value === 0 && at.at(-1) === 'maxReplicas' && at.length === 3;
  if (isZero || (Array.isArray(value) && value.length === 0)) {
    const wrong = `the webhook leaves out ${pathOf(at)}, which is ${isZero ? '0' : 'empty'}`;
    return [{ pointer: at, key: true, fault: wrong, repair: 'Remove the field' }];
  }
  if (value === null || typeof value !== 'object') return [];
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  return [...(entries as Iterable<[string | number, unknown]>)].flatMap(([key, item]) =>
    emptyFindings(item, [...at, key]),
  );
}

/** Every quantity under a `requests` or `limits`, and every `sizeLimit`, wherever in the pod it stands. */
function quantityFindings(value: unknown, at: Pointer): Finding[] {
  if (value === null || typeof value !== 'object') return [];
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  return [...(entries as Iterable<[string | number, unknown]>)].flatMap(([key, item]) => {
    const pointer = [...at, key];
    if (isQuantities(at)) return quantityFinding(item, pointer);
    return key === 'sizeLimit' ? quantityFinding(item, pointer) : quantityFindings(item, pointer);
  });
}

function isQuantities(at: Pointer): boolean {
  const last = at.at(-1);
  return (last === 'requests' || last === 'limits') && at.at(-2) === 'resources';
}

function quantityFinding(item: unknown, pointer: Pointer): Finding[] {
  if (typeof item !== 'string' && typeof item !== 'number') return [];
  const printed = canonicalQuantity(item);
  if (printed === item) return [];
  const wrong = `the webhook prints ${pathOf(pointer)} ${JSON.stringify(item)} as "${printed}"`;
  return [{ pointer, fault: wrong, repair: `Write "${printed}"` }];
}
