/** The certificate with which a cluster's secrets are sealed: the public half of the controller's key. */
import { X509Certificate } from 'node:crypto';
import { fault, type Problem, type Staged, type Where, warning } from '../problem.ts';

export interface SealingCertificate {
  /** PEM of this certificate alone: whatever else the file held is left out. */
  readonly pem: string;
  /** SHA-256 of the certificate, 64 hexadecimal digits. */
  readonly fingerprint: string;
  readonly modulus: bigint;
  readonly modulusBytes: number;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const leastBits = 2048;
const soonDays = 30;
const dayMs = 86_400_000;

/** Reads a certificate; a reason when secrets cannot be sealed with it. */
export function readSealingCertificate(pem: string): SealingCertificate | { readonly reason: string } {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    return { reason: 'not a certificate in PEM' };
  }
  const { publicKey } = certificate;
  if (publicKey.asymmetricKeyType !== 'rsa')
    return { reason: `its key is ${publicKey.asymmetricKeyType}, must be rsa` };
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < leastBits) return { reason: `its key has ${bits} bits, must have at least ${leastBits}` };
  const modulus = Buffer.from(publicKey.export({ format: 'jwk' }).n ?? '', 'base64url');
  return {
    pem: certificate.toString(),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    modulus: BigInt(`0x0${modulus.toString('hex')}`),
    modulusBytes: modulus.length,
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
  };
}

/** Checks a certificate at `now`. An expired one is returned too: what was sealed with it can still be judged. */
export function checkSealingCertificate(
  where: Where,
  pem: string,
  now: Date,
  renewal: string,
): Staged<SealingCertificate> {
  const read = readSealingCertificate(pem);
  if ('reason' in read) {
    const message = `Cannot seal with this certificate: ${read.reason}`;
    return { problems: [fault('CERTIFICATE_INVALID', where, message, renewal)] };
  }
  return { value: read, problems: ageProblems(where, read.notAfter, now, renewal) };
}

function ageProblems(where: Where, notAfter: Date, now: Date, renewal: string): Problem[] {
  const left = notAfter.getTime() - now.getTime();
  const day = notAfter.toISOString().slice(0, 10);
  if (left < 0) {
    return [fault('CERTIFICATE_EXPIRED', where, `Cannot seal with this certificate: it expired on ${day}`, renewal)];
  }
  if (left > soonDays * dayMs) return [];
  const message = `Sealing stops soon: the certificate expires on ${day}`;
  return [warning('CERTIFICATE_EXPIRED', where, message, renewal)];
}
