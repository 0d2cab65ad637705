/**
 * What hands do to the good state of the story (iris-species of MLflow, version 2 served on alpha), and the tier that is
 * there for it. The words that a person reads are in `../variants.md`.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ProblemCode, Tier } from '../../problem-codes.ts';
import type { Edit, FileEdit, ObjectEdit } from '../edits.ts';

export interface Variant {
  readonly what: string;
  readonly tier: Tier;
  readonly code: ProblemCode;
  readonly edits: readonly Edit[];
  /** Codes of the errors that follow from it, of whatever tier. */
  readonly besides?: readonly ProblemCode[];
  /** Checks these manifests instead, as `verify -- --objects` does. */
  readonly objects?: string;
  /** The day of judgement, where it is another. */
  readonly date?: string;
  /** In place of the store's address. */
  readonly endpoint?: string;
}

const SERVICE = 'apps/alpha/model-iris-species/inferenceservice.yaml';
const GRPC = 'apps/alpha/model-iris-species/grpcroute.yaml';
const SEALED = 'clusters/alpha/sealed/flowers.mlops-aws-credentials.yaml';
const FIXTURES = '../../testdata/invalid';
/** SHA-256 of version 2's graph (examples/artifacts). */
const DIGEST = 'dfd8f24b4d56e0b7f7d68c8f58b2c5ea8cfcc10186bae771ee907e0b10a5f934';

function registry(from: string, to: string): FileEdit {
  return { file: 'models.yaml', from, to };
}

function cluster(from: string, to: string): FileEdit {
  return { file: 'clusters/alpha/cluster.yaml', from, to };
}

function manifest(from: string, to: string, file = SERVICE): FileEdit {
  return { file, from, to };
}

/** A sealed file of the fixtures, whose ciphertext nobody can make by hand. */
function sealedLike(fixture: string): FileEdit {
  const path = fileURLToPath(new URL(`${FIXTURES}/${fixture}/${SEALED}`, import.meta.url));
  const lines = readFileSync(path, 'utf8').split('\n');
  return { file: SEALED, to: lines.filter((line) => !line.startsWith('# ')).join('\n') };
}

function stored(object: string, how: string, change: ObjectEdit['change']): ObjectEdit {
  return { object, how, change };
}

function patched(how: string, from: string, to: string): ObjectEdit {
  return stored('model.onnx', how, (bytes) => patch(bytes, from, to));
}

/** Another model of the same length, logged and registered with its own digest: only its content is wrong. */
function relogged(how: string, from: string, to: string): Edit[] {
  const path = new URL(
    '../../../examples/artifacts/nsa2-sf-ml-models/mlflow/1/models/m-3ac8001387b34ce98758d82654a4d56f/artifacts/model.onnx',
    import.meta.url,
  );
  const sha256 = createHash('sha256')
    .update(patch(readFileSync(path), from, to))
    .digest('hex');
  return [patched(how, from, to), registry(DIGEST, sha256)];
}

function patch(bytes: Buffer, from: string, to: string): Buffer {
  const [before, after] = [Buffer.from(from, 'latin1'), Buffer.from(to, 'latin1')];
  const at = bytes.indexOf(before);
  if (at < 0 || before.length !== after.length) throw new Error(`cannot replace ${JSON.stringify(from)}`);
  return Buffer.concat([bytes.subarray(0, at), after, bytes.subarray(at + before.length)]);
}

const gone = () => undefined;
const NEXT = '  - name: iris-species\n';
const ALPHA = '    serve:\n      alpha:\n        version: "2"\n';
const QUOTA = 'quota: {cpu: "2", memory: 4Gi}';
const MONITORING = '  monitoring: {enabled: true}\n';

const waiver = (until: string) =>
  cluster(
    MONITORING,
    `${MONITORING}policy:\n  replicas: error\nwaivers:\n${['iris', 'iris-species']
      .map(
        (model) =>
          `  - {rule: replicas, model: ${model}, reason: One pod is enough for a trial., until: "${until}", owner: flowers}\n`,
      )
      .join('')}`,
  );

