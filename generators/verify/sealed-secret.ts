/** Rules for one sealed file: its name, scope, template, certificate and encrypted values. */
import { type SecretKeys, sealedFile } from '../kube/sealed-secret.ts';
import { readSealedValue, type SealedValue } from '../kube/sealed-value.ts';
import { lengthFault } from '../kube/secret-value.ts';
import { fault, type Pointer, type Problem, type Where, warning } from '../problem.ts';
import type { SealedObject } from './sealed-object.ts';
import type { SealingCertificate } from './sealing-certificate.ts';

/** What a sealed file is held against. */
export interface SealedContext {
  readonly cluster: string;
  readonly certificate: SealingCertificate | undefined;
  /** What its consumers expect; undefined when it has none. */
  readonly keys: SecretKeys | undefined;
  readonly annotations: Readonly<Record<string, string>>;
}

export function checkSealedSecret(sealed: SealedObject, context: SealedContext): Problem[] {
  const again = `Seal it again: ${sealCommand(context.cluster, sealed.namespace, sealed.name, keyNames(sealed, context))}`;
  return [
    ...nameProblems(sealed, context.cluster),
    ...scopeProblems(sealed, again),
    ...templateProblems(sealed, context.annotations),
    ...certificateProblems(sealed, context.certificate, again),
    ...keyProblems(sealed, context.keys, again),
    ...valueProblems(sealed, context, again),
  ];
}

/** The command that makes a sealed file. */
export function sealCommand(cluster: string, namespace = '…', secret = '…', keys: readonly string[] = []): string {
  return ['npm run seal --', `--cluster ${cluster} --secret ${secret} --namespace ${namespace}`, ...keys].join(' ');
}

function keyNames(sealed: SealedObject, { keys }: SealedContext): string[] {
  return Object.keys(keys ?? sealed.encryptedData);
}

function at(sealed: SealedObject, ...pointer: Pointer): Where {
  return { file: sealed.file, pointer };
}

function nameProblems(sealed: SealedObject, cluster: string): Problem[] {
  const { file, name, namespace } = sealed;
  const absent = (['name', 'namespace'] as const).filter((field) => (sealed[field] ?? '') === '');
  if (name === undefined || namespace === undefined || absent.length > 0) {
    return absent.map((field) => {
      const message = `Cannot use a SealedSecret without "${field}": it is part of what was sealed`;
      return fault('SECRET_NAME', at(sealed, 'metadata', field), message, `Seal it again with npm run seal`);
    });
  }
  const wanted = sealedFile(cluster, namespace, name);
  if (file === wanted) return [];
  const message = `Cannot keep the Secret "${name}" of namespace "${namespace}" in this file: its name says otherwise`;
  return [fault('SECRET_NAME', at(sealed, 'metadata', 'name'), message, `Rename the file to "${wanted}"`)];
}

function scopeProblems(sealed: SealedObject, again: string): Problem[] {
  if (sealed.scope !== 'cluster-wide') return [];
  const message = 'Cannot use the scope "cluster-wide": whoever may create a SealedSecret anywhere could open it';
  return [fault('SECRET_SCOPE', at(sealed, 'metadata', 'annotations'), message, again)];
}

function templateProblems(sealed: SealedObject, annotations: Readonly<Record<string, string>>): Problem[] {
  const base = ['spec', 'template', 'metadata'] as const;
  const { template } = sealed;
  const problems: Problem[] = [];
  for (const field of ['name', 'namespace'] as const) {
    if (template[field] === undefined || sealed[field] === undefined || template[field] === sealed[field]) continue;
    const message = `Cannot make a Secret with ${field} "${template[field]}": the SealedSecret has "${sealed[field]}"`;
    const repair = `Write "${sealed[field]}" here, as in metadata.${field}`;
    problems.push(fault('SECRET_TEMPLATE', at(sealed, ...base, field), message, repair));
  }
  const where = at(sealed, ...base, 'annotations');
  const applied = 'kubectl.kubernetes.io/last-applied-configuration';
  if (template.annotations[applied] !== undefined) {
    const place = { ...at(sealed, ...base, 'annotations', applied), key: true };
    const message = `Cannot keep the annotation "${applied}": it holds the whole Secret, unsealed`;
    problems.push(
      fault('SECRET_PLAINTEXT', place, message, 'Replace the values where they were issued, then seal those'),
    );
  }
  if (template.scope !== sealed.scope) {
    const message = `Cannot make a Secret of scope "${template.scope}": the SealedSecret has "${sealed.scope}"`;
    problems.push(fault('SECRET_TEMPLATE', where, message, 'Give both the same sealedsecrets.bitnami.com annotations'));
  }
  for (const [key, value] of Object.entries(annotations)) {
    if (template.annotations[key] === value) continue;
    const message = `Cannot reach the storage with this Secret: annotation "${key}" must be "${value}"`;
    problems.push(fault('SECRET_TEMPLATE', where, message, `Write ${key}: "${value}" here; the values stay sealed`));
  }
  return problems;
}

