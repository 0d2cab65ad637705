/** KServe v0.16.0: what its webhook asks of a ServingRuntime or ClusterServingRuntime, alone and beside the others. */
import type { ClusterServingRuntime } from '../../../schemas/types/cluster-serving-runtime.d.ts';
import type { KubeObject } from '../../kube/object.ts';
import { fault, type Problem } from '../../problem.ts';
import type { PlacedObject } from '../../render/render.ts';
import { KSERVE_RUNTIMES } from './kserve-runtimes.ts';
import { type Rule, titleOf } from './rule.ts';

/** Both kinds have one specification. */
export type Runtime = Omit<ClusterServingRuntime, 'kind' | 'spec'> & {
  readonly kind: 'ClusterServingRuntime' | 'ServingRuntime';
  readonly spec: NonNullable<ClusterServingRuntime['spec']>;
};

/** What decides which of two runtimes serves a model that names none. */
export interface Claim {
  readonly name: string;
  readonly format: string;
  readonly version: string | undefined;
  readonly priority: number;
  readonly protocols: readonly string[];
  readonly multiModel: boolean;
}

export function isRuntime(object: KubeObject): boolean {
  const group = object.apiVersion.startsWith('serving.kserve.io/');
  return group && (object.kind === 'ClusterServingRuntime' || object.kind === 'ServingRuntime');
}

export const runtimeRules: readonly Rule<Runtime>[] = [
  {
    code: 'RUNTIME_PRIORITY_MIXED',
    source: 'pkg/webhook/admission/servingruntime/servingruntime_webhook.go validateModelFormatPrioritySame',
    find: ({ spec }) => {
      const first = new Map<string, number | undefined>();
      return (spec.supportedModelFormats ?? []).flatMap(({ name, autoSelect, priority }, index) => {
        if (autoSelect !== true) return [];
        if (!first.has(name)) {
          first.set(name, priority);
          return [];
        }
        const other = first.get(name);
        if (other === undefined || priority === undefined || other === priority) return [];
        const pointer = ['spec', 'supportedModelFormats', index, 'priority'];
        const wrong = `it claims the format "${name}" with the priorities ${other} and ${priority}`;
        return [{ pointer, fault: wrong, repair: 'Give each version of a format the same priority' }];
      });
    },
  },
];

/**
 * Two runtimes that claim the same format, version and protocol with the same priority: the webhook refuses the second
 * (servingruntime_webhook.go validateServingRuntimePriority). Those that KServe's chart brings count too.
 */
export function checkPriorities(placed: readonly PlacedObject[]): Problem[] {
  const problems: Problem[] = [];
  const scopes = new Map<string, { readonly owner: string; readonly claim: Claim }[]>();
  for (const { file, object } of placed) {
    if (!isRuntime(object)) continue;
    const runtime = object as Runtime;
    const scope = runtime.kind === 'ServingRuntime' ? (object.metadata.namespace ?? '') : '/';
    const known = scopes.get(scope) ?? (scope === '/' ? shipped() : []);
    scopes.set(scope, known);
    for (const [index, claim] of claimsOf(runtime)) {
      const rival = known.find((other) => other.claim.name !== claim.name && clash(other.claim, claim));
      if (rival !== undefined) problems.push(taken(file, runtime, index, claim, rival.owner));
    }
    for (const [, claim] of claimsOf(runtime)) known.push({ owner: `"${claim.name}"`, claim });
  }
  return problems;
}

function shipped(): { owner: string; claim: Claim }[] {
  return KSERVE_RUNTIMES.map((claim) => ({ owner: `KServe's "${claim.name}"`, claim }));
}

/** The claims of a runtime with the places of their formats; a disabled one claims nothing. */
function claimsOf({ metadata: { name }, spec }: Runtime): (readonly [index: number, claim: Claim])[] {
  if (spec.disabled === true) return [];
  const { protocolVersions: protocols = [], multiModel = false } = spec;
  return (spec.supportedModelFormats ?? []).flatMap(({ name: format, version, autoSelect, priority }, index) =>
    autoSelect === true && priority !== undefined
      ? [[index, { name, format, version, priority, protocols, multiModel }] as const]
      : [],
  );
}

function clash(a: Claim, b: Claim): boolean {
  return (
    a.format.toLowerCase() === b.format.toLowerCase() &&
    a.version === b.version &&
    a.priority === b.priority &&
    a.multiModel === b.multiModel &&
    a.protocols.some((protocol) => b.protocols.includes(protocol))
  );
}

function taken(file: string, runtime: Runtime, index: number, claim: Claim, owner: string): Problem {
  const version = claim.version === undefined ? '' : ` ${claim.version}`;
  const message = `Cannot apply ${titleOf(runtime)}: it claims ${claim.format}${version} with priority ${claim.priority}, as ${owner} does`;
  const where = { file, pointer: ['spec', 'supportedModelFormats', index, 'priority'] };
  return fault('RUNTIME_PRIORITY_TAKEN', where, message, 'Choose another priority, or set autoSelect to false');
}
