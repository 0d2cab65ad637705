/** `npm run seal -- audit`: which secrets have to be sealed again, and why. It opens nothing and needs no cluster. */
import { join } from 'node:path';
import { certificateFile, sealedFolder } from '../kube/sealed-secret.ts';
import { fetchCertificate } from '../outside/certificate.ts';
import { lastCommitted } from '../outside/git.ts';
import { readSealedFolder } from '../outside/sealed-folder.ts';
import { parseMade } from '../parse/made.ts';
import { fault, type Problem, warning } from '../problem.ts';
import { readSealedObject, type SealedObject } from '../verify/sealed-object.ts';
import {
  checkSealingCertificate,
  readSealingCertificate,
  type SealingCertificate,
} from '../verify/sealing-certificate.ts';
import { type CertificateOptions, sourceOf } from './seal-certificate.ts';

export interface AuditOptions extends Omit<CertificateOptions, 'cluster' | 'replaceCertificate'> {
  readonly root: string;
  readonly clusters: readonly string[];
  /** Days after which a secret should be sealed with a new value. */
  readonly days: number;
  readonly now: Date;
}

export interface AuditedSecret {
  readonly file: string;
  /** Day of the commit that last changed the file; undefined where it is not committed as it is. */
  readonly sealed?: string;
  readonly certificate?: string;
}

export interface Audit {
  readonly cluster: string;
  readonly certificate?: {
    readonly sha256: string;
    readonly from: string;
    readonly until: string;
    readonly days: number;
  };
  readonly secrets: readonly AuditedSecret[];
}

export interface AuditResult {
  readonly problems: readonly Problem[];
  readonly audits: readonly Audit[];
  readonly note: readonly string[];
}

const DAY_MS = 86_400_000;
/**
 * The controller makes a new key every 30 days (`--key-renew-period`, 720h) and keeps the old ones, so that an older
 * certificate still seals, with a key whose private half has been in the cluster for longer.
 */
const RENEWAL_DAYS = 30;

export async function audit(options: AuditOptions): Promise<AuditResult> {
  const problems: Problem[] = [];
  const audits: Audit[] = [];
  for (const cluster of options.clusters) audits.push(await auditCluster(cluster, options, problems));
  return { problems, audits, note: audits.flatMap((one) => notesOf(one, options.now)) };
}

async function auditCluster(cluster: string, options: AuditOptions, problems: Problem[]): Promise<Audit> {
  const { root, now } = options;
  const folder = await readSealedFolder(join(root, sealedFolder(cluster)));
  const objects = [...folder.files].flatMap(([name, text]) => readObject(`${sealedFolder(cluster)}/${name}`, text));
  const certificate = certificateOf(cluster, folder.certificate, objects, now, problems);
  if (certificate !== undefined) problems.push(...(await renewal(cluster, certificate, options)));
  const secrets: AuditedSecret[] = [];
  for (const object of objects) {
    const sealed = await lastCommitted(root, object.file);
    problems.push(...secretFaults(cluster, object, certificate, sealed, options));
    secrets.push({
      file: object.file,
      ...(sealed === undefined ? {} : { sealed: dayOf(sealed) }),
      ...(object.fingerprint === undefined ? {} : { certificate: object.fingerprint }),
    });
  }
  if (certificate === undefined) return { cluster, secrets };
  const { fingerprint: sha256, notBefore, notAfter } = certificate;
  return {
    cluster,
    certificate: { sha256, from: dayOf(notBefore), until: dayOf(notAfter), days: daysSince(notBefore, now) },
    secrets,
  };
}

function readObject(file: string, text: string): SealedObject[] {
  const [value] = parseMade(text) ?? [];
  const object = readSealedObject({ file, value });
  return object === undefined ? [] : [object];
}

