/** Asks a registry for the labels of an image, over the distribution API. */

interface Descriptor {
  readonly digest: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Manifest {
  readonly config?: Descriptor;
  readonly manifests?: readonly Descriptor[];
}

const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** Labels of an image; undefined where the registry does not have it. `url` is the registry's, `reference` is `path:tag`. */
export async function imageLabels(
  url: string,
  reference: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  const cut = reference.lastIndexOf(':');
  const path = `${url}/v2/${reference.slice(0, cut)}`;
  const top = await read<Manifest>(`${path}/manifests/${reference.slice(cut + 1)}`);
  if (top === undefined) return undefined;
  // Attestations stand beside the image in an index.
  const first = top.manifests?.find(({ annotations }) => annotations?.['vnd.docker.reference.type'] === undefined);
  const manifest = first === undefined ? top : await read<Manifest>(`${path}/manifests/${first.digest}`);
  if (manifest?.config === undefined) return undefined;
  const config = await read<{ config?: { Labels?: Record<string, string> } }>(
    `${path}/blobs/${manifest.config.digest}`,
  );
  return config?.config?.Labels ?? {};
}

/** The reference with its digest, as production pins it: a node that has another image under the tag fetches this one. */
export async function pinned(url: string, reference: string): Promise<string> {
  const cut = reference.lastIndexOf(':');
  const manifest = `${url}/v2/${reference.slice(0, cut)}/manifests/${reference.slice(cut + 1)}`;
  const response = await fetch(manifest, { method: 'HEAD', headers: { accept: MANIFESTS } });
  const digest = response.headers.get('docker-content-digest');
  if (!response.ok || digest === null) throw new Error(`${manifest}: ${response.status}, without a digest`);
  return `${reference}@${digest}`;
}

async function read<T>(url: string): Promise<T | undefined> {
  let response: Response;
  try {
    response = await fetch(url, { headers: { accept: MANIFESTS } });
  } catch (error) {
    throw new Error(`no registry answers at ${url}: start it, or name another with E2E_REGISTRY`, { cause: error });
  }
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}
