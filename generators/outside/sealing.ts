/** Seals a value so that only the cluster's controller can open it. Outside, because it draws random bytes. */
import { constants, createCipheriv, publicEncrypt, randomBytes, X509Certificate } from 'node:crypto';
import { lengthBytes, type SealingTarget, sealingLabel } from '../kube/sealed-value.ts';

const sessionKeyBytes = 32;
/** The session key seals one value only, so the nonce need not differ. */
const zeroNonce = Buffer.alloc(12);

/** Encrypts `plaintext` for the holder of the certificate's private key; the label of `target` is needed to open it. */
export function sealValue(plaintext: Buffer, certificatePem: string, target: SealingTarget): string {
  const sessionKey = randomBytes(sessionKeyBytes);
  try {
    const rsa = encryptKey(sessionKey, certificatePem, sealingLabel(target));
    const cipher = createCipheriv('aes-256-gcm', sessionKey, zeroNonce);
    const body = [cipher.update(plaintext), cipher.final(), cipher.getAuthTag()];
    const header = Buffer.alloc(lengthBytes);
    header.writeUInt16BE(rsa.length);
    return Buffer.concat([header, rsa, ...body]).toString('base64');
  } finally {
    sessionKey.fill(0);
  }
}

function encryptKey(sessionKey: Buffer, certificatePem: string, label: string): Buffer {
  const key = new X509Certificate(certificatePem).publicKey;
  const oaepLabel = label === '' ? {} : { oaepLabel: Buffer.from(label) };
  return publicEncrypt(
    { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256', ...oaepLabel },
    sessionKey,
  );
}
