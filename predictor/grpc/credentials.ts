/** A certificate that may change, as grpc-js wants it. */
import { experimental, type ServerCredentials } from '@grpc/grpc-js';
import type { Certificate, Tls } from '../operate/tls.ts';

type Provider = Parameters<typeof experimental.createCertificateProviderServerCredentials>[0];
type Listener = Parameters<Provider['addIdentityCertificateListener']>[0];

/** Connections that are open keep the certificate with which they began. */
export function credentialsOf(tls: Tls): ServerCredentials {
  const listeners = new Set<Listener>();
  tls.onChange((certificate) => {
    for (const listener of listeners) listener(updateOf(certificate));
  });
  const provider: Provider = {
    addIdentityCertificateListener: (listener) => {
      listeners.add(listener);
      // grpc-js takes updates only once this call has returned; it listens after that.
      queueMicrotask(() => listener(updateOf(tls.current())));
    },
    removeIdentityCertificateListener: (listener) => void listeners.delete(listener),
    // Callers need no certificate, so that no authority is watched.
    addCaCertificateListener: () => {},
    removeCaCertificateListener: () => {},
  };
  return experimental.createCertificateProviderServerCredentials(provider, null, false);
}

function updateOf({ cert, key }: Certificate) {
  return { certificate: cert, privateKey: key };
}
