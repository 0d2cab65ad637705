/** The client's catalogue travels in an Application, which must fit the cluster's store. */
import type { CatalogueModel } from '../../schemas/types/client-catalogue.d.ts';
import { fault, type Problem } from '../problem.ts';
import type { ClusterFiles, Placed } from './places.ts';
import type { Site } from './platform.ts';

/** What etcd takes in one request by default (`--max-request-bytes`). */
const ETCD_BYTES = 1.5 * 1024 * 1024;
/**
 * How often Argo CD 3.2 writes the source of an Application, values and all, into that one object: `spec.source`,
 * `operation.sync.source` while a sync begins (controller/appcontroller.go, autoSync), and in `status` under
 * `sync.comparedTo` (controller/state.go), `operationState.operation.sync`, `operationState.syncResult`
 * (controller/sync.go) and each entry of `history`, of which the plan leaves one.
 */
const COPIES = 6;
/** For the rest of the values in each copy, the list of resources, conditions and managed fields. */
const REST_BYTES = 128 * 1024;
/** Bytes of JSON: 240,298. */
export const CATALOGUE_BYTES = Math.floor((ETCD_BYTES - REST_BYTES) / COPIES);

/** The catalogue of one cluster, all models together, as Kubernetes stores it. */
export function catalogueFaults(files: ClusterFiles, site: Site, placed: readonly Placed[]): Problem[] {
  const shown = placed.flatMap(({ model: { catalogue } }) => catalogue ?? []);
  const size = shown.reduce((sum, model) => sum + bytesOf(model), 0);
  if (size <= CATALOGUE_BYTES) return [];
  const largest = [...shown].sort((a, b) => bytesOf(b) - bytesOf(a)).slice(0, 3);
  const names = largest.map((model) => `"${model.name}" (${bytesOf(model)})`).join(', ');
  const message = `Cannot show ${shown.length} models on the client page of "${site.cluster}": their catalogue has ${size} bytes, its Application holds ${CATALOGUE_BYTES}; the largest are ${names}`;
  const repair = `Shorten their examples, columns and lists of versions, or set "client.enabled" to false in ${files.cluster}`;
  return [fault('CATALOGUE_SIZE', { file: files.cluster, pointer: ['client'] }, message, repair)];
}

const sizes = new WeakMap<CatalogueModel, number>();

/** The API server writes what HTML would mind as six characters (encoding/json, HTMLEscape); one is the comma behind it. */
function bytesOf(model: CatalogueModel): number {
  let size = sizes.get(model);
  if (size === undefined) {
    size = 1 + Buffer.byteLength(JSON.stringify(model).replaceAll(/[<>&\u2028\u2029]/g, '\\u0000'));
    sizes.set(model, size);
  }
  return size;
}
