/** Which certificate a run of `npm run seal` seals with, and whether it may take the stored one's place. */
import { certificateFile } from '../kube/sealed-secret.ts';
import {
  type CertificateSource,
  certificateSource,
  defaultController,
  fetchCertificate,
} from '../outside/certificate.ts';
import { fault, type Problem, type Staged, type Where } from '../problem.ts';
import {
  checkSealingCertificate,
  readSealingCertificate,
  type SealingCertificate,
} from '../verify/sealing-certificate.ts';

export interface CertificateOptions {
  readonly cluster: string;
  /** File or http(s) URL. */
  readonly cert?: string | undefined;
  /** Ask the cluster's controller. */
  readonly fetchCert?: boolean | undefined;
  readonly controllerNamespace?: string | undefined;
  readonly controllerName?: string | undefined;
  /** Kubeconfig to reach the controller with; naming one means `fetchCert`. */
  readonly fromKubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly replaceCertificate?: boolean | undefined;
}

export interface ChosenCertificate {
  readonly certificate: SealingCertificate;
  /** It is not the stored one, and is to be stored. */
  readonly store: boolean;
}

/** `stale` lists what a change of certificate would make useless, given the new certificate's fingerprint. */
export async function chooseCertificate(
  options: CertificateOptions,
  stored: string | undefined,
  now: Date,
  stale: (fingerprint: string) => readonly string[],
): Promise<Staged<ChosenCertificate>> {
  const source = sourceOf(options);
  if (source === undefined) return useStored(options.cluster, stored, now);
  const where = placeOf(source);
  const fetched = await fetchCertificate(source);
  if ('reason' in fetched) {
    const message = `Cannot get the sealing certificate: ${fetched.reason}`;
    return {
      problems: [fault('CERTIFICATE_MISSING', where, message, 'Check the address, or give --cert with a file')],
    };
  }
  const checked = checkSealingCertificate(
    where,
    fetched.pem,
    now,
    'Take the newest from the controller with --fetch-cert',
  );
  const { problems, value: certificate } = checked;
  if (certificate === undefined || problems.some(({ severity }) => severity === 'error')) return { problems };
  if (stored === undefined) return { value: { certificate, store: true }, problems };
  const before = readSealingCertificate(stored);
  const known = 'reason' in before ? 'unreadable' : before.fingerprint;
  if (known === certificate.fingerprint) return { value: { certificate, store: false }, problems };
  if (options.replaceCertificate === true) return { value: { certificate, store: true }, problems };
  return { problems: [...problems, differs(options.cluster, certificate.fingerprint, known, stale)] };
}

function differs(
  cluster: string,
  given: string,
  stored: string,
  stale: (fingerprint: string) => readonly string[],
): Problem {
  const message = `Cannot seal with certificate ${given}: the stored one is ${stored}`;
  const affected = stale(given);
  const then = affected.length === 0 ? '' : `, and then seal again what is not in this run: ${affected.join(', ')}`;
  const where = { file: certificateFile(cluster) };
  return fault('CERTIFICATE_MISMATCH', where, message, `If the given one is right, add --replace-certificate${then}`);
}

function useStored(cluster: string, stored: string | undefined, now: Date): Staged<ChosenCertificate> {
  const where = { file: certificateFile(cluster) };
  if (stored === undefined) {
    const message = `Cannot seal for "${cluster}": no certificate is stored and none is given`;
    return {
      problems: [fault('CERTIFICATE_MISSING', where, message, 'Add --fetch-cert, or --cert with a file or URL')],
    };
  }
  const renewal = 'Add --fetch-cert --replace-certificate';
  const { problems, value: certificate } = checkSealingCertificate(where, stored, now, renewal);
  if (certificate === undefined || problems.some(({ severity }) => severity === 'error')) return { problems };
  return { value: { certificate, store: false }, problems };
}

/** What the options name to take a certificate from; undefined when they name nothing. */
export function sourceOf(options: CertificateOptions): CertificateSource | undefined {
  if (options.cert !== undefined) return certificateSource(options.cert);
  if (options.fetchCert !== true && options.fromKubeconfig === undefined) return undefined;
  return {
    from: 'controller',
    namespace: options.controllerNamespace ?? defaultController.namespace,
    name: options.controllerName ?? defaultController.name,
    kubeconfig: options.fromKubeconfig,
    context: options.context,
  };
}

function placeOf(source: CertificateSource): Where {
  if (source.from === 'file') return { file: source.path };
  return { file: source.from === 'url' ? source.url : `${source.namespace}/${source.name}` };
}
