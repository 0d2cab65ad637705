/** KServe v0.16.0: where the components of an InferenceService fetch their models from. */
import type { Pointer } from '../../problem.ts';
import { type Finding, pathOf, type Rule } from './rule.ts';
import type { Component, Service } from './service.ts';

const VALIDATION = 'pkg/apis/serving/v1beta1/inference_service_validation.go';
const PVC = 'pvc://';
const DEFAULT_MOUNT = '/mnt/models';
/** What the default ClusterStorageContainer fetches (config/storagecontainers/default.yaml), a volume, and an image. */
const FETCHED = [/^(?:gs|s3|hdfs|hf|webhdfs):\/\//, /^https?:\/\/.+\/.+/, /^pvc:\/\//, /^oci:\/\//];
/** component.go, SupportedStorageSpecURIPrefixList. */
const SPEC_TYPES = ['s3', 'hdfs', 'webhdfs'];

function each(find: (component: Component, at: Pointer) => readonly Finding[]): Rule<Service>['find'] {
  return ({ components }) => components.flatMap((component) => find(component, ['spec', component.name]));
}

function mountsOf({ spec }: Component): readonly { readonly uri: string; readonly path: string }[] {
  return (spec.storageUris ?? []).map(({ uri, mountPath }) => ({ uri, path: mountPath ?? DEFAULT_MOUNT }));
}

export const storageRules: readonly Rule<Service>[] = [
  {
    code: 'STORAGE_URIS_EXCLUSIVE',
    source: `${VALIDATION} validateMultipleStorageURIs`,
    find: each(({ spec, implementations }, at) => {
      if (spec.storageUris === undefined || implementations[0]?.storageUri === undefined) return [];
      const pointer = [...at, 'storageUris'];
      const wrong = `it has ${pathOf(pointer)} beside a storage URI of its own`;
      return [{ pointer, key: true, fault: wrong, repair: 'Keep one of the two' }];
    }),
  },
  {
    code: 'STORAGE_PATH_EXCLUSIVE',
    source: 'pkg/controller/v1beta1/inferenceservice/components/predictor.go addStorageInitializerAnnotations',
    find: ({ model }) => {
      if (model?.spec.storageUri === undefined || model.spec.storage === undefined) return [];
      const wrong = `${pathOf(model.at)} has both "storageUri" and "storage", which the controller refuses to join`;
      return [{ pointer: [...model.at, 'storage'], key: true, fault: wrong, repair: 'Keep one of the two' }];
    },
  },
  {
    code: 'STORAGE_MOUNT',
    source: `${VALIDATION} validateStorageURISpec`,
    find: each((component, at) =>
      mountsOf(component).flatMap(({ path }, index) => {
        const pointer = [...at, 'storageUris', index, 'mountPath'];
        if (path === '/') return [{ pointer, fault: 'a model cannot take the place of "/"', repair: 'Name a folder' }];
        if (!path.includes('..')) return [];
        return [{ pointer, fault: `the mount path "${path}" must not hold ".."`, repair: 'Write the path out' }];
      }),
    ),
  },
  {
    code: 'STORAGE_PARENT',
    source: `${VALIDATION} validateMultipleStorageURIsSpec; pkg/utils/storage.go FindCommonParentPath`,
    find: each((component, at) => {
      const paths = mountsOf(component).flatMap(({ uri, path }) => (uri.startsWith(PVC) ? [] : [path]));
      if (paths.length <= 1 || paths.includes('/')) return [];
      const tops = new Set(paths.map((path) => path.replace(/^\/+/, '').split('/')[0]));
      if (tops.size === 1) return [];
      const wrong = `the mount paths ${paths.join(', ')} have no folder in common`;
      return [
        { pointer: [...at, 'storageUris'], fault: wrong, repair: 'Put them under one folder, such as /mnt/models' },
      ];
    }),
  },
  {
    code: 'STORAGE_VOLUME_TAKEN',
    source: `${VALIDATION} validateMultipleStorageURIsSpec`,
    find: each((component, at) => {
      const mounts = mountsOf(component);
      const seen = new Set<string>();
      return mounts.flatMap(({ uri, path }, index) => {
        if (!uri.startsWith(PVC)) return [];
        if (!seen.has(path)) {
          seen.add(path);
          return [];
        }
        const pointer = [...at, 'storageUris', index];
        return [{ pointer, fault: `two volumes are mounted at "${path}"`, repair: 'Choose another mountPath' }];
      });
    }),
  },
  {
    code: 'STORAGE_SCHEME',
    source: 'pkg/controller/v1beta1/inferenceservice/utils/utils.go ValidateStorageURI',
    find: (service) => [
      ...service.components.flatMap(({ name, implementations }) =>
        implementations.flatMap(({ at, kind, storageUri }) => {
          const pointer = kind === 'containers' ? at : [...at, 'storageUri'];
          return schemeFindings(storageUri, pointer, name);
        }),
      ),
      ...service.components.flatMap((component) =>
        mountsOf(component).flatMap(({ uri }, index) =>
          schemeFindings(uri, ['spec', component.name, 'storageUris', index, 'uri'], component.name),
        ),
      ),
    ],
  },
  {
    code: 'EXPLAINER_STORAGE',
    source: 'pkg/apis/serving/v1beta1/component.go validateStorageSpec, through explainer.go Validate',
    find: ({ components }) => {
      const explainer = components.find(({ name }) => name === 'explainer');
      const art = explainer !== undefined && 'art' in explainer.spec ? explainer.spec.art : undefined;
      if (art?.storage === undefined) return [];
      const at = ['spec', 'explainer', 'art'];
      const known = `must be of ${SPEC_TYPES.join(', ')}`;
      if (art.storageUri !== undefined && art.storageUri !== '') {
        if (SPEC_TYPES.some((type) => art.storageUri?.startsWith(`${type}://`))) return [];
        const wrong = `the storage of its explainer is "${art.storageUri}", ${known}`;
        return [{ pointer: [...at, 'storageUri'], fault: wrong, repair: 'Choose one of these' }];
      }
      const type = art.storage.parameters?.['type'];
      if (type === undefined || SPEC_TYPES.includes(type)) return [];
      const wrong = `the storage of its explainer is of type "${type}", ${known}`;
      return [{ pointer: [...at, 'storage', 'parameters', 'type'], fault: wrong, repair: 'Choose one of these' }];
    },
  },
];

function schemeFindings(uri: string | undefined, pointer: Pointer, component: string): Finding[] {
  if (uri === undefined || FETCHED.some((pattern) => pattern.test(uri))) return [];
  const wrong = `nothing in KServe fetches "${uri}" for its ${component}`;
  return [{ pointer, fault: wrong, repair: 'Write a URI of s3, gs, hdfs, webhdfs, hf, https, pvc or oci' }];
}
