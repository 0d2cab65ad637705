/** Where the schema of a kind lies under `schemas/kubernetes`: a folder for the group, a file for kind and version. */

/**
 * `serving.kserve.io/inferenceservice_v1beta1.json`; for the core group, which has no name, `v1/service_v1.json`. A kind that
 * has other fields in a later release stands once more, in a folder of that name.
 */
export function schemaFile(apiVersion: string, kind: string, release?: string): string {
  const slash = apiVersion.indexOf('/');
  const folder = slash < 0 ? apiVersion : apiVersion.slice(0, slash);
  const name = `${kind.toLowerCase()}_${apiVersion.slice(slash + 1)}.json`;
  return release === undefined ? `${folder}/${name}` : `${folder}/${release}/${name}`;
}
