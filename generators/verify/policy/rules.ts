/** The rules of the policy (tier T5), each over one object. */
import type { KubeObject } from '../../kube/object.ts';
import type { Pointer } from '../../problem.ts';
import type { ProblemCode } from '../../problem-codes.ts';
import type { PolicyRule } from '../../resolve/policy.ts';
import { containersOf, type FoundContainer } from './containers.ts';

export interface Breach {
  readonly pointer: Pointer;
  /** What is wrong: the end of a sentence. */
  readonly fault: string;
  readonly repair: string;
}

export interface ObjectRule {
  readonly rule: PolicyRule;
  readonly code: ProblemCode;
  readonly find: (object: KubeObject) => readonly Breach[];
}

/** A rule over each container: what it asks for, or undefined where it is kept. */
function everyContainer(judge: (found: FoundContainer) => Omit<Breach, 'pointer'> | undefined): ObjectRule['find'] {
  return (object) =>
    containersOf(object).flatMap((found) => {
      const breach = judge(found);
      return breach === undefined ? [] : [{ pointer: found.at, ...breach }];
    });
}

function called({ at, container }: FoundContainer): string {
  return container.name === undefined ? `its ${String(at.at(-1))}` : `its container "${container.name}"`;
}

/** Judges what a container says of its rights; a `model` says nothing of them, its runtime does. */
function rights(judge: (found: FoundContainer) => boolean, lack: string, repair: string): ObjectRule['find'] {
  return everyContainer((found) => {
    if (!found.whole || judge(found)) return undefined;
    return { fault: `${called(found)} ${lack}`, repair };
  });
}

export const objectRules: readonly ObjectRule[] = [
  {
    rule: 'resources',
    code: 'POLICY_RESOURCES',
    find: everyContainer((found) => {
      const { resources } = found.container;
      if (!found.whole && resources === undefined) return undefined;
      const missing = ['cpu', 'memory'].filter((name) => resources?.requests?.[name] === undefined);
      if (missing.length === 0) return undefined;
      return { fault: `${called(found)} does not request ${missing.join(' and ')}`, repair: 'Add the requests' };
    }),
  },
  {
    rule: 'memoryLimit',
    code: 'POLICY_MEMORY_LIMIT',
    find: everyContainer((found) => {
      const { resources } = found.container;
      if ((!found.whole && resources === undefined) || resources?.limits?.['memory'] !== undefined) return undefined;
      return { fault: `${called(found)} has no limit of memory`, repair: 'Add the limit' };
    }),
  },
  {
    rule: 'imageLatest',
    code: 'POLICY_IMAGE_LATEST',
    find: everyContainer((found) => {
      const { image } = found.container;
      if (image === undefined || image.includes('@sha256:') || /:(?!latest$)[^/:]+$/.test(image)) return undefined;
      return { fault: `${called(found)} runs "${image}", which is another image tomorrow`, repair: 'Name a version' };
    }),
  },
  {
    rule: 'imageDigest',
    code: 'POLICY_IMAGE_DIGEST',
    find: everyContainer((found) => {
      const { image } = found.container;
      if (image === undefined || /@sha256:[0-9a-f]{64}$/.test(image)) return undefined;
      return { fault: `${called(found)} runs "${image}", without a digest`, repair: 'Add "@sha256:…" to the image' };
    }),
  },
  {
    rule: 'nonRoot',
    code: 'POLICY_NON_ROOT',
    find: rights(
      ({ container, podNonRoot }) => container.securityContext?.runAsNonRoot ?? podNonRoot,
      'may run as root',
      'Set securityContext.runAsNonRoot to true',
    ),
  },
  {
    rule: 'privilegeEscalation',
    code: 'POLICY_PRIVILEGE_ESCALATION',
    find: rights(
      ({ container: { securityContext } }) =>
        securityContext?.allowPrivilegeEscalation === false && securityContext.privileged !== true,
      'may get more rights than it starts with',
      'Set securityContext.allowPrivilegeEscalation to false',
    ),
  },
  {
    rule: 'readOnlyRoot',
    code: 'POLICY_READ_ONLY_ROOT',
    find: rights(
      ({ container }) => container.securityContext?.readOnlyRootFilesystem === true,
      'can write to its root file system',
      'Set securityContext.readOnlyRootFilesystem to true',
    ),
  },
  { rule: 'secretsInEnv', code: 'POLICY_SECRET_IN_ENV', find: secretsInEnv },
  {
    rule: 'sealingScope',
    code: 'POLICY_SEALING_SCOPE',
    find: ({ kind, metadata }) => {
      const name = 'sealedsecrets.bitnami.com/cluster-wide';
      if (kind !== 'SealedSecret' || metadata.annotations?.[name] !== 'true') return [];
      const pointer = ['metadata', 'annotations', name];
      return [{ pointer, fault: 'it can be opened in any namespace', repair: 'Seal it for its own namespace' }];
    },
  },
  { rule: 'wildcardRoutes', code: 'POLICY_WILDCARD_ROUTE', find: wildcards },
  {
    rule: 'clusterLocal',
    code: 'POLICY_CLUSTER_LOCAL',
    find: ({ kind, metadata }) => {
      if (kind !== 'InferenceService') return [];
      if (metadata.labels?.['networking.kserve.io/visibility'] === 'cluster-local') return [];
      return [
        { pointer: ['metadata'], fault: 'it can be reached from outside', repair: 'Set "clusterLocal" of the model' },
      ];
    },
  },
];

/** Names of variables that hold secrets; the paths and names of some end in words that do not. */
const SECRET =
  /(?:^|_)(?:PASSWORD|PASSWD|SECRET|TOKEN|SECRET_ACCESS_KEY|ACCESS_KEY_ID|API_KEY|PRIVATE_KEY|CREDENTIALS)$/;

function secretsInEnv(object: KubeObject): Breach[] {
  return containersOf(object).flatMap(({ at, container }) =>
    (container.env ?? []).flatMap(({ name, value }, index) => {
      if (value === undefined || value === '' || !SECRET.test(name.toUpperCase())) return [];
      const pointer = [...at, 'env', index];
      return [
        { pointer, fault: `its variable ${name} has its value in the manifest`, repair: 'Read it from a Secret' },
      ];
    }),
  );
}

function wildcards(object: KubeObject): Breach[] {
  if (object.kind !== 'HTTPRoute' && object.kind !== 'GRPCRoute') return [];
  const { spec } = object as KubeObject & { readonly spec?: { readonly hostnames?: readonly string[] } };
  const hosts = spec?.hostnames ?? [];
  if (hosts.length === 0) {
    return [{ pointer: ['spec'], fault: 'it takes the requests of every host', repair: 'List its hostnames' }];
  }
  return hosts.flatMap((host, index) => {
    if (!host.startsWith('*')) return [];
    const pointer = ['spec', 'hostnames', index];
    return [{ pointer, fault: `it takes the requests of "${host}"`, repair: 'Name the hosts one by one' }];
  });
}
