/** Controllers that are there: cert-manager, KServe with its settings, Sealed Secrets with its key. */
import type { Problem } from '../../problem.ts';
import type { Site } from '../../resolve/platform.ts';
import { readSealingCertificate } from '../sealing-certificate.ts';
import type { Settings } from './facts.ts';
import { type DoctorInput, type DoctorRule, lack, switchOn } from './rule.ts';

/** A webhook without a ready pod refuses every object of its kinds. */
function webhook({ site, facts }: DoctorInput, group: string, name: string): Problem[] {
  if (facts.webhooks === 'absent' || facts.webhooks === 'unread') return [];
  const down = facts.webhooks.find(({ groups, ready }) => groups.includes(group) && !ready);
  if (down === undefined) return [];
  const [namespace = '', service = ''] = down.service.split('/');
  const message = `Cannot write anything of ${group}: no pod of ${name}'s webhook is ready behind the Service "${down.service}"`;
  const repair = `Read kubectl -n ${namespace} describe service ${service}, and the logs of the pods it selects`;
  return [lack(site, 'UNREADY', message, repair)];
}

const certManager: DoctorRule = (input) => {
  const { site, facts } = input;
  const there = facts.groups.get('cert-manager.io') ?? 'absent';
  if (there === 'absent' || there === 'unread' || facts.webhooks === 'unread') return [];
  const judged = facts.webhooks !== 'absent' && facts.webhooks.some(({ groups }) => groups.includes('cert-manager.io'));
  if (!judged && site.parts.certManager === undefined) {
    const message = 'Cannot rely on cert-manager: its kinds are there, its webhook is not';
    return [lack(site, 'MISSING', message, switchOn(site, 'certManager'))];
  }
  return webhook(input, 'cert-manager.io', 'cert-manager');
};

const kserve: DoctorRule = (input) => {
  const { site, facts } = input;
  const there = facts.groups.get('serving.kserve.io') ?? 'absent';
  if (there === 'absent' || there === 'unread') return [];
  return [
    ...webhook(input, 'serving.kserve.io', 'KServe'),
    ...(typeof facts.kserve === 'string' ? [] : settings(site, facts.kserve)),
  ];
};

function settings(site: Site, { deploy, ingress }: { deploy?: Settings; ingress?: Settings }): Problem[] {
  const gateway = `${site.gateway.namespace}/${site.gateway.name}`;
  const wanted: readonly [key: string, found: unknown, value: unknown][] = [
    ['deploy.defaultDeploymentMode', deploy?.['defaultDeploymentMode'], 'Standard'],
    ['ingress.enableGatewayApi', ingress?.['enableGatewayApi'], true],
    ['ingress.kserveIngressGateway', ingress?.['kserveIngressGateway'], gateway],
    ['ingress.ingressDomain', ingress?.['ingressDomain'], site.domain],
  ];
  return wanted.flatMap(([key, found, value]) => {
    if (found === value) return [];
    const { namespace } = site.kserve;
    const shown = found === undefined ? 'absent' : JSON.stringify(found);
    const message = `Cannot serve as ${site.cluster} wants it: "${key}" in ${namespace}/inferenceservice-config is ${shown}, must be ${JSON.stringify(value)}`;
    const { namespace: argocd } = site.argocd;
    // The controller reads some of them only when it starts.
    const repair = `Let Argo CD sync it: kubectl -n ${argocd} get application kserve; then kubectl -n ${namespace} rollout restart deployment kserve-controller-manager`;
    return [lack(site, 'SETTING', message, repair)];
  });
}

const sealing: DoctorRule = ({ site, facts, certificate }) => {
  if (certificate === undefined || facts.sealing === 'unread') return [];
  if (facts.sealing === 'absent') {
    // Without its kinds, which `base-rules.ts` asks for, nothing need be said twice.
    if (site.parts.sealedSecrets !== undefined || !Array.isArray(facts.groups.get('bitnami.com'))) return [];
    const message = 'Cannot open what is sealed: no namespace has a Service "sealed-secrets-controller"';
    return [lack(site, 'MISSING', message, switchOn(site, 'sealedSecrets'))];
  }
  const { service, certificate: active, reason } = facts.sealing;
  const [namespace = '', name = ''] = service.split('/');
  if (active === undefined) {
    const message = `Cannot ask the Sealed Secrets controller "${service}" for its certificate: ${reason ?? 'it does not answer'}`;
    return [lack(site, 'UNREADY', message, `Read kubectl -n ${namespace} logs deployment/${name}`)];
  }
  const [ours, theirs] = [readSealingCertificate(certificate), readSealingCertificate(active)];
  if ('reason' in ours || 'reason' in theirs || ours.fingerprint === theirs.fingerprint) return [];
  const short = (fingerprint: string) => `${fingerprint.slice(0, 12)}…`;
  const message = `Cannot rely on clusters/${site.cluster}/sealed/certificate.pem (${short(ours.fingerprint)}): the controller "${service}" seals with ${short(theirs.fingerprint)} now`;
  const own = namespace === 'sealed-secrets' ? '' : ` --controller-namespace ${namespace}`;
  const repair = `Seal again: npm run seal -- --cluster ${site.cluster} --fetch-cert --replace-certificate${own}; or give the controller the key that this certificate belongs to`;
  return [lack(site, 'SETTING', message, repair)];
};

export const controllerRules: readonly DoctorRule[] = [certManager, kserve, sealing];
