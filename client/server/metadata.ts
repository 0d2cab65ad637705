/** What a model server tells about a model, and how that and the catalogue become one signature. */

import schema from '../../schemas/client-catalogue.schema.json' with { type: 'json' };
import type { CatalogueSignature, CatalogueTensor } from '../../schemas/types/client-catalogue.d.ts';
import type { Signature } from '../contract.ts';
import { isRecord } from './answer.ts';
import type { Target } from './served.ts';
import { readAll, type Upstream } from './upstream.ts';

export interface Metadata {
  readonly platform?: string;
  readonly versions?: readonly string[];
  /** Its server takes tensors in the binary form. */
  readonly binary?: boolean;
  readonly inputs: readonly CatalogueTensor[];
  readonly outputs: readonly CatalogueTensor[];
}

const MOST_BYTES = 4 * 1024 * 1024;
const datatypes: readonly string[] = schema.$defs.CatalogueTensor.properties.datatype.enum;

/** Undefined where the server does not tell: it is down, has no such model, or speaks V1. */
export async function askMetadata(
  target: Target,
  upstream: Upstream,
  timeoutMs: number,
): Promise<Metadata | undefined> {
  if (target.protocol === 'v1') return undefined;
  const version = target.pinned === undefined ? '' : `/versions/${encodeURIComponent(target.pinned)}`;
  const path = `/v2/models/${encodeURIComponent(target.model)}${version}`;
  const get = async (path: string): Promise<unknown> => {
    try {
      const answer = await upstream.ask({ target, path, timeoutMs });
      const body = await readAll(answer.body, MOST_BYTES);
      return answer.statusCode === 200 && body !== undefined ? JSON.parse(body.toString('utf8')) : undefined;
    } catch {
      // Readiness tells why; here the catalogue's own words stand in.
      return undefined;
    }
  };
  const [model, server] = await Promise.all([get(path), get('/v2')]);
  const told = metadataOf(model);
  return told === undefined ? undefined : { ...told, ...(takesBinary(server) ? { binary: true } : {}) };
}

/** Server metadata of the Open Inference Protocol lists the extensions; Triton and our predictor name this one. */
function takesBinary(server: unknown): boolean {
  const extensions = isRecord(server) ? server['extensions'] : undefined;
  return Array.isArray(extensions) && extensions.includes('binary_tensor_data');
}

/** Undefined for what is no metadata of the Open Inference Protocol. */
export function metadataOf(value: unknown): Metadata | undefined {
  if (!isRecord(value)) return undefined;
  const properties = isRecord(value['properties']) ? value['properties'] : {};
  const { platform, versions } = value;
  return {
    ...(typeof platform === 'string' && platform !== '' ? { platform } : {}),
    ...(Array.isArray(versions) && versions.length > 0 ? { versions: versions.map(String) } : {}),
    inputs: tensorsOf(value['inputs'], properties),
    outputs: tensorsOf(value['outputs'], properties),
  };
}

/** Empty where any of them is not understood: half a signature would make a wrong form. */
function tensorsOf(value: unknown, properties: Readonly<Record<string, unknown>>): CatalogueTensor[] {
  if (!Array.isArray(value)) return [];
  const tensors = value.flatMap((tensor: unknown): CatalogueTensor[] => {
    if (!isRecord(tensor)) return [];
    const { name, datatype, shape } = tensor;
    if (typeof name !== 'string' || name === '' || !datatypes.includes(String(datatype)) || !Array.isArray(shape))
      return [];
    return [
      {
        name,
        datatype: datatype as CatalogueTensor['datatype'],
        // Servers write -1 where a size varies; MLServer also null.
        shape: shape.map((size) => (Number.isInteger(size) && Number(size) >= 0 ? Number(size) : -1)),
        ...texts('columns', properties[`columns.${name}`]),
        ...texts('labels', properties[`labels.${name}`]),
      },
    ];
  });
  return tensors.length === value.length ? tensors : [];
}

/** The predictor of this repository tells labels and columns as JSON in the metadata's properties. */
function texts<Key extends string>(key: Key, value: unknown): { readonly [name in Key]?: readonly string[] } {
  if (typeof value !== 'string') return {};
  try {
    const list: unknown = JSON.parse(value);
    return Array.isArray(list) && list.length > 0 ? ({ [key]: list.map(String) } as { [name in Key]: string[] }) : {};
  } catch {
    return {};
  }
}

/** Names, datatypes, shapes and order of the server; aliases, columns and labels of the catalogue. */
export function mergeSignature(written: CatalogueSignature | undefined, live: Metadata | undefined): Signature {
  return {
    inputs: mergeTensors(written?.inputs ?? [], live?.inputs ?? []),
    outputs: mergeTensors(written?.outputs ?? [], live?.outputs ?? []),
  };
}

function mergeTensors(
  written: readonly CatalogueTensor[],
  live: readonly CatalogueTensor[],
): readonly CatalogueTensor[] {
  if (live.length === 0) return written;
  return live.map((tensor, index) => {
    const same =
      written.find(({ name }) => name === tensor.name) ??
      written.find(({ alias }) => alias === tensor.name) ??
      (written.length === live.length ? written[index] : undefined);
    if (same === undefined) return tensor;
    const { alias, columns, labels } = same;
    return {
      ...tensor,
      ...(alias === undefined || alias === tensor.name ? {} : { alias }),
      ...(columns !== undefined && fits(columns.length, tensor.shape) ? { columns } : {}),
      ...(labels === undefined ? {} : { labels }),
    };
  });
}

/** Columns of another version's signature must not name the features of this one. */
function fits(count: number, shape: readonly number[]): boolean {
  const last = shape.at(-1);
  return last === undefined || last < 0 || last === count;
}