function certificateProblems(sealed: SealedObject, current: SealingCertificate | undefined, again: string): Problem[] {
  if (current === undefined || sealed.fingerprint === current.fingerprint) return [];
  const where = at(sealed, 'metadata', 'annotations');
  if (sealed.fingerprint === undefined) {
    const message = 'Nothing says which certificate sealed this: the annotation of npm run seal is missing';
    return [warning('CERTIFICATE_MISMATCH', where, message, again)];
  }
  const both = `sealed for certificate ${short(sealed.fingerprint)}, the cluster has ${short(current.fingerprint)}`;
  const message = `Cannot open this on the cluster: ${both}`;
  return [fault('CERTIFICATE_MISMATCH', where, message, again)];
}

function short(fingerprint: string): string {
  return `${fingerprint.slice(0, 12)}…`;
}

function keyProblems(sealed: SealedObject, keys: SecretKeys | undefined, again: string): Problem[] {
  const has = Object.keys(sealed.encryptedData);
  const where = at(sealed, 'spec', 'encryptedData');
  if (has.length === 0) {
    return [fault('SECRET_KEYS', where, 'Cannot use a SealedSecret without encrypted values', again)];
  }
  if (keys === undefined) return [];
  const missing = Object.keys(keys).filter((key) => !has.includes(key));
  const extra = has.filter((key) => !Object.hasOwn(keys, key));
  return [
    ...missing.map((key) => fault('SECRET_KEYS', where, `Cannot do without the key "${key}"`, again)),
    ...extra.map((key) => {
      const place = { ...at(sealed, 'spec', 'encryptedData', key), key: true };
      return warning('SECRET_KEYS', place, `Nothing needs the key "${key}"`, 'Remove it');
    }),
  ];
}

function valueProblems(sealed: SealedObject, context: SealedContext, again: string): Problem[] {
  return Object.entries(sealed.encryptedData).flatMap(([key, text]) => {
    const where = at(sealed, 'spec', 'encryptedData', key);
    const read = typeof text === 'string' ? readSealedValue(text) : { reason: 'not text' };
    const reason = 'reason' in read ? read.reason : keyFault(read, sealed, context.certificate);
    if (reason !== undefined) {
      return [fault('SECRET_STRUCTURE', where, `Cannot open the encrypted value of "${key}": ${reason}`, again)];
    }
    const expected = context.keys === undefined ? undefined : ownValue(context.keys, key)?.bytes;
    if ('reason' in read || expected === undefined) return [];
    const length = lengthFault(read.plaintextBytes, expected);
    return length === undefined
      ? []
      : [fault('SECRET_LENGTH', where, `Cannot use the sealed value of "${key}": ${length}`, again)];
  });
}

function ownValue(keys: SecretKeys, key: string): SecretKeys[string] | undefined {
  return Object.hasOwn(keys, key) ? keys[key] : undefined;
}

/** What shows that a value was made for another key; silent where the file itself names another certificate. */
function keyFault(
  value: SealedValue,
  sealed: SealedObject,
  current: SealingCertificate | undefined,
): string | undefined {
  if (current === undefined || (sealed.fingerprint ?? current.fingerprint) !== current.fingerprint) return undefined;
  if (value.rsaBytes !== current.modulusBytes) {
    return `sealed for a key of ${value.rsaBytes} bytes, the certificate's has ${current.modulusBytes}`;
  }
  return value.rsa < current.modulus ? undefined : "sealed for another key than the certificate's";
}
