/** A certificate that may change, as grpc-js wants it. */
import { experimental, type ServerCredentials } from '@grpc/grpc-js';
import type { Certificate, Tls } from '../operate/tls.ts';

type Provider = Parameters<typeof experimental.createCertificateProviderServerCredentials>[0];
type Listener = Parameters<Provider['addIdentityCertificateListener']>[0];

type AuthorityListener = Parameters<Provider['addCaCertificateListener']>[0];

/** Connections that are open keep the certificate with which they began. */
export function credentialsOf(tls: Tls): ServerCredentials {
  const listeners = new Set<Listener>();
  const authorities = new Set<AuthorityListener>();
  tls.onChange((certificate) => {
    for (const listener of listeners) listener(updateOf(certificate));
    for (const listener of authorities) listener(authorityOf(certificate));
  });
  const provider: Provider = {
    addIdentityCertificateListener: (listener) => {
      listeners.add(listener);
      // grpc-js takes updates only once this call has returned; it listens after that.
      queueMicrotask(() => listener(updateOf(tls.current())));
    },
    removeIdentityCertificateListener: (listener) => void listeners.delete(listener),
    addCaCertificateListener: (listener) => {
      authorities.add(listener);
      queueMicrotask(() => listener(authorityOf(tls.current())));
    },
    removeCaCertificateListener: (listener) => void authorities.delete(listener),
  };
  const asked = tls.current().ca !== undefined;
  return experimental.createCertificateProviderServerCredentials(provider, asked ? provider : null, asked);
}

function updateOf({ cert, key }: Certificate) {
  return { certificate: cert, privateKey: key };
}

function authorityOf({ ca }: Certificate) {
  return ca === undefined ? null : { caCertificate: ca };
}
