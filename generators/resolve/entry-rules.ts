/** Rules that one registry entry must keep, whatever else is in the registry (tier T4). */
import type { Model, Version } from '../../schemas/types/models.d.ts';
import { fault, type Problem, type Where } from '../problem.ts';
import { autoscalingFaults } from './autoscaling-rules.ts';
import { exampleFaults } from './example-rules.ts';
import type { At } from './places.ts';
import { bytes, millicores } from './quantity.ts';
import { protocolOf, runtimeOf, runtimes } from './runtimes.ts';
import { clientFaults, signatureFaults } from './signature-rules.ts';
import { trafficFaults } from './traffic-rules.ts';

const known = new WeakMap<Model, readonly Problem[]>();

/** Faults of an entry with places under `/models/<index>`. Entries without fault are remembered by identity. */
export function entryFaults(file: string, index: number, model: Model): readonly Problem[] {
  const before = known.get(model);
  if (before !== undefined) return before;
  const at: At = (...pointer) => ({ file, pointer: ['models', index, ...pointer] });
  const problems = [
    ...versionFaults(model, at),
    ...runtimeFaults(model, at),
    ...artifactFaults(model, at),
    ...signatureFaults(model, at),
    ...exampleFaults(model, at),
    ...clientFaults(model, at),
    ...settingFaults(model, at),
    ...trafficFaults(model, at),
  ];
  // Places hold the index, which an edit above may shift: remember only the good ones.
  if (problems.length === 0) known.set(model, problems);
  return problems;
}

function versionFaults(model: Model, at: At): Problem[] {
  const seen = new Map<string, number>();
  const problems: Problem[] = [];
  model.versions.forEach(({ version }, index) => {
    const first = seen.get(version);
    if (first === undefined) {
      seen.set(version, index);
      return;
    }
    const message = `Cannot add version "${version}" of "${model.name}": the label is used at {0}`;
    const related = [at('versions', first, 'version')];
    problems.push(
      fault('VERSION_TAKEN', at('versions', index, 'version'), message, 'Choose the next free label', related),
    );
  });
  return problems;
}

function runtimeFaults(model: Model, at: At): Problem[] {
  const runtime = runtimeOf(model);
  if (runtime === undefined) return [];
  const problems: Problem[] = [];
  if (runtime.formats[model.format] === undefined) {
    const able = runtimes.filter((candidate) => candidate.formats[model.format] !== undefined).map(({ name }) => name);
    const message = `Cannot serve format "${model.format}" on "${runtime.name}": it serves ${Object.keys(runtime.formats).join(', ')}`;
    problems.push(fault('RUNTIME_FORMAT', at('runtime'), message, `Choose one of: ${able.join(', ')}`));
  }
  const protocol = protocolOf(model, runtime);
  if (!runtime.protocols.includes(protocol)) {
    const message = `Cannot speak "${protocol}" on "${runtime.name}": it speaks ${runtime.protocols.join(', ')}`;
    const repair = `Choose one of: ${runtime.protocols.join(', ')}`;
    problems.push(fault('RUNTIME_PROTOCOL', at('protocol'), message, repair));
  }
  if (!runtime.gpu) {
    for (const [place, resources] of resourceSettings(model)) {
      if (resources?.gpu === undefined) continue;
      const message = `Cannot give a GPU to "${model.name}": the runtime "${runtime.name}" computes on CPUs`;
      problems.push(fault('RUNTIME_GPU', at(...place, 'gpu'), message, 'Remove "gpu", or choose kserve-tritonserver'));
    }
  }
  return problems;
}

