/** Texts of released files → the files of `schemas/kubernetes`. */
import { parseAllDocuments } from 'yaml';
import { schemaFile } from '../kube/schema-file.ts';
import { kindFromCrd } from './crd.ts';
import { type JsonSchema, mapValues } from './json-schema.ts';
import { lockRow, printLock } from './lock.ts';
import { metadataOf } from './metadata.ts';
import { kindFromOpenApi, type OpenApi, objectMetaOf, type PublishedKind } from './openapi.ts';
import { printJson } from './print.ts';
import { share } from './share.ts';
import { objectMetaPath, type Source } from './sources.ts';
import { type EmptyObject, strict } from './strict.ts';

/** A source and what stands in its file. */
export interface ReleasedFile {
  readonly source: Source;
  readonly text: string;
}

interface DerivedFile {
  readonly file: string;
  readonly text: string;
  readonly from: ReleasedFile;
}

/** Derives every schema and the lock; paths are relative to `schemas/kubernetes`. Throws where a file lacks its kind. */
export function deriveSchemas(
  crds: readonly ReleasedFile[],
  documents: readonly ReleasedFile[],
): ReadonlyMap<string, string> {
  const core = documents.find(({ source }) => source.path === objectMetaPath);
  if (core === undefined) throw new Error(`Cannot derive schemas without ${objectMetaPath}`);
  const objectMeta = objectMetaOf(readDocument(core));
  const derived = [
    ...crds.flatMap((released) => deriveFile(released, crdReader(released), 'closed', objectMeta)),
    ...documents.flatMap((released) => deriveFile(released, documentReader(released), 'open', objectMeta)),
  ];
  const lock = printLock(derived.map(({ file, text, from }) => lockRow(file, text, from.source, from.text)));
  return new Map([...derived.map(({ file, text }) => [file, text] as const), ['lock.json', lock]]);
}

type Reader = (kind: string) => PublishedKind | undefined;

function crdReader({ source, text }: ReleasedFile): Reader {
  const documents = parseAllDocuments(text).map((document): unknown => document.toJS());
  const version = source.apiVersion.slice(source.apiVersion.indexOf('/') + 1);
  return (kind) => kindFromCrd(documents, kind, version);
}

function documentReader(released: ReleasedFile): Reader {
  const document = readDocument(released);
  return (kind) => kindFromOpenApi(document, kind);
}

function readDocument({ text }: ReleasedFile): OpenApi {
  return JSON.parse(text) as OpenApi;
}

function deriveFile(from: ReleasedFile, read: Reader, empty: EmptyObject, objectMeta: JsonSchema): DerivedFile[] {
  const { apiVersion, kinds, path, beside, version } = from.source;
  return kinds.map((kind) => {
    const published = read(kind);
    if (published === undefined) throw new Error(`Cannot find ${kind} of ${apiVersion} in ${path}`);
    const metadata = metadataOf(kind, published.namespaced, objectMeta);
    const schema = deriveKind({ apiVersion, kind }, published, metadata, empty);
    const file = schemaFile(apiVersion, kind, beside === true ? version : undefined);
    return { file, text: printJson(schema), from };
  });
}

/** The schema of one kind. `status` is left out: it is the cluster's to write. */
export function deriveKind(
  identity: { readonly apiVersion: string; readonly kind: string },
  published: PublishedKind,
  metadata: JsonSchema,
  empty: EmptyObject,
): JsonSchema {
  const { 'x-name': _, ...root } = strict(published.schema, empty);
  const { status: __, ...properties } = root.properties ?? {};
  const required = new Set(['apiVersion', 'kind', 'metadata', ...(root.required ?? [])]);
  required.delete('status');
  return share(
    {
      ...root,
      properties: {
        ...properties,
        ...mapValues(identity, (value) => ({ const: value })),
        metadata: strict(metadata, empty),
      },
      required: [...required].sort(),
    },
    identity.kind,
  );
}
