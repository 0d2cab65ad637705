/** The way to the models: Gateway API, GatewayClass, Gateway, and who may attach routes. */
import type { KubeObject } from '../../kube/object.ts';
import type { Problem } from '../../problem.ts';
import type { Listener } from './facts.ts';
import { atLeast, type DoctorRule, lack, numbersOf, switchOn } from './rule.ts';

/** KServe 0.16 asks for it (website, admin-guide/kubernetes-deployment); GRPCRoute is v1 since 1.1. */
const GATEWAY_API = [1, 2, 1] as const;

const release: DoctorRule = ({ site, facts }) => {
  if (facts.gatewayApi === 'absent' || facts.gatewayApi === 'unread') return [];
  const { version, channel } = facts.gatewayApi;
  const ours = site.parts.gatewayApi;
  if (ours === undefined) {
    if (version === undefined || atLeast(version, GATEWAY_API)) return [];
    const message = `Cannot rely on Gateway API ${version} (${channel ?? 'unknown'} channel): KServe asks for v1.2.1 or newer`;
    return [lack(site, 'VERSION', message, switchOn(site, 'gatewayApi'))];
  }
  const off = `Set "platform.gatewayApi.enabled: false" in clusters/${site.cluster}/cluster.yaml, or name that release there`;
  if (channel === 'experimental') {
    const message = `Cannot put Gateway API ${ours} of the standard channel over the experimental ${version ?? 'one'}: fields that are in use would go`;
    return [lack(site, 'VERSION', message, off)];
  }
  const least = numbersOf(ours);
  if (version === undefined || least === undefined || !newer(version, least)) return [];
  const message = `Cannot put Gateway API ${ours} over ${version}, which is newer`;
  return [lack(site, 'VERSION', message, off)];
};

function newer(version: string, [major, minor, patch]: readonly [number, number, number]): boolean {
  return numbersOf(version) !== undefined && atLeast(version, [major, minor, patch + 1]);
}

const classes: DoctorRule = ({ site, facts }) => {
  const { className } = site.gateway;
  if (facts.gatewayClass === 'unread' || (facts.gatewayClass !== 'absent' && facts.gatewayClass.accepted)) return [];
  if (facts.gatewayClass === 'absent') {
    if (site.parts.traefik !== undefined) return [];
    const message = `Cannot find the GatewayClass "${className}"`;
    const repair = `Name one that "kubectl get gatewayclass" shows as "gateway.className", or ${lower(switchOn(site, 'traefik'))}`;
    return [lack(site, 'MISSING', message, repair)];
  }
  const message = `Cannot use the GatewayClass "${className}": no controller has accepted it${because(facts.gatewayClass.message)}`;
  return [lack(site, 'UNREADY', message, `Read kubectl describe gatewayclass ${className}`)];
};

const gateways: DoctorRule = (input) => {
  const { site, facts } = input;
  const { namespace, name } = site.gateway;
  const { gateway } = facts;
  if (gateway === 'unread') return [];
  if (gateway === 'absent') {
    if (site.parts.traefik !== undefined) return [];
    const message = `Cannot find the Gateway "${namespace}/${name}"`;
    const repair = `Name yours as "gateway.namespace" and "gateway.name", or ${lower(switchOn(site, 'traefik'))}`;
    return [lack(site, 'MISSING', message, repair)];
  }
  const describe = `Read kubectl -n ${namespace} describe gateway ${name}`;
  const problems: Problem[] = [];
  if (!gateway.programmed) {
    const message = `Cannot reach anything through the Gateway "${namespace}/${name}": it is not programmed${because(gateway.message)}`;
    problems.push(lack(site, 'UNREADY', message, describe));
  }
  // The App `gateway` writes the listeners anew.
  if (site.parts.traefik !== undefined) return problems;
  const host = `*.${site.domain}`;
  const fitting = gateway.listeners.filter(({ hostname }) => covers(hostname, site.domain));
  if (fitting.length === 0) {
    const found = gateway.listeners
      .map(({ name: listener, hostname }) => `${listener} (${hostname ?? '*'})`)
      .join(', ');
    const message = `Cannot route "${host}": no listener of "${namespace}/${name}" takes it, only ${found || 'none'}`;
    return [...problems, lack(site, 'SETTING', message, `Add a listener with the hostname "${host}" to the Gateway`)];
  }
  const barred = routeNamespaces(input.objects).filter(
    (one) => !fitting.some((listener) => admits(listener, one, namespace)),
  );
  if (barred.length === 0) return problems;
  const names = barred.map((one) => one.name).join(', ');
  const label = Object.entries(barred[0]?.labels ?? {})[0] ?? ['kubernetes.io/metadata.name', barred[0]?.name ?? ''];
  const message = `Cannot attach routes of ${names}: no listener of "${namespace}/${name}" for "${host}" allows them`;
  const repair = `Allow them under "allowedRoutes.namespaces" of a listener, by from: Selector and the label ${label.join('=')}`;
  return [...problems, lack(site, 'SETTING', message, repair)];
};

interface Namespace {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Namespaces with routes of ours or of KServe, which makes one beside each InferenceService; with the labels that we give. */
function routeNamespaces(objects: readonly KubeObject[]): Namespace[] {
  const routed = new Set(
    objects.flatMap(({ kind, metadata }) =>
      ['HTTPRoute', 'GRPCRoute', 'InferenceService'].includes(kind) ? (metadata.namespace ?? []) : [],
    ),
  );
  const made = new Map(objects.flatMap((one) => (one.kind === 'Namespace' ? [[one.metadata.name, one.metadata]] : [])));
  return [...routed].sort().map((name) => ({ name, labels: made.get(name)?.labels ?? {} }));
}

/** A listener without a hostname takes every host; `*.example.org` also takes what is further below (Gateway API, Hostname). */
function covers(hostname: string | undefined, domain: string): boolean {
  if (hostname === undefined || hostname === '') return true;
  return hostname.startsWith('*.') && `.${domain}`.endsWith(hostname.slice(1));
}

function admits({ from, selector }: Listener, { name, labels }: Namespace, own: string): boolean {
  if (from !== 'Selector') return from === 'All' || (from === 'Same' && name === own);
  const all: Readonly<Record<string, string>> = { ...labels, 'kubernetes.io/metadata.name': name };
  const matches = Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => all[key] === value);
  return (
    matches &&
    (selector?.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = all[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      return (value !== undefined && values.includes(value)) === (operator === 'In');
    })
  );
}

function because(message: string | undefined): string {
  return message === undefined || message === '' ? '' : `, ${message.replace(/\s+/g, ' ').replace(/\.$/, '')}`;
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

export const gatewayRules: readonly DoctorRule[] = [release, classes, gateways];