function artifactFaults(model: Model, at: At): Problem[] {
  const runtime = runtimeOf(model);
  const served = new Set(
    Object.values(model.serve ?? {}).flatMap(({ version, canary, mirror }) => [
      version,
      canary?.version,
      mirror?.version,
    ]),
  );
  return model.versions.flatMap((version, index) => {
    const place = at('versions', index, 'artifact');
    const problems = [...schemeFaults(version, place, runtime?.name)];
    if (version.artifact.startsWith('s3://') && !version.artifact.endsWith('/')) {
      const message = `Cannot use "${version.artifact}": without a final "/" KServe also fetches every key that merely begins so`;
      problems.push(fault('ARTIFACT_SLASH', place, message, `Write "${version.artifact}/"`));
    }
    if (runtime?.name === 'onnx-node' && version.sha256 === undefined && served.has(version.version)) {
      const message = `Cannot serve version "${version.version}" of "${model.name}" without the SHA-256 of its model file`;
      const repair = 'Add "sha256"; "sha256sum model.onnx" prints it';
      problems.push(fault('ARTIFACT_DIGEST', at('versions', index), message, repair));
    }
    return problems;
  });
}

function schemeFaults(version: Version, place: Where, runtime: string | undefined): Problem[] {
  const scheme = version.artifact.slice(0, version.artifact.indexOf(':'));
  if (scheme === 'hf' && runtime?.startsWith('kserve-huggingfaceserver') !== true) {
    const message = `Cannot fetch "${version.artifact}": only the Hugging Face runtime reads hf:// artifacts`;
    return [fault('ARTIFACT_SCHEME', place, message, 'Copy the artifact to S3 and write its s3:// URI')];
  }
  if (runtime === 'onnx-node' && scheme !== 's3') {
    const message = `Cannot fetch "${version.artifact}" for "onnx-node": its artifacts are checked in S3`;
    return [fault('ARTIFACT_SCHEME', place, message, 'Copy the artifact to S3 and write its s3:// URI')];
  }
  return [];
}

function settingFaults(model: Model, at: At): Problem[] {
  return [...autoscalingFaults(model, at), ...resourceFaults(model, at), ...environmentFaults(model, at)];
}

/** Every place of the entry that may hold the setting: the entry itself and each cluster's override. */
function settings<K extends 'resources' | 'environment'>(model: Model, field: K) {
  const overrides = Object.entries(model.serve ?? {}).map(
    ([cluster, serve]) => [['serve', cluster, field], serve[field]] as const,
  );
  return [[[field], model[field]] as const, ...overrides];
}

function resourceSettings(model: Model) {
  return settings(model, 'resources');
}

function resourceFaults(model: Model, at: At): Problem[] {
  return resourceSettings(model).flatMap(([place, written]) => {
    if (written === undefined) return [];
    const merged = { ...model.resources, ...written };
    const problems: Problem[] = [];
    if (
      merged.cpuLimit !== undefined &&
      merged.cpu !== undefined &&
      millicores(merged.cpuLimit) < millicores(merged.cpu)
    ) {
      const field = written.cpuLimit === undefined ? 'cpu' : 'cpuLimit';
      const message = `Cannot limit "${model.name}" to ${merged.cpuLimit} CPU: it requests ${merged.cpu}`;
      problems.push(fault('RESOURCES_LIMIT', at(...place, field), message, 'Raise "cpuLimit" or lower "cpu"'));
    }
    if (written.memory !== undefined && bytes(written.memory) < 32 * 1024 ** 2) {
      const message = `Cannot run "${model.name}" with memory "${written.memory}": no runtime starts in less than 32Mi`;
      problems.push(fault('RESOURCES_LIMIT', at(...place, 'memory'), message, 'Write the unit, for example "512Mi"'));
    }
    return problems;
  });
}

/** Variables that KServe, the credentials or the runtime set; a second value would break serving in silence. */
const RESERVED = new Set([
  'MODEL_NAME',
  'MODEL_DIR',
  'MODEL_REPOSITORY',
  'MODEL_VERSION',
  'MODEL_SHA256',
  'HTTP_PORT',
  'GRPC_PORT',
  'METRICS_PORT',
  'STORAGE_URI',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
]);

function environmentFaults(model: Model, at: At): Problem[] {
  return settings(model, 'environment').flatMap(([place, written]) =>
    Object.keys(written ?? {})
      .filter((name) => RESERVED.has(name))
      .map((name) => {
        const message = `Cannot set "${name}" for "${model.name}": the platform sets it`;
        return fault('ENVIRONMENT_RESERVED', { ...at(...place, name), key: true }, message, 'Remove it');
      }),
  );
}
