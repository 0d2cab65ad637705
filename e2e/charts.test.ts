/** The stand-ins take what every generated Application sets, and nothing else. Needs helm and the folder of releases. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { chartNames, packChart } from './charts.ts';
import type { Thing } from './kube.ts';
import { settings } from './settings.ts';

const { source: root, upstream } = settings(process.env, false);
const work = mkdtempSync(join(tmpdir(), 'e2e-charts-test-'));
after(() => rmSync(work, { recursive: true }));
const missing = spawnSync('helm', ['version']).status !== 0 || !existsSync(upstream);
const skip = missing ? 'helm or the folder of releases is not here' : false;

interface Application {
  readonly kind: string;
  readonly spec: {
    readonly source: {
      readonly chart?: string;
      readonly targetRevision: string;
      readonly helm?: { readonly releaseName: string; readonly valuesObject?: object };
    };
    readonly destination: { readonly namespace: string };
  };
}

const applications = readdirSync(join(root, 'clusters')).flatMap((cluster) =>
  readdirSync(join(root, 'clusters', cluster, 'argocd'))
    .map((file) => [`${cluster}/${file}`, parseOne(join(root, 'clusters', cluster, 'argocd', file))] as const)
    .filter(([, { kind, spec }]) => kind === 'Application' && chartNames().includes(spec.source.chart ?? '')),
);

function parseOne(file: string): Application {
  return parseAllDocuments(readFileSync(file, 'utf8'))[0]?.toJS() as Application;
}

/** Objects of the chart with these values. Throws with what helm says. */
async function render(chart: string, values: object, namespace: string, ...more: string[]): Promise<Thing[]> {
  const archive = await packChart(chart, upstream, mkdtempSync(join(work, 'pack-')));
  const file = join(work, `${chart}-values.yaml`);
  writeFileSync(file, stringify(values));
  const { status, stdout, stderr } = spawnSync(
    'helm',
    ['template', chart, archive, '--namespace', namespace, '--values', file, ...more],
    { encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  if (status !== 0) throw new Error(stderr);
  return parseAllDocuments(stdout).flatMap((document) => (document.toJS() as Thing | null) ?? []);
}

test('every chart has a stand-in of the version that is installed', () => {
  for (const [file, { spec }] of applications) {
    const { version } = parse(
      readFileSync(join(import.meta.dirname, 'charts', spec.source.chart ?? '', 'Chart.yaml'), 'utf8'),
    ) as {
      version: string;
    };
    assert.equal(version, spec.source.targetRevision, file);
  }
});

for (const chart of ['cert-manager', 'sealed-secrets', 'traefik', 'kserve-crd', 'kserve', 'mlflow', 'jupyterhub']) {
  test(`${chart} renders with the values of each cluster`, { skip }, async () => {
    const mine = applications.filter(([, { spec }]) => spec.source.chart === chart);
    assert.ok(mine.length > 0);
    for (const [file, { spec }] of mine) {
      const objects = await render(chart, spec.source.helm?.valuesObject ?? {}, spec.destination.namespace);
      assert.ok(objects.length > 1 && objects.every(({ kind }) => kind !== undefined), file);
    }
  });

  test(`${chart} refuses a value that it does not know`, { skip }, async () => {
    await assert.rejects(render(chart, { unheardOf: true }, 'default'), /unheardOf|[Aa]dditional propert/);
  });
}

test('traefik reads its own kinds, and brings them, where the provider for them is on', { skip }, async () => {
  const { helm } = parseOne(join(root, 'clusters/local/argocd/traefik.yaml')).spec.source;
  const given = helm?.valuesObject as { providers: { kubernetesCRD: object } };
  assert.deepEqual(given.providers.kubernetesCRD, { enabled: true, allowEmptyServices: true });
  const of = async (enabled: boolean) => {
    const values = { ...given, providers: { ...given.providers, kubernetesCRD: { enabled } } };
    const objects = await render('traefik', values, 'traefik', '--include-crds');
    const text = (kind: string) => JSON.stringify(objects.filter((one) => one.kind === kind));
    return { crds: text('CustomResourceDefinition'), role: text('ClusterRole'), deployment: text('Deployment') };
  };
  const on = await of(true);
  const kinds = [...on.crds.matchAll(/"name":"([a-z]+)\.traefik\.io"/g)].map(([, plural]) => plural);
  assert.ok(kinds.includes('traefikservices'));
  for (const kind of kinds) assert.match(on.role, new RegExp(`"${kind}"`));
  assert.match(on.deployment, /--providers\.kubernetescrd=true/);
  const off = await of(false);
  assert.doesNotMatch(`${off.role}${off.deployment}`, /traefik\.io"|kubernetescrd/);
});
