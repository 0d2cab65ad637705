/** The sample models of this repository: what the predictor serves, and the catalogue that the client shows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Catalogue, CatalogueModel } from '../../schemas/types/client-catalogue.d.ts';

const ROOT = join(import.meta.dirname, '../..');

interface Version {
  readonly version: string;
  readonly artifact: string;
  readonly metrics?: Record<string, number>;
  readonly source?: { readonly mlflow?: { readonly run?: string } };
}

interface Entry {
  readonly name: string;
  readonly owner: string;
  readonly description: string;
  readonly format: string;
  readonly versions: readonly Version[];
  readonly signature: NonNullable<CatalogueModel['signature']>;
  readonly example: NonNullable<CatalogueModel['example']>;
  readonly client?: {
    readonly title?: string;
    readonly hostname?: string;
    readonly inputs?: CatalogueModel['inputs'];
    readonly outputs?: CatalogueModel['outputs'];
    readonly widget?: 'image';
  };
  readonly serve: Readonly<Record<string, { readonly version: string }>>;
}

const entries = (parse(readFileSync(join(ROOT, 'models.yaml'), 'utf8')) as { models: Entry[] }).models.filter(
  ({ format, serve }) => format === 'onnx' && serve['local'] !== undefined,
);

/** The first version of the iris classifier beside the second, as a canary is. */
const CANARY = 'iris-classifier-canary';

export function predictorConfig(): unknown {
  const served = entries.flatMap(({ name, versions, signature, serve }) => {
    const aliases = Object.fromEntries(
      [...signature.inputs, ...signature.outputs].flatMap((one) =>
        one.alias === undefined ? [] : [[one.name, one.alias]],
      ),
    );
    const labels = Object.fromEntries(
      signature.outputs.flatMap((one) => (one.labels === undefined ? [] : [[one.name, one.labels]])),
    );
    const at = (version: string) =>
      join(
        ROOT,
        'examples/artifacts',
        versions.find((one) => one.version === version)?.artifact.replace('s3://', '') ?? '',
      );
    const one = { name, version: serve['local']?.version, path: at(serve['local']?.version ?? ''), aliases, labels };
    // The tree of the first version gives its outputs names of its own: labels and aliases come from its graph.
    return name === 'iris-classifier' ? [one, { name: CANARY, version: '1', path: at('1'), aliases }] : [one];
  });
  return { models: served };
}

/** `url` is the predictor's; other models may be put beside. */
export function catalogueOf(url: string, more: readonly CatalogueModel[] = [], grpc?: string): Catalogue {
  return {
    cluster: 'local',
    title: 'Models',
    models: [
      ...entries.map((entry): CatalogueModel => {
        const version = entry.serve['local']?.version ?? '';
        const canary =
          entry.name === 'iris-classifier'
            ? {
                targets: [
                  { name: 'stable', url, version },
                  { name: 'canary', url, version: '1', model: CANARY },
                ],
                traffic: [
                  { version, weight: 90 },
                  { version: '1', weight: 10 },
                ],
              }
            : {};
        return {
          name: entry.name,
          owner: entry.owner,
          description: entry.description,
          version,
          versions: entry.versions.map(({ version: label, metrics, source }) => ({
            version: label,
            ...(metrics === undefined ? {} : { metrics }),
            ...(source?.mlflow?.run === undefined ? {} : { run: source.mlflow.run }),
          })),
          url,
          publicUrl: url,
          ...(grpc === undefined ? {} : { grpc }),
          protocol: 'v2',
          signature: entry.signature,
          example: { inputs: entry.example.inputs },
          ...(entry.client?.title === undefined ? {} : { title: entry.client.title }),
          ...(entry.client?.hostname === undefined ? {} : { hostnames: [`${entry.client.hostname}.localhost`] }),
          ...(entry.client?.inputs === undefined ? {} : { inputs: entry.client.inputs }),
          ...(entry.client?.outputs === undefined ? {} : { outputs: entry.client.outputs }),
          ...(entry.client?.widget === undefined ? {} : { widget: entry.client.widget }),
          ...canary,
        };
      }),
      ...more,
    ],
  };
}
