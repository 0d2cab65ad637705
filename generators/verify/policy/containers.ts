/** The containers of an object, wherever its kind keeps them. */
import type { KubeObject } from '../../kube/object.ts';
import type { Pointer } from '../../problem.ts';

/** As much of a container as the policy looks at. */
export interface ContainerLike {
  readonly name?: string;
  readonly image?: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly resources?: {
    readonly requests?: Readonly<Record<string, unknown>>;
    readonly limits?: Readonly<Record<string, unknown>>;
  };
  readonly securityContext?: {
    readonly runAsNonRoot?: boolean;
    readonly allowPrivilegeEscalation?: boolean;
    readonly readOnlyRootFilesystem?: boolean;
    readonly privileged?: boolean;
  };
}

export interface FoundContainer {
  readonly at: Pointer;
  readonly container: ContainerLike;
  /** False for the `model` of an InferenceService, which only overrides parts of its runtime's container. */
  readonly whole: boolean;
  /** What the pod says for all of its containers. */
  readonly podNonRoot: boolean;
}

type Part = Readonly<Record<string, unknown>>;

/** Where each kind keeps its pods. */
const PODS: Readonly<Record<string, readonly Pointer[]>> = {
  ClusterServingRuntime: [['spec']],
  ServingRuntime: [['spec']],
  CronJob: [['spec', 'jobTemplate', 'spec', 'template', 'spec']],
  DaemonSet: [['spec', 'template', 'spec']],
  Deployment: [['spec', 'template', 'spec']],
  InferenceService: [
    ['spec', 'predictor'],
    ['spec', 'transformer'],
    ['spec', 'explainer'],
  ],
  Job: [['spec', 'template', 'spec']],
  Pod: [['spec']],
  StatefulSet: [['spec', 'template', 'spec']],
};

export function containersOf(object: KubeObject): FoundContainer[] {
  return (PODS[object.kind] ?? []).flatMap((at) => {
    const pod = valueAt(object, at);
    return pod === undefined ? [] : containersOfPod(pod, at);
  });
}

function containersOfPod(pod: Part, at: Pointer): FoundContainer[] {
  const podNonRoot = (pod['securityContext'] as ContainerLike['securityContext'])?.runAsNonRoot === true;
  const lists = ['containers', 'initContainers'].flatMap((field) =>
    ((pod[field] ?? []) as readonly ContainerLike[]).map(
      (container, index): FoundContainer => ({ at: [...at, field, index], container, whole: true, podNonRoot }),
    ),
  );
  const model = pod['model'] as ContainerLike | undefined;
  return model === undefined ? lists : [...lists, { at: [...at, 'model'], container: model, whole: false, podNonRoot }];
}

function valueAt(object: unknown, pointer: Pointer): Part | undefined {
  let value: unknown = object;
  for (const step of pointer) value = (value as Part | undefined)?.[step];
  return value as Part | undefined;
}
