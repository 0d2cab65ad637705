/**
 * One good registry, and what hands do to it: each variant is caught by the tier that is there for it, in words that name
 * the fault, and nothing is said of what is right.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createCompiler } from '../commands/compile.ts';
import { type ProblemCode, problemCodes, type Tier } from '../problem-codes.ts';
import { rmSync } from 'node:fs';
import { layOutBase } from './project.ts';

interface Variant {
  readonly what: string;
  /** A text of the registry, and what stands there instead. */
  readonly from: string;
  readonly to: string;
  readonly tier: Tier;
  readonly code: ProblemCode;
  /** The message; `{0}` is a place. */
  readonly says: string;
  /** Codes of what follows from it. */
  readonly besides?: readonly ProblemCode[];
}

const variants: readonly Variant[] = [
  { what: 'a name in capitals', from: '  - name: iris\n', to: '  - name: Iris\n', tier: 'T0', code: 'FIELD_PATTERN', says: 'Cannot use "Iris" for "name"' },
  { what: 'a name that is taken', from: '  - name: wine\n', to: '  - name: iris\n', tier: 'T4', code: 'MODEL_NAME_TAKEN', says: 'Cannot add model "iris": the name is used at {0}' },
  { what: 'a team that no cluster has', from: 'owner: flowers', to: 'owner: nobody', tier: 'T4', code: 'MODEL_OWNER_UNKNOWN', says: 'Cannot serve "iris" on "alpha": clusters/alpha/cluster.yaml lists no team "nobody"', besides: ["MODEL_OWNER_UNKNOWN"] },
  { what: 'no description', from: '    description: Species of an iris flower from two lengths.\n', to: '', tier: 'T0', code: 'FIELD_MISSING', says: 'Cannot do without "description" in model "iris"' },
  { what: 'a format with a typing error', from: 'format: onnx', to: 'format: onx', tier: 'T0', code: 'FIELD_VALUE', says: 'Cannot use "onx" for "format"' },
  { what: 'YAML that ends in a bracket', from: 'format: sklearn', to: 'format: [', tier: 'T0', code: 'YAML_SYNTAX', says: 'Cannot read YAML: Flow sequence in block collection must be sufficiently indented and end with a ]' },
  { what: 'the same version twice', from: 'version: "2"\n', to: 'version: "1"\n', tier: 'T4', code: 'VERSION_TAKEN', says: 'Cannot add version "1" of "iris": the label is used at {0}', besides: ["VERSION_UNKNOWN"] },
  { what: 'a version that is a number', from: '- version: "1"\n        artifact: s3://example-models/wine', to: '- version: 1\n        artifact: s3://example-models/wine', tier: 'T0', code: 'FIELD_TYPE', says: 'Cannot use 1 for "version": it must be a string' },
  { what: 'a served version that is not there', from: 'alpha: {version: "2"}', to: 'alpha: {version: "9"}', tier: 'T4', code: 'VERSION_UNKNOWN', says: 'Cannot serve version "9" of "iris": it has no such version' },
  { what: 'a cluster that is not there', from: 'alpha: {version: "2"}', to: 'gamma: {version: "2"}', tier: 'T4', code: 'CLUSTER_UNKNOWN', says: 'Cannot serve "iris" on "gamma": there is no clusters/gamma/cluster.yaml' },
  { what: 'an artifact without its slash', from: 's3://example-models/iris/2/', to: 's3://example-models/iris/2', tier: 'T4', code: 'ARTIFACT_SLASH', says: 'Cannot use "s3://example-models/iris/2": without a final "/" KServe also fetches every key that merely begins so' },
  { what: 'an artifact of another bucket', from: 's3://example-models/iris/2/', to: 's3://other-models/iris/2/', tier: 'T4', code: 'ARTIFACT_BUCKET', says: 'Cannot read bucket "other-models" on "alpha": its credentials are for "example-models"' },
  { what: 'an artifact in another kind of store', from: 's3://example-models/iris/2/', to: 'gs://example-models/iris/2/', tier: 'T4', code: 'ARTIFACT_SCHEME', says: 'Cannot fetch "gs://example-models/iris/2/" for "onnx-node": its artifacts are checked in S3' },
  { what: 'an artifact without a scheme', from: 's3://example-models/iris/2/', to: 'example-models/iris/2/', tier: 'T0', code: 'FIELD_PATTERN', says: 'Cannot use "example-models/iris/2/" for "artifact"' },
  { what: 'a digest of sixty digits', from: 'aaaa1111', to: '1111', tier: 'T0', code: 'FIELD_TYPE', says: 'Cannot use 1.1111111111111112e+59 for "sha256": it must be a string' },
  { what: 'fewer columns than the tensor has', from: 'shape: [-1, 2], columns', to: 'shape: [-1, 3], columns', tier: 'T4', code: 'SIGNATURE_COLUMNS', says: 'Cannot name the columns of "X": it has 3 by its last dimension, 2 given', besides: ["EXAMPLE_SHAPE"] },
  { what: 'fewer labels than scores', from: '[setosa, versicolor, virginica]', to: '[setosa, versicolor]', tier: 'T4', code: 'SIGNATURE_LABELS', says: 'Cannot label the classes of "score": it has 3 by its last dimension, 2 given' },
  { what: 'an alias that is taken', from: 'alias: output-1', to: 'alias: output-0', tier: 'T4', code: 'SIGNATURE_NAME_TAKEN', says: 'Cannot call a second tensor of outputs "output-0": the name is used at {0}' },
  { what: 'an example for another input', from: '- {name: input-0, shape', to: '- {name: input-9, shape', tier: 'T4', code: 'EXAMPLE_INPUT', says: 'Cannot send "input-9": the signature has no such input', besides: ["EXAMPLE_INPUT"] },
  { what: 'an example of another shape', from: 'shape: [1, 2], datatype', to: 'shape: [1, 3], datatype', tier: 'T4', code: 'EXAMPLE_SHAPE', says: 'Cannot fill shape [1, 3] of "input-0": it takes 3 values, the data has 2', besides: ["EXAMPLE_SHAPE"] },
  { what: 'an example of another datatype', from: 'datatype: FP32, data:', to: 'datatype: FP64, data:', tier: 'T4', code: 'EXAMPLE_DATATYPE', says: 'Cannot send "input-0" as FP64: the signature says FP32' },
  { what: 'an answer of another output', from: 'expect: {label: [0]}', to: 'expect: {labl: [0]}', tier: 'T4', code: 'EXAMPLE_OUTPUT', says: 'Cannot expect "labl": the signature has no such output' },
  { what: 'a CPU of nonsense', from: 'cpu: 100m', to: 'cpu: 100x', tier: 'T0', code: 'FIELD_PATTERN', says: 'Cannot use "100x" for "cpu"' },
  { what: 'a CPU limit below the request', from: 'resources: {cpu: 100m', to: 'resources: {cpuLimit: 50m, cpu: 100m', tier: 'T4', code: 'RESOURCES_LIMIT', says: 'Cannot limit "iris" to 50m CPU: it requests 100m' },
  { what: 'a GPU for a runtime of CPUs', from: 'resources: {cpu: 100m', to: 'resources: {gpu: 1, cpu: 100m', tier: 'T4', code: 'RUNTIME_GPU', says: 'Cannot give a GPU to "iris": the runtime "onnx-node" computes on CPUs' },
  { what: 'a variable of the runtime', from: '    resources:', to: '    environment: {MODEL_NAME: x}\n    resources:', tier: 'T4', code: 'ENVIRONMENT_RESERVED', says: 'Cannot set "MODEL_NAME" for "iris": the platform sets it' },
  { what: 'a default out of its range', from: 'default: 5}', to: 'default: 50}', tier: 'T4', code: 'CLIENT_RANGE', says: 'Cannot start "length" at 50: the range is 1 to 9' },
  { what: 'a slider the wrong way', from: 'minimum: 1, maximum: 9', to: 'minimum: 9, maximum: 1', tier: 'T4', code: 'CLIENT_RANGE', says: 'Cannot slide "length" from 9 to 1: the minimum must be below the maximum' },
  { what: 'a field of the form without a column', from: '        length: {', to: '        lenght: {', tier: 'T4', code: 'CLIENT_INPUT', says: 'Cannot show a field "lenght": the signature has no such column or tensor' },
  { what: 'a number that the model does not answer', from: '      inputs:\n        length: {', to: '      outputs: {nothing: {minimum: 0}}\n      inputs:\n        length: {', tier: 'T4', code: 'CLIENT_INPUT', says: 'Cannot show an output "nothing": the signature has no such tensor' },
  { what: 'a scale the wrong way', from: '      inputs:\n        length: {', to: '      outputs: {output-0: {minimum: 9, maximum: 1}}\n      inputs:\n        length: {', tier: 'T4', code: 'CLIENT_RANGE', says: 'Cannot show "output-0" on a scale from 9 to 1: the minimum must be below the maximum' },
  { what: 'a canary that is not there', from: 'beta: {version: "1"}\n\n', to: 'beta: {version: "1", canary: {version: "7", weight: 5}}\n\n', tier: 'T4', code: 'VERSION_UNKNOWN', says: 'Cannot serve version "7" of "iris": it has no such version' },
  { what: 'a canary of what is served', from: 'beta: {version: "1"}\n\n', to: 'beta: {version: "1", canary: {version: "1", weight: 5}}\n\n', tier: 'T4', code: 'CANARY_VERSION', says: 'Cannot try version "1" of "iris" beside itself: it is the one that "beta" serves' },
  { what: 'a canary of 150 percent', from: 'beta: {version: "1"}\n\n', to: 'beta: {version: "1", canary: {version: "2", weight: 150}}\n\n', tier: 'T0', code: 'FIELD_RANGE', says: 'Cannot use 150 for "weight": it must be at most 100' },
  { what: 'a mirror of a suspended model', from: 'beta: {version: "1"}\n\n', to: 'beta: {version: "1", suspended: true, mirror: {version: "2"}}\n\n', tier: 'T4', code: 'CANARY_SUSPENDED', says: 'Cannot run a mirror of "iris" on "beta": the model is suspended there' },
  { what: 'a canary of a suspended model', from: 'beta: {version: "1"}\n\n', to: 'beta: {version: "1", suspended: true, canary: {version: "2", weight: 5}}\n\n', tier: 'T4', code: 'CANARY_SUSPENDED', says: 'Cannot run a canary of "iris" on "beta": the model is suspended there' },
  { what: 'more replicas at least than at most', from: 'alpha: {version: "2"}', to: 'alpha: {version: "2", autoscaling: {minReplicas: 3, maxReplicas: 2}}', tier: 'T4', code: 'AUTOSCALING_RANGE', says: 'Cannot scale "iris" between 3 and 2 replicas: the least exceeds the most' },
  { what: 'KEDA where there is none', from: 'alpha: {version: "2"}', to: 'alpha: {version: "2", autoscaling: {class: keda, metric: queue, target: 10, maxReplicas: 2}}', tier: 'T4', code: 'AUTOSCALING_KEDA', says: 'Cannot scale "iris" by "queue" on "alpha": the cluster has no keda' },
  { what: 'an anchor', from: 'owner: flowers', to: 'owner: &team flowers', tier: 'T0', code: 'YAML_ANCHOR', says: 'Cannot use the YAML anchor "&team"' },
  { what: 'a key twice', from: 'owner: flowers', to: 'owner: flowers\n    owner: cellar', tier: 'T0', code: 'YAML_DUPLICATE_KEY', says: 'Cannot use the key "owner" a second time in one mapping: it stands at {0}' },
  { what: 'a second document', from: '  - name: wine\n', to: '---\nmodels:\n  - name: wine\n', tier: 'T0', code: 'YAML_DOCUMENTS', says: 'Cannot read a second document in one file' },
  { what: 'a field with a typing error', from: 'owner: flowers', to: 'ownr: flowers', tier: 'T0', code: 'FIELD_MISSING', says: 'Cannot do without "owner" in model "iris"', besides: ["FIELD_UNKNOWN"] },
  { what: 'a runtime of another format', from: 'format: sklearn', to: 'format: sklearn\n    runtime: onnx-node', tier: 'T4', code: 'RUNTIME_FORMAT', says: 'Cannot serve format "sklearn" on "onnx-node": it serves onnx', besides: ["ARTIFACT_DIGEST"] },
  { what: 'a protocol that the runtime lacks', from: 'format: onnx', to: 'format: onnx\n    protocol: grpc-v1', tier: 'T4', code: 'RUNTIME_PROTOCOL', says: 'Cannot speak "grpc-v1" on "onnx-node": it speaks v2, grpc-v2' },
  { what: 'a prefix inside another', from: 's3://example-models/iris/2/', to: 's3://example-models/iris/1/b/', tier: 'T4', code: 'ARTIFACT_PREFIX', says: 'Cannot keep "s3://example-models/iris/1/b/" inside the artifact at {0}: fetching that one would fetch both' },
  { what: 'a host with a dot', from: 'hostname: iris', to: 'hostname: iris.flower', tier: 'T0', code: 'FIELD_PATTERN', says: 'Cannot use "iris.flower" for "hostname"' },
  { what: 'a request that waits for a day', from: '    resources:', to: '    timeoutSeconds: 86400\n    resources:', tier: 'T0', code: 'FIELD_RANGE', says: 'Cannot use 86400 for "timeoutSeconds": it must be at most 3600' },
];

const now = new Date('2026-12-01T00:00:00Z');
let root: string;
let good: string;

before(() => {
  root = layOutBase();
  good = readFileSync(join(root, 'models.yaml'), 'utf8');
});
after(() => rmSync(root, { recursive: true }));

async function errorsOf(text: string) {
  writeFileSync(join(root, 'models.yaml'), text);
  const { problems } = await createCompiler(root).compile({ now, unsealed: 'warning' });
  return problems.filter(({ severity }) => severity === 'error');
}

test('the registry that they start from is good', async () => {
  assert.deepEqual(await errorsOf(good), []);
});

for (const { what, from, to, tier, code, says, besides } of variants) {
  test(`${tier} catches ${what}`, async () => {
    assert.ok(good.includes(from), `the base project does not hold "${from}"`);
    const [first, ...others] = await errorsOf(good.replace(from, () => to));
    assert.deepEqual([first?.code, first?.message], [code, says]);
    assert.equal(problemCodes[code], tier);
    assert.match(first?.repair ?? '', /^[A-Z]/);
    assert.deepEqual(others.map((problem) => problem.code), besides ?? []);
  });
}
