/** The chart with the values that the generators write: Helm takes it, every object is valid, the client reads the catalogue. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { readCatalogue } from './server/catalogue-file.ts';

const root = join(import.meta.dirname, '..');
const chart = join(root, 'charts/model-client');
const folder = mkdtempSync(join(tmpdir(), 'chart-test-'));
after(() => rmSync(folder, { recursive: true }));
const application = parse(readFileSync(join(root, 'clusters/prod/argocd/client.yaml'), 'utf8')) as {
  spec: { source: { helm: { valuesObject: Record<string, unknown> } } };
};
const values = application.spec.source.helm.valuesObject;
const isValues = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(join(chart, 'values.schema.json'), 'utf8')) as object,
);
const skip = spawnSync('helm', ['version']).status === 0 ? false : 'helm is not on the PATH';

test('the generated values are values of the chart', () => {
  const defaults = parse(readFileSync(join(chart, 'values.yaml'), 'utf8')) as Record<string, unknown>;
  const policy = { ...(defaults['networkPolicy'] as object), ...(values['networkPolicy'] as object) };
  assert.ok(isValues({ ...defaults, ...values, networkPolicy: policy }), JSON.stringify(isValues.errors));
  assert.ok(!isValues({ ...defaults, replica: 3 }), 'a wrong name is refused');
});

test('the client reads the generated catalogue', () => {
  const file = join(folder, 'catalogue.json');
  writeFileSync(file, JSON.stringify(values['catalogue']));
  const { entries, hosts } = readCatalogue(file);
  assert.equal(
    entries.get('iris-classifier')?.targets[0]?.url,
    'http://iris-classifier-predictor.ml-platform.svc.cluster.local',
  );
  assert.equal(hosts.get('iris.servicefoundry.org'), 'iris-classifier');
  assert.equal(entries.get('wine-cultivar')?.model.signature?.inputs[0]?.columns?.length, 13);
});

test('helm lint finds nothing', { skip }, () => {
  const { status, stdout } = spawnSync('helm', ['lint', '--strict', chart], { encoding: 'utf8' });
  assert.equal(status, 0, stdout);
});

const everything = {
  secret: 'client-secrets',
  settings: { RATE_PER_MINUTE: '5' },
  networkPolicy: { ...(values['networkPolicy'] as object), egressCidrs: ['203.0.113.0/24'] },
  routes: [{ name: 'all', hostnames: ['models.example.org'], parentRef: { name: 'gateway', namespace: 'gateways' } }],
};

for (const [name, more, count] of [
  ['as the generators write them', {}, 6],
  ['with everything on', everything, 7],
] as const) {
  test(`every object is valid: values ${name}`, { skip }, () => {
    const file = join(folder, 'values.yaml');
    writeFileSync(file, stringify({ ...values, ...more }));
    const made = spawnSync('helm', ['template', 'client', chart, '-n', 'model-client', '-f', file], {
      encoding: 'utf8',
    });
    assert.equal(made.status, 0, made.stderr);
    const objects = parseAllDocuments(made.stdout).map((document) => document.toJS() as KubeObject);
    assert.equal(objects.length, count);
    for (const object of objects) {
      const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schemaOf(object));
      assert.ok(validate(object), `${object.kind}: ${JSON.stringify(validate.errors)}`);
    }
  });
}

interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
}

/** As kubeconform finds it: `<group>/<kind>_<version>.json`, the core group without a folder's name of its own. */
function schemaOf({ apiVersion, kind }: KubeObject): object {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const name = `${kind.toLowerCase()}_${version}.json`;
  const folders = readdirSync(join(root, 'schemas/kubernetes'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  const place = [group, 'core', version, ...folders.filter((one) => one === group)].map((one) =>
    join(root, 'schemas/kubernetes', one, name),
  );
  const file = place.find(existsSync);
  assert.ok(file, `no schema of ${apiVersion} ${kind}`);
  return JSON.parse(readFileSync(file, 'utf8')) as object;
}
