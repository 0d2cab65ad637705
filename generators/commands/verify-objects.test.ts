import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { locateProblems, placeOf } from '../report/located.ts';
import { within } from '../testdata/project.ts';
import { verifyObjects } from './verify-objects.ts';

const service = (name: string, more = '') => `apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: ${name}, namespace: default, annotations: {serving.kserve.io/deploymentMode: Standard}}
spec: {predictor: {${more}model: {modelFormat: {name: sklearn}, storageUri: "s3://models/a/"}}}
`;

/** Codes and places of what is found in some files, with the folder left out. */
async function found(files: Readonly<Record<string, string>>, paths: readonly string[] = ['.']): Promise<string[]> {
  return within(mkdtempSync(join(tmpdir(), 'kserve-gitops-')), async (root) => {
    mkdirSync(join(root, 'below'));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(root, file), text);
    const { problems, locate } = await verifyObjects(
      paths.map((path) => join(root, path)),
      new Date('2026-12-01T00:00:00Z'),
    );
    return locateProblems(problems, locate).map(
      ({ code, file, position }) => `${code} ${placeOf(file.replace(`${root}/`, ''), position)}`,
    );
  });
}

test('objects are found in folders below, in any document of a file, and in JSON', async () => {
  const bad = 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a, colour: red}\n';
  const files = {
    'below/a.yaml': `${service('good')}---\n${bad}`,
    'below/b.json': JSON.stringify({ apiVersion: 'v1', kind: 'Cat', metadata: { name: 'tom' } }),
    'below/c.txt': 'no manifest',
  };
  assert.deepEqual(await found(files), ['OBJECT_INVALID below/a.yaml:8:21', 'OBJECT_KIND_UNKNOWN below/b.json:1:27']);
});

test('what KServe would refuse is found where it stands', async () => {
  assert.deepEqual(await found({ 'a.yaml': service('iris', 'minReplicas: 3, maxReplicas: 2, ') }, ['a.yaml']), [
    'REPLICAS_RANGE a.yaml:4:49',
  ]);
});

test('two files with one object name each other, and two runtimes with one priority too', async () => {
  const runtime = (name: string) => `apiVersion: serving.kserve.io/v1alpha1
kind: ClusterServingRuntime
metadata: {name: ${name}}
spec:
  supportedModelFormats: [{name: mine, version: "1", autoSelect: true, priority: 1}]
  protocolVersions: [v2]
  containers:
  - name: kserve-container
    image: example.org/server:1
    resources: {requests: {cpu: 100m, memory: 1Gi}, limits: {memory: 1Gi}}
    securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true}
`;
  const files = {
    'a.yaml': service('iris'),
    'b.yaml': service('iris'),
    'c.yaml': `${runtime('x')}---\n${runtime('y')}`,
  };
  assert.deepEqual(await found(files), ['OBJECT_TAKEN b.yaml:1:1', 'RUNTIME_PRIORITY_TAKEN c.yaml:17:82']);
});

test('what is no object, and a path where nothing is, are problems', async () => {
  assert.deepEqual(await found({ 'a.yaml': 'kind: Pod\n' }, ['a.yaml', 'gone']), [
    'OBJECT_INVALID a.yaml:1:1',
    'FILE_MISSING gone',
  ]);
});