export const variants: readonly Variant[] = [
  // T0: the files against their schemas
  { what: 'a bracket that nobody closes', tier: 'T0', code: 'YAML_SYNTAX', edits: [registry('shape: [-1, 4]', 'shape: [-1, 4')] },
  { what: 'a field with a typing error', tier: 'T0', code: 'FIELD_UNKNOWN', edits: [registry('size: 776', 'sice: 776')] },
  { what: 'no owner', tier: 'T0', code: 'FIELD_MISSING', edits: [registry(`${NEXT}    owner: flowers\n`, NEXT)] },
  { what: 'a version that is a number', tier: 'T0', code: 'FIELD_TYPE', edits: [registry(ALPHA, ALPHA.replace('"2"', '2'))] },
  { what: 'a name in capitals', tier: 'T0', code: 'FIELD_PATTERN', edits: [registry(NEXT, '  - name: Iris-Species\n')] },
  { what: 'a name of more than 48 characters', tier: 'T0', code: 'FIELD_LENGTH', edits: [registry(NEXT, `  - name: ${'iris-'.repeat(10)}species\n`)] },
  { what: 'a canary of 150 percent', tier: 'T0', code: 'FIELD_RANGE', edits: [registry(ALPHA, `${ALPHA}        canary: {version: "1", weight: 150}\n`)] },
  { what: 'an anchor', tier: 'T0', code: 'YAML_ANCHOR', edits: [registry(`${NEXT}    owner: flowers`, `${NEXT}    owner: &team flowers`)] },

  // T1 to T3: manifests of whomever
  { what: 'a field that no InferenceService has', tier: 'T1', code: 'OBJECT_INVALID', objects: SERVICE, edits: [manifest('minReplicas: 1', 'minReplica: 1')] },
  { what: 'a number that is a text', tier: 'T1', code: 'OBJECT_INVALID', objects: SERVICE, edits: [manifest('timeout: 60', 'timeout: "60"')] },
  { what: 'a kind that nobody knows', tier: 'T1', code: 'OBJECT_KIND_UNKNOWN', objects: SERVICE, edits: [manifest('kind: InferenceService', 'kind: InferenceServer')] },
  { what: 'a method without a name', tier: 'T2', code: 'RULE_BROKEN', objects: GRPC, edits: [manifest('  - backendRefs:', '  - matches: [{method: {type: Exact}}]\n    backendRefs:', GRPC)] },
  { what: 'a Gateway twice', tier: 'T2', code: 'RULE_BROKEN', objects: GRPC, edits: [manifest('  hostnames:', '  - {group: gateway.networking.k8s.io, kind: Gateway, name: traefik-gateway, namespace: traefik}\n  hostnames:', GRPC)] },
  { what: 'a deployment mode of yesterday', tier: 'T3', code: 'DEPLOYMENT_MODE', objects: SERVICE, edits: [manifest('deploymentMode: Standard', 'deploymentMode: Raw')], besides: ['SCALE_METRIC'] },
  { what: 'an autoscaler that KServe does not have', tier: 'T3', code: 'AUTOSCALER_CLASS', objects: SERVICE, edits: [manifest('autoscalerClass: hpa', 'autoscalerClass: kpa')] },
  { what: 'more replicas at least than at most', tier: 'T3', code: 'REPLICAS_RANGE', objects: SERVICE, edits: [manifest('minReplicas: 1', 'minReplicas: 3')] },
  { what: 'a metric that no HorizontalPodAutoscaler follows', tier: 'T3', code: 'SCALE_METRIC', objects: SERVICE, edits: [manifest('scaleMetric: cpu', 'scaleMetric: rps')] },
  { what: 'a name that is no service name', tier: 'T3', code: 'SERVICE_NAME', objects: SERVICE, edits: [manifest('name: iris-species', 'name: iris.species')] },
  { what: 'a store that KServe does not fetch from', tier: 'T3', code: 'STORAGE_SCHEME', objects: SERVICE, edits: [manifest('storageUri: s3://', 'storageUri: ftp://')] },

  // T4: across entries
  { what: 'a name that is taken', tier: 'T4', code: 'MODEL_NAME_TAKEN', edits: [registry(NEXT, '  - name: wine\n')] },
  { what: 'a team that no cluster has', tier: 'T4', code: 'MODEL_OWNER_UNKNOWN', edits: [registry(`${NEXT}    owner: flowers`, `${NEXT}    owner: nobody`)] },
  { what: 'a version that is not there', tier: 'T4', code: 'VERSION_UNKNOWN', edits: [registry(ALPHA, ALPHA.replace('"2"', '"9"'))] },
  { what: 'an artifact without its slash', tier: 'T4', code: 'ARTIFACT_SLASH', edits: [registry('/artifacts/\n        sha256: dfd8', '/artifacts\n        sha256: dfd8')] },
  { what: 'a prefix inside another', tier: 'T4', code: 'ARTIFACT_PREFIX', edits: [registry('s3://example-models/iris/1/', 's3://example-models/mlflow/1/')], besides: ['ARTIFACT_PREFIX'] },
  { what: 'a host that another model has', tier: 'T4', code: 'HOST_TAKEN', edits: [registry(ALPHA, `    client: {hostname: iris}\n${ALPHA}`)] },
  { what: 'a name too long for its host', tier: 'T4', code: 'HOST_LENGTH', edits: [registry(NEXT, '  - name: iris-species-of-the-whole-herbarium-of-kew\n'), { file: 'clusters/alpha/cluster.yaml', from: '  - name: flowers\n', to: '  - name: flowers\n    namespace: flowers-of-meadows\n', }], besides: ['SECRET_MISSING'] },
  { what: 'a name too long for a canary', tier: 'T4', code: 'CANARY_NAME', edits: [registry(NEXT, '  - name: iris-species-of-the-whole-herbarium-of-kew\n'), registry(ALPHA, `${ALPHA}        canary: {version: "1", weight: 5}\n`)] },
  { what: 'a canary of what is served', tier: 'T4', code: 'CANARY_VERSION', edits: [registry(ALPHA, `${ALPHA}        canary: {version: "2", weight: 5}\n`)] },
  { what: 'replicas between three and two', tier: 'T4', code: 'AUTOSCALING_RANGE', edits: [registry(ALPHA, `    autoscaling: {minReplicas: 3, maxReplicas: 2}\n${ALPHA}`)] },
  { what: 'no replica at all', tier: 'T4', code: 'AUTOSCALING_ZERO', edits: [registry(ALPHA, `    autoscaling: {minReplicas: 0, maxReplicas: 2}\n${ALPHA}`)] },
  { what: 'a queue that an hpa should follow', tier: 'T4', code: 'AUTOSCALING_CLASS', edits: [registry(ALPHA, `    autoscaling: {class: hpa, metric: queue, target: 10, maxReplicas: 2}\n${ALPHA}`)] },
  { what: 'KEDA where there is none', tier: 'T4', code: 'AUTOSCALING_KEDA', edits: [registry(ALPHA, `    autoscaling: {class: keda, metric: queue, target: 10, maxReplicas: 2}\n${ALPHA}`)] },
  { what: 'more than the team may use', tier: 'T4', code: 'QUOTA_EXCEEDED', edits: [cluster(QUOTA, 'quota: {cpu: 100m, memory: 4Gi}')] },
  { what: 'fewer labels than classes', tier: 'T4', code: 'SIGNATURE_LABELS', edits: [registry('shape: [-1, 3]\n          labels: [Setosa, Versicolor, Virginica]', 'shape: [-1, 3]\n          labels: [Setosa, Versicolor]')] },
  { what: 'an example of three lengths', tier: 'T4', code: 'EXAMPLE_SHAPE', edits: [registry('data: [[4, 3.9, 2.3, 0.6]]', 'data: [[4, 3.9, 2.3]]')] },
  { what: 'a format of another runtime', tier: 'T4', code: 'RUNTIME_FORMAT', edits: [registry('Species of an iris flower.\n    format: onnx', 'Species of an iris flower.\n    format: xgboost\n    runtime: onnx-node')] },

  // T5: policy
  { what: 'an image that moves', tier: 'T5', code: 'POLICY_IMAGE_LATEST', edits: [cluster(MONITORING, `${MONITORING}predictor:\n  image: example.org/predictor:latest\n`)], besides: ['POLICY_IMAGE_LATEST', 'POLICY_IMAGE_LATEST'] },
  { what: 'a key in the environment', tier: 'T5', code: 'POLICY_SECRET_IN_ENV', edits: [registry(ALPHA, `    environment: {STORE_TOKEN: hunter2}\n${ALPHA}`)] },
  { what: 'a single replica against the policy', tier: 'T5', code: 'POLICY_REPLICAS', edits: [cluster(MONITORING, `${MONITORING}policy:\n  replicas: error\n`)], besides: ['POLICY_REPLICAS'] },
  { what: 'a waiver that has run out', tier: 'T5', code: 'WAIVER_EXPIRED', edits: [waiver('2026-11-30')], besides: ['POLICY_REPLICAS', 'POLICY_REPLICAS', 'WAIVER_EXPIRED'] },

  // T6: the artifact in its store
  { what: 'an artifact that was never uploaded', tier: 'T6', code: 'ARTIFACT_ABSENT', edits: [registry('/artifacts/\n        sha256: dfd8', '/artefacts/\n        sha256: dfd8')] },
  { what: 'a missing model file', tier: 'T6', code: 'ARTIFACT_INCOMPLETE', edits: [stored('model.onnx', 'removed', gone)] },
  { what: 'a truncated model file', tier: 'T6', code: 'ARTIFACT_BROKEN', edits: [stored('model.onnx', 'cut to 400 bytes', (bytes) => bytes.subarray(0, 400))], besides: ['ARTIFACT_SIZE', 'ARTIFACT_HASH'] },
  { what: 'a file that is no model', tier: 'T6', code: 'ARTIFACT_BROKEN', edits: [stored('model.onnx', 'a web page', () => Buffer.from('<html>404</html>')), registry(DIGEST, createHash('sha256').update('<html>404</html>').digest('hex')), registry('size: 776', 'size: 16')] },
  { what: 'an MLmodel file cut off', tier: 'T6', code: 'ARTIFACT_BROKEN', edits: [stored('MLmodel', 'cut within a bracket', () => Buffer.from('flavors: {onnx: [', 'utf8'))] },
  { what: 'a model of another kind', tier: 'T6', code: 'ARTIFACT_FORMAT', edits: [stored('MLmodel', 'of the flavour sklearn', (bytes) => Buffer.from(bytes .toString('utf8') .replace(/^ {2}onnx:/m, '  sklearn:') .replace('data: model.onnx', 'pickled_model: model.onnx')))] },
  { what: 'a second model beside it', tier: 'T6', code: 'ARTIFACT_NEIGHBOUR', edits: [stored('other.onnx', 'uploaded too', () => Buffer.from('x'))] },
  { what: 'another model of the same length', tier: 'T6', code: 'ARTIFACT_HASH', edits: [patched('SOFTMAX becomes NONE___', 'SOFTMAX', 'NONE___')] },
  { what: 'a wrong digest', tier: 'T6', code: 'ARTIFACT_HASH', edits: [registry(DIGEST, 'e'.repeat(64))] },
  { what: 'a wrong size', tier: 'T6', code: 'ARTIFACT_SIZE', edits: [registry('size: 776', 'size: 767')] },
  { what: 'an operator that the runtime lacks', tier: 'T6', code: 'MODEL_OPERATOR', edits: relogged('Scaler becomes Scalar', 'Scaler"\u0006Scaler', 'Scaler"\u0006Scalar') },
  { what: 'an opset of the future', tier: 'T6', code: 'MODEL_OPSET', edits: relogged('opset 17 becomes 99', 'B\u0004\n\u0000\u0010\u0011', 'B\u0004\n\u0000\u0010c') },
  { what: 'an ONNX form of the future', tier: 'T6', code: 'MODEL_OPSET', edits: relogged('IR version 8 becomes 99', '\u0008\u0008\u0012', '\u0008c\u0012') },
  { what: 'an input that the graph does not have', tier: 'T6', code: 'MODEL_SIGNATURE', edits: [registry('- name: X\n          alias: input-0\n          datatype: FP32\n          shape: [-1, 4]', '- name: features\n          alias: input-0\n          datatype: FP32\n          shape: [-1, 4]')] },
  { what: 'an output of another datatype', tier: 'T6', code: 'MODEL_SIGNATURE', edits: [registry('alias: output-0\n          datatype: INT64', 'alias: output-0\n          datatype: INT32')] },
  { what: 'fewer columns than the graph takes', tier: 'T6', code: 'MODEL_SIGNATURE', edits: [registry('shape: [-1, 4]\n          columns: [sepal_length, sepal_width, petal_length, petal_width]', 'shape: [-1, 3]\n          columns: [sepal_length, sepal_width, petal_length]'), registry('shape: [1, 4]\n          datatype: FP32\n          data: [[4, 3.9, 2.3, 0.6]]', 'shape: [1, 3]\n          datatype: FP32\n          data: [[4, 3.9, 2.3]]')], besides: ['MODEL_SIGNATURE'] },
  { what: 'too little memory', tier: 'T6', code: 'MODEL_MEMORY', edits: [registry(ALPHA, `    resources: {cpu: 100m, memory: 128Mi}\n${ALPHA}`)] },
  { what: 'a store that is not there', tier: 'T6', code: 'ARTIFACT_UNREACHABLE', edits: [registry('accuracy: 0.947368', 'accuracy: 0.95')], endpoint: 'http://127.0.0.1:1', besides: ['ARTIFACT_UNREACHABLE'] },

  // T7: the model's answer
  { what: 'another answer than expected', tier: 'T7', code: 'ANSWER_DIFFERENT', edits: [registry('output_label: [0]', 'output_label: [2]')] },
  { what: 'another probability than expected', tier: 'T7', code: 'ANSWER_DIFFERENT', edits: [registry('[[0.999949', '[[0.9')] },
  { what: 'a graph that the runtime refuses', tier: 'T7', code: 'ANSWER_LOAD', edits: relogged('an attribute is called otherwise', 'coefficients', 'coefficiants') },
  { what: 'a value that the model does not take', tier: 'T7', code: 'ANSWER_STATUS', edits: [registry('data: [[4, 3.9, 2.3, 0.6]]', 'data: [[4, 3.9, 2.3, wide]]')] },

  // T9: sealed secrets
  { what: 'a secret that was never sealed', tier: 'T9', code: 'SECRET_MISSING', edits: [{ file: SEALED }] },
  { what: 'a sealed value cut short', tier: 'T9', code: 'SECRET_STRUCTURE', edits: [sealedLike('secret-structure-cut')] },
  { what: 'a sealed key with its line break', tier: 'T9', code: 'SECRET_LENGTH', edits: [sealedLike('secret-length-newline')] },
  { what: 'a secret that every namespace opens', tier: 'T9', code: 'SECRET_SCOPE', edits: [sealedLike('secret-scope')] },
  { what: 'a secret without one of its keys', tier: 'T9', code: 'SECRET_KEYS', edits: [sealedLike('secret-keys-missing')] },
  { what: 'a secret of another cluster', tier: 'T9', code: 'CERTIFICATE_MISMATCH', edits: [sealedLike('certificate-mismatch')] },
  { what: 'a plain Secret', tier: 'T9', code: 'SECRET_PLAINTEXT', edits: [{ file: SEALED, to: 'apiVersion: v1\nkind: Secret\nmetadata: {name: mlops-aws-credentials, namespace: flowers}\nstringData: {AWS_ACCESS_KEY_ID: x, AWS_SECRET_ACCESS_KEY: y}\n' }] },
  { what: 'a sealing certificate that has run out', tier: 'T9', code: 'CERTIFICATE_EXPIRED', edits: [registry('accuracy: 0.947368', 'accuracy: 0.95')], date: '2057-01-01' },

  // the files that were made
  { what: 'a made file that a hand changed', tier: 'files', code: 'FILE_DRIFT', edits: [manifest('minReplicas: 1', 'minReplicas: 2')] },
];