function certificateOf(
  cluster: string,
  pem: string | undefined,
  objects: readonly SealedObject[],
  now: Date,
  problems: Problem[],
): SealingCertificate | undefined {
  const where = { file: certificateFile(cluster) };
  const repair = `Run npm run seal -- rotate --cluster ${cluster} --fetch-cert`;
  if (pem === undefined) {
    if (objects.length === 0) return undefined;
    const message = `Cannot audit "${cluster}": its sealing certificate is not in the repository`;
    problems.push(fault('CERTIFICATE_MISSING', where, message, repair));
    return undefined;
  }
  const checked = checkSealingCertificate(where, pem, now, repair);
  problems.push(...checked.problems);
  return checked.value;
}

/** The age of the certificate, and where one is given to compare with, whether it is still the controller's. */
async function renewal(cluster: string, certificate: SealingCertificate, options: AuditOptions): Promise<Problem[]> {
  const where = { file: certificateFile(cluster) };
  const repair = `Run npm run seal -- rotate --cluster ${cluster} --fetch-cert`;
  const source = sourceOf({ ...options, cluster });
  if (source === undefined) {
    const days = daysSince(certificate.notBefore, options.now);
    if (days <= RENEWAL_DAYS) return [];
    const message = `The certificate of "${cluster}" is ${days} days old: the controller makes a new one every ${RENEWAL_DAYS} days`;
    return [warning('CERTIFICATE_AGE', where, message, repair)];
  }
  const fetched = await fetchCertificate(source);
  if ('reason' in fetched) {
    const message = `Cannot get the sealing certificate: ${fetched.reason}`;
    return [fault('CERTIFICATE_MISSING', where, message, 'Check the address, or give --cert with a file')];
  }
  const live = readSealingCertificate(fetched.pem);
  if ('reason' in live) {
    const message = `Cannot compare with the given certificate: ${live.reason}`;
    return [fault('CERTIFICATE_INVALID', where, message, 'Give the certificate of the Sealed Secrets controller')];
  }
  if (live.fingerprint === certificate.fingerprint) return [];
  const message = `The stored certificate ${certificate.fingerprint} is not the controller's newest, ${live.fingerprint}`;
  return [fault('CERTIFICATE_MISMATCH', where, message, repair)];
}

function secretFaults(
  cluster: string,
  { file, fingerprint }: SealedObject,
  certificate: SealingCertificate | undefined,
  sealed: Date | undefined,
  { days, now }: AuditOptions,
): Problem[] {
  const repair = `Run npm run seal -- rotate --cluster ${cluster}`;
  const problems: Problem[] = [];
  if (certificate !== undefined && fingerprint !== undefined && fingerprint !== certificate.fingerprint) {
    const message = `Seal again "${file}": it is for certificate ${fingerprint}, the cluster's is ${certificate.fingerprint}`;
    problems.push(fault('CERTIFICATE_MISMATCH', { file }, message, repair));
  }
  const age = sealed === undefined ? 0 : daysSince(sealed, now);
  if (age > days) {
    const message = `Seal again "${file}": its values were sealed ${age} days ago, more than ${days}`;
    problems.push(
      fault(
        'SECRET_AGE',
        { file },
        message,
        `Make new values, revoke the old ones, and ${repair.replace('Run', 'run')}`,
      ),
    );
  }
  return problems;
}

function daysSince(date: Date, now: Date): number {
  return Math.floor((now.getTime() - date.getTime()) / DAY_MS);
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function notesOf({ cluster, certificate, secrets }: Audit, now: Date): string[] {
  const head =
    certificate === undefined
      ? `${cluster}: no certificate`
      : `${cluster}: certificate sha256 ${certificate.sha256}, ${certificate.days} days old, valid until ${certificate.until}`;
  return [
    head,
    ...secrets.map(({ file, sealed, certificate: by }) => {
      const when =
        sealed === undefined ? 'not committed yet' : `sealed ${sealed} (${daysSince(new Date(sealed), now)} days ago)`;
      const same =
        by === undefined
          ? 'with an unknown certificate'
          : by === certificate?.sha256
            ? 'with this certificate'
            : 'with another certificate';
      return `  ${file}: ${when}, ${same}`;
    }),
  ];
}
