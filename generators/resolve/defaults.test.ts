/** The schemas tell people the defaults, `defaults.ts` applies them: both must say the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import clusterSchema from '../../schemas/cluster.schema.json' with { type: 'json' };
import modelsSchema from '../../schemas/models.schema.json' with { type: 'json' };
import { defaults, releases } from './defaults.ts';
import { defaultLevels } from './policy.ts';

/** Field → what its description gives as default, for the fields whose default is a value. */
function stated(schema: unknown, path: readonly string[] = []): [field: string, value: string][] {
  if (schema === null || typeof schema !== 'object') return [];
  const { description } = schema as { description?: unknown };
  const said = typeof description === 'string' ? /\bDefault (?:`([^`]+)`|([^\s`:]+))\./.exec(description) : null;
  const value = said?.[1] ?? said?.[2];
  const own: [string, string][] = value === undefined ? [] : [[path.join('.'), value]];
  const below = Object.entries(schema).flatMap(([key, part]) => {
    if (key === 'properties' || key === '$defs') {
      return Object.entries(part as object).flatMap(([name, field]) => stated(field, [...path, name]));
    }
    return key === 'items' || key === 'additionalProperties' ? stated(part, path) : [];
  });
  return [...own, ...below];
}

const { credentials, gateway, client, predictor, replicas } = defaults;
const part = (name: keyof typeof releases) => (releases[name].enabled ? 'on' : 'off');

const applied: Readonly<Record<string, unknown>> = {
  'repository.revision': defaults.revision,
  'argocd.namespace': defaults.argocd.namespace,
  'argocd.configure': true,
  'gateway.namespace': gateway.namespace,
  'gateway.name': gateway.name,
  'gateway.className': gateway.className,
  'gateway.tls.secret': gateway.tlsSecret,
  'storage.mlflowPath': defaults.mlflowPath,
  'credentials.serviceAccount': credentials.serviceAccount,
  'credentials.secret': credentials.secret,
  'predictor.resources.cpu': predictor.cpu,
  'predictor.resources.memory': predictor.memory,
  'predictor.smoke': defaults.predictor.smoke,
  'client.enabled': false,
  'client.namespace': client.namespace,
  'client.service': client.service,
  'client.port': client.port,
  'client.hostname': client.hostname,
  'client.replicas': client.replicas,
  'platform.mlflow': part('mlflow'),
  'platform.jupyterhub': part('jupyterhub'),
  'platform.keda': part('keda'),
  'platform.monitoring': part('monitoring'),
  ...Object.fromEntries(Object.entries(defaultLevels).map(([rule, level]) => [`policy.${rule}`, level])),
  'Example.tolerance': defaults.exampleTolerance,
  'Autoscaling.minReplicas': replicas.min,
  'Autoscaling.metric': replicas.metric,
  'Autoscaling.target': replicas.target,
  'Mirror.percent': defaults.mirrorPercent,
  'Serve.suspended': false,
  TimeoutSeconds: defaults.timeoutSeconds,
  Visibility: 'public',
};

for (const [field, value] of [...stated(clusterSchema), ...stated(modelsSchema)]) {
  test(`default of ${field}: ${value}`, () => {
    assert.ok(field in applied, `the schema states a default of ${field} that this test does not know`);
    assert.equal(Number.isNaN(Number(value)) ? value : Number(value), asText(applied[field]));
  });
}

test('every default that this test knows is stated in a schema', () => {
  const fields = new Set([...stated(clusterSchema), ...stated(modelsSchema)].map(([field]) => field));
  assert.deepEqual(
    Object.keys(applied).filter((field) => !fields.has(field)),
    [],
  );
});

test('a part whose description does not say "Default off" is on', () => {
  const { properties } = clusterSchema.properties.platform;
  for (const [name, { description }] of Object.entries(properties)) {
    assert.equal(releases[name as keyof typeof releases].enabled, !description.includes('Default off'), name);
  }
});

function asText(value: unknown): unknown {
  return typeof value === 'boolean' ? String(value) : value;
}
