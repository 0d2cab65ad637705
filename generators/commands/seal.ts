/**
 * `npm run seal`: secret values → `clusters/<cluster>/sealed/`.
 *
 * Sealing is not generating: ciphertext differs from run to run, so it is an input that people make with this command.
 * Either every file of a run is written or none; plaintext is never written, and nothing that is reported repeats it.
 */
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  certificateFile,
  credentialKeys,
  type SecretStorage,
  sealedFile,
  sealedFolder,
  sealedSecret,
  storageAnnotations,
} from '../kube/sealed-secret.ts';
import type { Scope } from '../kube/sealed-value.ts';
import { writeAllAtomic } from '../outside/atomic.ts';
import { readSealedFolder } from '../outside/sealed-folder.ts';
import { sealValue } from '../outside/sealing.ts';
import { allow, fault, type Problem, warning } from '../problem.ts';
import { printYaml } from '../render/yaml.ts';
import { readSealedObject, type SealedObject } from '../verify/sealed-object.ts';
import { type CertificateOptions, type ChosenCertificate, chooseCertificate } from './seal-certificate.ts';
import { commandLine, type KeyArguments, readValues, requestValues, type SealIo } from './seal-values.ts';

export type { SealIo } from './seal-values.ts';

/** A Secret to seal. */
export interface SealTarget {
  readonly namespace: string;
  readonly secret: string;
}

export interface SealOptions extends CertificateOptions, Partial<KeyArguments> {
  /** Folder of the repository. */
  readonly root: string;
  /** The one that `--namespace` and `--secret` name, or every namespace that needs the credentials. */
  readonly targets: readonly SealTarget[];
  /** Name of the Secret with the S3 credentials on this cluster; its keys and lengths are known. */
  readonly credentials: string;
  readonly storage: SecretStorage;
  readonly scope?: Scope | undefined;
  readonly now: Date;
}

export interface SealResult {
  readonly problems: readonly Problem[];
  /** Files written, from the root of the repository. */
  readonly written: readonly string[];
  /** What a person should know beside. */
  readonly note: readonly string[];
}

const namePattern = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

export async function seal(options: SealOptions, io: SealIo): Promise<SealResult> {
  const isCredentials = options.targets.every(({ secret }) => secret === options.credentials);
  const expected = isCredentials ? credentialKeys(options.storage) : {};
  const keys = { keys: options.keys ?? [], fromEnv: options.fromEnv ?? [], stdin: options.stdin ?? false };
  const requests = requestValues(keys, Object.keys(expected));
  const folder = await readSealedFolder(join(options.root, sealedFolder(options.cluster)));
  const present = [...folder.files].flatMap(([name, text]) => readPresent(options.cluster, name, text));
  const early = [
    ...nameProblems(options),
    ...scopeProblems(options.scope),
    ...(options.targets.length === 0 ? [] : requests.problems),
    ...(requests.value === undefined
      ? []
      : dropProblems(
          options,
          present,
          requests.value.map(({ key }) => key),
        )),
  ];
  if (!allow(early)) return { problems: early, written: [], note: [] };
  const stale = (fingerprint: string) => staleFiles(options, present, fingerprint);
  const chosen = await chooseCertificate(options, folder.certificate, options.now, stale);
  const problems = [...early, ...chosen.problems];
  if (chosen.value === undefined) return { problems, written: [], note: [] };

  const values = new Map<string, Buffer>();
  try {
    if (options.targets.length > 0) problems.push(...(await readValues(requests.value ?? [], expected, io, values)));
    if (!allow(problems)) return { problems, written: [], note: [] };
    const files = sealAll(options, chosen.value, values);
    await writeAllAtomic(new Map([...files].map(([file, text]) => [join(options.root, file), text])));
    return { problems, written: [...files.keys()], note: notes(options, chosen.value, stale) };
  } finally {
    for (const value of values.values()) value.fill(0);
  }
}

