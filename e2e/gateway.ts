/** Requests as somebody outside sends them: by host name, through the Gateway, over TLS that is checked. */
import { Agent, buildConnector, fetch, type RequestInit } from 'undici';
import type { Kube, Thing } from './kube.ts';
import type { Settings } from './settings.ts';
import { NotYet, type Patience, until } from './wait.ts';

export interface Outside {
  /** PEM of the certificate that the Gateway shows, which signs itself. */
  readonly ca: string;
  /** Status and text of an answer; `host` is looked up nowhere. */
  ask(host: string, path: string, init?: RequestInit): Promise<{ status: number; text: string; headers: Headers }>;
  infer(host: string, model: string, body: object, init?: RequestInit): Promise<Answer>;
  close(): Promise<void>;
}

export interface Answer {
  readonly model_name: string;
  readonly model_version?: string;
  readonly outputs: readonly { readonly name: string; readonly data: readonly unknown[] }[];
}

/** The first answer of a new host: the Gateway's data plane follows a moment after the route is Accepted. */
export async function firstAnswer(outside: Outside, host: string, model: string, body: object): Promise<Answer> {
  return until(host, { seconds: 30, everyMs: 500 }, async () => {
    const { status } = await outside.ask(host, `/v2/models/${model}/ready`);
    if (status !== 200) throw new NotYet(`the Gateway answers ${status}`);
    return outside.infer(host, model, body);
  });
}

/** Settings with the address of the Gateway's status where they name none; unchanged where there is no Gateway yet. */
export async function atGateway(
  kube: Kube,
  settings: Settings,
  patience: Patience = { seconds: 60 },
): Promise<Settings> {
  if (settings.gateway.host !== '') return settings;
  const reference = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    name: 'traefik-gateway',
    namespace: 'traefik',
  };
  if ((await kube.get(reference)) === undefined) return settings;
  const addressOf = ({ status }: Thing) => status?.addresses?.[0]?.value;
  const gateway = await kube.waitFor(reference, patience, (object) =>
    addressOf(object) === undefined ? 'it has no address; set E2E_GATEWAY, or E2E_LOAD_BALANCER=node' : undefined,
  );
  return { ...settings, gateway: { ...settings.gateway, host: addressOf(gateway) ?? '' } };
}

/** Reads the Gateway's certificate out of its Secret. */
export async function outsideOf(kube: Kube, { gateway }: Settings): Promise<Outside> {
  const secret = await kube.get({ apiVersion: 'v1', kind: 'Secret', name: 'gateway-tls', namespace: 'traefik' });
  const encoded = secret?.data?.['ca.crt'] ?? secret?.data?.['tls.crt'];
  if (encoded === undefined) throw new Error('The Gateway has no certificate: Secret traefik/gateway-tls');
  const ca = Buffer.from(encoded, 'base64').toString();
  const toGateway = buildConnector({ ca });
  const agent = new Agent({
    connections: 32,
    connect: ({ hostname, ...rest }, callback) =>
      toGateway({ ...rest, hostname: gateway.host, port: String(gateway.https), servername: hostname }, callback),
  });
  const ask: Outside['ask'] = async (host, path, init) => {
    const response = await fetch(`https://${host}${path}`, {
      ...init,
      dispatcher: agent,
      signal: AbortSignal.timeout(30_000),
    });
    return { status: response.status, text: await response.text(), headers: response.headers as unknown as Headers };
  };
  return {
    ca,
    ask,
    async infer(host, model, body, init) {
      const headers = { 'content-type': 'application/json', ...(init?.headers as Record<string, string> | undefined) };
      const sent = { ...init, method: 'POST', body: JSON.stringify(body), headers };
      const { status, text } = await ask(host, `/v2/models/${model}/infer`, sent);
      if (status !== 200) throw new Error(`${host} answered ${status}: ${text.slice(0, 400)}`);
      return JSON.parse(text) as Answer;
    },
    close: () => agent.close(),
  };
}
