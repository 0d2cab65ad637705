/** Tier T9: sealed secrets. Everything that can be known of them without the private key. */
import { certificateFile, type SecretKeys, sealedFile, sealedFolder } from '../kube/sealed-secret.ts';
import { fault, type Problem, type Staged, type Where, warning } from '../problem.ts';
import { findCredentials, findPlaintext, type ScannedFile } from './plaintext.ts';
import { readSealedObject, record, type SealedFile, type SealedObject } from './sealed-object.ts';
import { checkSealedSecret, sealCommand } from './sealed-secret.ts';
import { checkSealingCertificate, type SealingCertificate } from './sealing-certificate.ts';

/** A Secret that something in the cluster reads. Several needs may name the same one. */
export interface SecretNeed {
  readonly namespace: string;
  readonly secret: string;
  readonly keys: SecretKeys;
  /** Annotations that the Secret must carry: for KServe, where the storage is. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** What in the cluster's file asks for it. */
  readonly because: Where;
}

export interface SealedInput {
  readonly cluster: string;
  readonly certificate?: { readonly file: string; readonly pem: string };
  readonly secrets: readonly SealedFile[];
  readonly needs: readonly SecretNeed[];
  readonly now: Date;
  /** Files in which no secret may lie open: what people write, and what the generator makes. */
  readonly otherFiles?: readonly ScannedFile[];
}

/** Checks a cluster's sealed files. Problems come in the order: certificate, files, needs, other files. */
export function checkSealed(input: SealedInput): Problem[] {
  const { value: certificate, problems } = certificateOf(input);
  const sealed = input.secrets.map((file) => ({ file, object: readSealedObject(file) }));
  const objects = sealed.flatMap(({ object }) => object ?? []);
  return [
    ...problems,
    ...sealed.flatMap(({ file, object }) =>
      object === undefined ? notSealed(file) : checkOne(object, input, certificate),
    ),
    ...missing(input, objects),
    ...(input.otherFiles ?? []).flatMap(findPlaintext),
  ];
}

function certificateOf(input: SealedInput): Staged<SealingCertificate> {
  const { certificate, cluster, needs, now, secrets } = input;
  const command = `npm run seal -- --cluster ${cluster} --fetch-cert`;
  if (certificate === undefined) {
    if (secrets.length === 0 && needs.length === 0) return { problems: [] };
    const message = `Cannot seal for "${cluster}": its sealing certificate is not in the repository`;
    return { problems: [fault('CERTIFICATE_MISSING', { file: certificateFile(cluster) }, message, `Run ${command}`)] };
  }
  const where = { file: certificate.file };
  const checked = checkSealingCertificate(where, certificate.pem, now, `Run ${command} --replace-certificate`);
  return { ...checked, problems: [...checked.problems, ...findCredentials(certificate.file, certificate.pem)] };
}

function notSealed({ file, value }: SealedFile): Problem[] {
  const open = findPlaintext({ file, text: '', value });
  if (open.length > 0) return open;
  const kind = record(value)['kind'];
  const message = `Cannot use ${typeof kind === 'string' ? `kind "${kind}"` : 'this file'}: a SealedSecret belongs here`;
  return [
    fault('SECRET_STRUCTURE', { file, pointer: ['kind'] }, message, 'Move it elsewhere, or make it with npm run seal'),
  ];
}

function checkOne(sealed: SealedObject, input: SealedInput, certificate: SealingCertificate | undefined): Problem[] {
  const { cluster } = input;
  const needs = input.needs.filter((need) => need.namespace === sealed.namespace && need.secret === sealed.name);
  const wanted = needs.length > 0;
  return [
    ...checkSealedSecret(sealed, {
      cluster,
      certificate,
      keys: wanted ? mergeKeys(needs) : undefined,
      annotations: Object.assign({}, ...needs.map((need) => need.annotations ?? {})) as Record<string, string>,
    }),
    // Without a whole name nobody can say what it is for; that is reported.
    ...(wanted || sealed.name === undefined || sealed.namespace === undefined ? [] : [orphan(sealed)]),
  ];
}

function mergeKeys(needs: readonly SecretNeed[]): SecretKeys {
  return Object.assign({}, ...needs.map((need) => need.keys)) as SecretKeys;
}

function orphan({ file, name, namespace }: SealedObject): Problem {
  const message = `Nothing needs the Secret "${name ?? ''}" in namespace "${namespace ?? ''}"`;
  return warning('SECRET_ORPHAN', { file }, message, 'Remove the file, or name the Secret where it is used');
}

function missing({ cluster, needs, secrets }: SealedInput, objects: readonly SealedObject[]): Problem[] {
  const known = new Set(secrets.map(({ file }) => file));
  const identities = new Set(objects.map(({ name, namespace }) => `${namespace}/${name}`));
  const reported = new Set<string>();
  return needs.flatMap((need) => {
    const { because, namespace, secret } = need;
    const file = sealedFile(cluster, namespace, secret);
    if (identities.has(`${namespace}/${secret}`) || known.has(file) || reported.has(file)) return [];
    reported.add(file);
    const same = needs.filter((other) => other.namespace === namespace && other.secret === secret);
    const where = `in namespace "${namespace}"`;
    const message = `Cannot run without the Secret "${secret}" ${where}: nothing in "${sealedFolder(cluster)}" seals it`;
    const repair = `Run ${sealCommand(cluster, namespace, secret, Object.keys(mergeKeys(same)))}`;
    return [fault('SECRET_MISSING', because, message, repair)];
  });
}