/** Path → text of everything that this run writes. */
function sealAll(
  { cluster, credentials, scope = 'strict', storage, targets }: SealOptions,
  { certificate, store }: ChosenCertificate,
  values: ReadonlyMap<string, Buffer>,
): Map<string, string> {
  const files = new Map<string, string>();
  for (const { namespace, secret: name } of targets) {
    const target = { namespace, name, scope };
    const sorted = [...values].sort(([a], [b]) => (a < b ? -1 : 1));
    const data = Object.fromEntries(sorted.map(([key, value]) => [key, sealValue(value, certificate.pem, target)]));
    const annotations = name === credentials ? storageAnnotations(storage) : {};
    const object = sealedSecret(target, certificate.fingerprint, data, annotations);
    files.set(sealedFile(cluster, namespace, name), printYaml(object));
  }
  if (store) files.set(certificateFile(cluster), certificate.pem);
  return files;
}

function notes(
  { targets }: SealOptions,
  { certificate, store }: ChosenCertificate,
  stale: (fingerprint: string) => readonly string[],
): string[] {
  const day = certificate.notAfter.toISOString().slice(0, 10);
  const left = store ? stale(certificate.fingerprint) : [];
  return [
    `Certificate sha256 ${certificate.fingerprint}, valid until ${day}${store ? ', stored' : ''}`,
    ...(targets.length > 1 ? [`The same values are sealed for ${targets.length} namespaces`] : []),
    ...left.map((file) => `Seal again, the certificate has changed: ${file}`),
  ];
}

function nameProblems({ cluster, targets }: SealOptions): Problem[] {
  const given = [cluster, ...targets.flatMap(({ namespace, secret }) => [namespace, ...secret.split('.')])];
  const bad = given.filter((name) => !namePattern.test(name));
  return bad.map((name) => {
    const message = `Cannot use "${name}" as a name of a cluster, namespace or Secret`;
    return fault('SECRET_NAME', commandLine, message, 'Use lower-case letters, digits and "-"');
  });
}

function scopeProblems(scope: Scope | undefined): Problem[] {
  if (scope !== 'cluster-wide') return [];
  const message = 'Sealing "cluster-wide": any namespace could open it, and npm run verify refuses it';
  return [warning('SECRET_SCOPE', commandLine, message, 'Leave out --scope')];
}

function readPresent(cluster: string, name: string, text: string): SealedObject[] {
  const file = `${sealedFolder(cluster)}/${name}`;
  try {
    const object = readSealedObject({ file, value: parse(text, { logLevel: 'silent' }) as unknown });
    return object === undefined ? [] : [object];
  } catch {
    return []; // Not YAML: `npm run verify` says so, with the place.
  }
}

/** A file is replaced as a whole; a key that is not sealed now would be lost without a word. */
function dropProblems(
  { cluster, targets }: SealOptions,
  present: readonly SealedObject[],
  keys: readonly string[],
): Problem[] {
  const files = new Set(targets.map(({ namespace, secret }) => sealedFile(cluster, namespace, secret)));
  return present.flatMap(({ encryptedData, file }) => {
    const lost = files.has(file) ? Object.keys(encryptedData).filter((key) => !keys.includes(key)) : [];
    if (lost.length === 0) return [];
    const message = `Cannot replace this file: it also holds ${lost.map((key) => `"${key}"`).join(', ')}`;
    return [fault('SECRET_KEYS', { file }, message, 'Seal every key in one run, or remove the file first')];
  });
}

/** Files sealed for another certificate that this run does not seal again. */
function staleFiles(
  { cluster, targets }: SealOptions,
  present: readonly SealedObject[],
  fingerprint: string,
): string[] {
  const renewed = new Set(targets.map(({ namespace, secret }) => sealedFile(cluster, namespace, secret)));
  return present
    .filter((sealed) => !renewed.has(sealed.file) && sealed.fingerprint !== fingerprint)
    .map(({ file }) => file);
}
