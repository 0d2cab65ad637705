/** Address → what answers it. */
import type { Limits, Session, Site } from '../contract.ts';
import { type Assets, createAsset, DOCUMENT, sendAsset } from './assets.ts';
import { type Auth, refuseCrossSite, requireSession } from './auth.ts';
import { type Call, decodePart, sendJson } from './call.ts';
import { notFoundText, sendDocument, signInFailedText, takesHtml } from './documents.ts';
import { ClientFailure } from './failure.ts';
import type { RateLimiter } from './limits.ts';
import type { Metrics } from './metrics.ts';
import { catalogueAnswer, detailOf, etagOf, type MetadataCache } from './present.ts';
import { infer, type ProxySettings } from './proxy.ts';
import type { ReadinessBoard } from './readiness.ts';
import type { Entry, Source, Target } from './served.ts';

export interface Services {
  readonly prefix: string;
  readonly source: Source;
  readonly board: ReadinessBoard;
  readonly metadata: MetadataCache;
  readonly assets: Assets;
  readonly auth: Auth;
  readonly limits: Limits;
  readonly limiter: RateLimiter;
  readonly proxy: ProxySettings;
  readonly metrics: Metrics;
}

/** `name` is for metrics and logs; `parts` are what stands at `*` in the address, decoded. */
export interface Found {
  readonly name: string;
  readonly handle: (call: Call, ...parts: string[]) => Promise<void> | void;
  readonly parts: readonly string[];
}

interface Route {
  readonly method: 'GET' | 'POST';
  /** `*` stands for one part between slashes. */
  readonly address: string;
  readonly handle: (call: Call, ...parts: string[]) => Promise<void> | void;
}

/** Finds the route of a call; throws ClientFailure where there is none. */
export type Router = (call: Call) => Found;

