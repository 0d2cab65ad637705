/** The registry for people: a table of all models, a page for one. */
import type { Model, Serve, Tensor } from '../../schemas/types/models.d.ts';

/** `2`, `2, 10 % 3`, `2 suspended`; empty where the cluster does not serve the model. */
export function servedText(serve: Serve | undefined): string {
  if (serve === undefined) return '';
  const parts = [serve.version];
  if (serve.canary !== undefined) parts.push(`${serve.canary.weight} % ${serve.canary.version}`);
  if (serve.mirror !== undefined) parts.push(`copies to ${serve.mirror.version}`);
  return `${parts.join(', ')}${serve.suspended === true ? ' suspended' : ''}`;
}

/** One line a model, columns aligned; `clusters` in the order of the columns. */
export function listLines(models: readonly Model[], clusters: readonly string[]): string[] {
  const head = ['MODEL', 'OWNER', 'FORMAT', 'NEWEST', ...clusters.map((name) => name.toUpperCase())];
  const rows = models.map(({ name, owner, format, versions, serve }) => [
    ...[name, owner, format, versions.at(-1)?.version ?? ''],
    ...clusters.map((cluster) => servedText(serve?.[cluster]) || '-'),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)));
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Where a model answers on a cluster; from the resolved platform. */
export interface Address {
  readonly cluster: string;
  readonly host?: string;
  readonly namespace: string;
}

/** Everything that a person asks about a model. */
export function showLines(model: Model, addresses: readonly Address[]): string[] {
  return [
    `${model.name}: ${model.description}`,
    `  owner    ${model.owner}`,
    `  format   ${model.format}${model.runtime === undefined ? '' : `, served by ${model.runtime}`}`,
    'versions',
    ...model.versions.flatMap((version) => versionLines(model, version)),
    ...(model.signature === undefined ? ['signature: none in models.yaml'] : signatureLines(model.signature)),
    ...clusterLines(model, addresses),
  ];
}

function versionLines(model: Model, version: Model['versions'][number]): string[] {
  const serving = Object.entries(model.serve ?? {})
    .filter(([, serve]) => [serve, serve.canary, serve.mirror].some((one) => one?.version === version.version))
    .map(([cluster]) => cluster);
  const metrics = Object.entries(version.metrics ?? {}).map(([name, value]) => `${name} ${value}`);
  const size = version.size === undefined ? [] : [`${version.size.toLocaleString('en')} bytes`];
  const digest = version.sha256 === undefined ? [] : [`sha256 ${version.sha256.slice(0, 12)}…`];
  const { mlflow } = version.source ?? {};
  const registered = mlflow?.model === undefined ? [] : [`MLflow ${mlflow.model} ${mlflow.version ?? ''}`.trim()];
  return [
    `  ${version.version}  ${version.artifact}`,
    `     ${[...digest, ...size, ...registered, ...metrics].join(', ')}`.trimEnd(),
    `     ${serving.length === 0 ? 'served nowhere' : `on ${serving.join(', ')}`}`,
  ].filter((line) => line.trim() !== '');
}

function signatureLines({ inputs, outputs }: NonNullable<Model['signature']>): string[] {
  return ['inputs', ...inputs.flatMap(tensorLines), 'outputs', ...outputs.flatMap(tensorLines)];
}

function tensorLines({ name, alias, datatype, shape, columns, labels }: Tensor): string[] {
  const other = alias === undefined ? '' : `, also ${alias}`;
  return [
    `  ${name}  ${datatype} [${shape.join(', ')}]${other}`,
    ...(columns === undefined ? [] : [`     columns ${columns.join(', ')}`]),
    ...(labels === undefined ? [] : [`     labels ${labels.join(', ')}`]),
  ];
}

function clusterLines(model: Model, addresses: readonly Address[]): string[] {
  const served = Object.entries(model.serve ?? {});
  if (served.length === 0) return ['served nowhere'];
  const width = Math.max(...served.map(([cluster]) => cluster.length));
  const lines = served.map(([cluster, serve]) => {
    const at = addresses.find((address) => address.cluster === cluster);
    const where = at === undefined ? '' : `  ${at.host ?? 'inside the cluster'}, namespace ${at.namespace}`;
    return `  ${cluster.padEnd(width)}  version ${servedText(serve)}${where}`;
  });
  return ['clusters', ...lines];
}