export async function createRouter(services: Services): Promise<Router> {
  const { prefix } = services;
  const missing = await createAsset(DOCUMENT, Buffer.from(notFoundText(prefix)), QUALITY);
  const showMissing = (call: Call) => sendAsset(call, DOCUMENT, missing, 404);
  const routes = [...apiRoutes(services), ...authRoutes(services), ...(await pageRoutes(services, showMissing))];
  const { files } = services.assets;
  return (call) => {
    const method = call.request.method === 'HEAD' ? 'GET' : call.request.method;
    const asset = files.get(call.path);
    if (asset !== undefined && method === 'GET')
      return { name: 'asset', handle: () => sendAsset(call, call.path, asset), parts: [] };
    const matching = routes.flatMap((route) => {
      const parts = match(route.address, call.path);
      return parts === undefined ? [] : [{ route, parts }];
    });
    const found = matching.find(({ route }) => route.method === method);
    if (found !== undefined) return { name: found.route.address, handle: found.route.handle, parts: found.parts };
    if (matching.length > 0 || asset !== undefined)
      throw new ClientFailure('METHOD_NOT_ALLOWED', `${call.path} does not answer ${call.request.method ?? ''}.`);
    if (method === 'GET' && !/^\/(?:api|auth|assets)\//.test(call.path))
      return { name: 'missing', handle: () => showMissing(call), parts: [] };
    throw new ClientFailure('NOT_FOUND', `There is nothing at ${call.path}.`);
  };
}

function match(address: string, path: string): string[] | undefined {
  const wanted = address.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const fits = wanted.every((part, index) => (part === '*' ? given[index] !== '' : part === given[index]));
  return fits ? given.filter((_, index) => wanted[index] === '*').map(decodePart) : undefined;
}

function apiRoutes(services: Services): Route[] {
  const { source, board, auth, limits } = services;
  return [
    { method: 'GET', address: '/api/site', handle: (call) => sendJson(call, 200, siteOf(call, services)) },
    { method: 'GET', address: '/api/session', handle: async (call) => sendJson(call, 200, await auth.session(call)) },
    {
      method: 'GET',
      address: '/api/catalogue',
      async handle(call) {
        const answer = catalogueAnswer(source.current(), board, await requireSession(call, auth), limits);
        const etag = etagOf(answer);
        // Kept by the browser alone, and asked for again each time.
        const headers = { etag, 'cache-control': 'private, no-cache' };
        if (call.request.headers['if-none-match'] === etag) call.response.writeHead(304, headers).end();
        else sendJson(call, 200, answer, headers);
      },
    },
    {
      method: 'GET',
      address: '/api/models/*',
      async handle(call, name = '') {
        await requireSession(call, auth);
        sendJson(call, 200, await detailOf(entryOf(name, source), board, services.metadata));
      },
    },
    { method: 'POST', address: '/api/models/*/infer', handle: (call, name = '') => inferCall(call, name, services) },
  ];
}

function siteOf({ host }: Call, { prefix, source }: Services): Site {
  const { cluster, title, hosts } = source.current();
  const model = hosts.get(host);
  return { prefix, cluster, title, ...(model === undefined ? {} : { model }) };
}

function entryOf(name: string, source: Source): Entry {
  const entry = source.current().entries.get(name);
  if (entry === undefined) throw new ClientFailure('MODEL_UNKNOWN', `There is no model "${name}" here.`);
  return entry;
}

function targetOf({ model, targets }: Entry, name: string | null): Target {
  const target = name === null ? targets[0] : targets.find((one) => one.name === name);
  if (target !== undefined) return target;
  const known = targets.map((one) => one.name).join(', ');
  const message = `The model "${model.name}" has no target "${name}". Choose one of: ${known}.`;
  throw new ClientFailure('TARGET_UNKNOWN', message, { field: 'target' });
}

async function inferCall(call: Call, name: string, services: Services): Promise<void> {
  refuseCrossSite(call);
  const session = await requireSession(call, services.auth);
  const entry = entryOf(name, services.source);
  const target = targetOf(entry, call.query.get('target'));
  const wait = services.limiter.take(personOf(call, session));
  if (wait > 0) {
    const message = `Too many requests: ${services.limits.ratePerMinute} a minute are allowed. Try again in ${wait} s.`;
    throw new ClientFailure('RATE_LIMITED', message, { retryAfterSeconds: wait });
  }
  let code = 'OK';
  try {
    await infer(call, entry, target, services.proxy);
  } catch (error) {
    code = call.gone.aborted ? 'GONE' : error instanceof ClientFailure ? error.code : 'INTERNAL';
    if (/^MODEL_(?:DOWN|TIMEOUT|NONSENSE)$/.test(code)) services.board.doubt(target);
    throw error;
  } finally {
    services.metrics.inferred(name, target, code, (performance.now() - call.began) / 1000);
  }
}

function personOf({ address }: Call, { user }: Session): string {
  return user === undefined ? address : `${user.name} ${user.email ?? ''}`;
}

function authRoutes({ prefix, auth: { signIn } }: Services): Route[] {
  if (signIn === undefined) return [];
  /** The page is not there on the way to the provider and back: what goes wrong is shown as a document of its own. */
  const shown = (step: (call: Call) => Promise<void>) => (call: Call) =>
    step(call).catch((error: unknown) => {
      if (!(error instanceof ClientFailure) || !takesHtml(call)) throw error;
      sendDocument(call, error.status, signInFailedText(prefix, error.message));
    });
  return [
    { method: 'GET', address: '/auth/login', handle: shown(signIn.login) },
    { method: 'GET', address: '/auth/callback', handle: shown(signIn.callback) },
    {
      method: 'POST',
      address: '/auth/logout',
      handle(call) {
        refuseCrossSite(call);
        signIn.logout(call);
      },
    },
  ];
}

/** Quality of brotli for the two documents, which are small. */
const QUALITY = 11;

async function pageRoutes(services: Services, showMissing: (call: Call) => void): Promise<Route[]> {
  const { assets, prefix, source, auth } = services;
  const page = await createAsset(DOCUMENT, Buffer.from(assets.document.replaceAll('{{prefix}}', prefix)), QUALITY);
  return [
    { method: 'GET', address: '/', handle: (call) => sendAsset(call, DOCUMENT, page) },
    {
      method: 'GET',
      address: '/models/*',
      async handle(call, name = '') {
        const { user } = await auth.session(call);
        // Whoever is signed out must not learn by the status which models there are.
        const hidden = auth.signIn !== undefined && user === undefined;
        if (hidden || source.current().entries.has(name)) sendAsset(call, DOCUMENT, page);
        else showMissing(call);
      },
    },
  ];
}
