/** Signing in with OpenID Connect: authorization code with PKCE, then an encrypted cookie and nothing kept here. */
import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  fetchUserInfo,
  type IDToken,
  None,
  ResponseBodyError,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  type UserInfoResponse,
} from 'openid-client';
import type { Session } from '../contract.ts';
import type { Auth } from './auth.ts';
import type { Call } from './call.ts';
import { ClientFailure, reasonOf } from './failure.ts';
import type { Log } from './log.ts';
import type { Sealer } from './session.ts';

export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** Absent for a public client. */
  readonly clientSecret?: string;
  readonly scope: string;
  /** Scheme, host and port under which people reach the client. */
  readonly publicUrl: string;
  readonly prefix: string;
  /** Whether a model's own page is at this host; people who begin there come back there. */
  readonly isOwnHost: (host: string) => boolean;
  readonly sessionSeconds: number;
  readonly sealer: Sealer;
  readonly log: Log;
}

const SESSION = 'client-session';
const LOGIN = 'client-login';
/** Time to sign in. */
const LOGIN_SECONDS = 600;
const PROVIDER_SECONDS = 10;

export function oidcAuth(settings: OidcSettings): Auth {
  const { sealer } = settings;
  let provider: Promise<Configuration> | undefined;
  const configuration = () => {
    provider ??= discoverProvider(settings).catch((error: unknown) => {
      // The next one who signs in tries again.
      provider = undefined;
      throw failed(settings, error);
    });
    return provider;
  };
  return {
    mode: 'oidc',
    async session(call) {
      const values = await sealer.open(call, SESSION);
      return { mode: 'oidc', ...(values === undefined ? {} : { user: userOf(values) }) };
    },
    signIn: {
      login: async (call) => login(call, settings, await configuration()),
      callback: async (call) => callback(call, settings, await configuration()),
      logout(call) {
        call.response.writeHead(204, { 'set-cookie': sealer.drop(SESSION), 'cache-control': 'no-store' }).end();
      },
    },
  };
}

function discoverProvider({ issuer, clientId, clientSecret }: OidcSettings): Promise<Configuration> {
  const url = new URL(issuer);
  // The configuration lets plain http through on loopback alone.
  const execute = url.protocol === 'http:' ? [allowInsecureRequests] : [];
  return discovery(url, clientId, undefined, authenticate(clientSecret), { execute, timeout: PROVIDER_SECONDS });
}

/** As the provider takes it: in a header, unless it says that it wants the body alone (OpenID Connect Discovery, 3). */
function authenticate(secret: string | undefined): ClientAuth {
  if (secret === undefined) return None();
  const [basic, post] = [ClientSecretBasic(secret), ClientSecretPost(secret)];
  return (server, ...rest) => {
    const taken = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const inBody = taken.includes('client_secret_post') && !taken.includes('client_secret_basic');
    (inBody ? post : basic)(server, ...rest);
  };
}

function failed({ log }: OidcSettings, error: unknown): ClientFailure {
  if (error instanceof ClientFailure) return error;
  const said = error instanceof AuthorizationResponseError || error instanceof ResponseBodyError;
  const reason = said ? `the identity provider says "${error.error_description ?? error.error}"` : reasonOf(error);
  log('error', 'sign-in-failed', `Signing in failed: ${reason}`);
  return new ClientFailure('SIGN_IN_FAILED', `Signing in failed: ${reason}. Try again.`);
}

async function login(call: Call, settings: OidcSettings, provider: Configuration): Promise<void> {
  const verifier = randomPKCECodeVerifier();
  const state = randomState();
  const nonce = randomNonce();
  const back = returnPath(call.query.get('return'), settings);
  const url = buildAuthorizationUrl(provider, {
    redirect_uri: redirectUri(call, settings),
    scope: settings.scope,
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  });
  const cookie = await settings.sealer.seal(LOGIN, { verifier, state, nonce, back }, LOGIN_SECONDS);
  call.response.writeHead(303, { location: url.href, 'set-cookie': cookie, 'cache-control': 'no-store' }).end();
}

async function callback(call: Call, settings: OidcSettings, provider: Configuration): Promise<void> {
  const begun = await settings.sealer.open(call, LOGIN);
  if (begun === undefined)
    throw new ClientFailure('BAD_REQUEST', 'This sign-in was not begun here, or too long ago. Begin again.');
  if (call.query.get('state') !== begun['state'])
    throw new ClientFailure('BAD_REQUEST', 'This answer belongs to another sign-in than the last that was begun here.');
  const current = new URL(redirectUri(call, settings));
  current.search = call.query.toString();
  let user: Required<Session>['user'] & { sub: string };
  try {
    const tokens = await authorizationCodeGrant(provider, current, {
      pkceCodeVerifier: String(begun['verifier']),
      expectedState: String(begun['state']),
      expectedNonce: String(begun['nonce']),
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined) throw new Error('the identity provider sent no ID token');
    user = { ...personOf(await profile(provider, tokens.access_token, claims)), sub: claims.sub };
  } catch (error) {
    throw failed(settings, error);
  }
  const cookie = await settings.sealer.seal(SESSION, user, settings.sessionSeconds);
  call.response
    .writeHead(303, {
      location: String(begun['back']),
      'set-cookie': [cookie, settings.sealer.drop(LOGIN)],
      'cache-control': 'no-store',
    })
    .end();
}

/** A name that is longer is cut, for the cookie's sake. */
const LONGEST_NAME = 200;

type Claims = UserInfoResponse | IDToken;

/** Many providers tell names only at the user-info endpoint. */
async function profile(provider: Configuration, token: string, claims: IDToken): Promise<Claims> {
  if (typeof claims['name'] === 'string' || provider.serverMetadata().userinfo_endpoint === undefined) return claims;
  return { ...claims, ...(await fetchUserInfo(provider, token, claims.sub)) };
}

function personOf(claims: Claims): Required<Session>['user'] {
  const { sub, email } = claims;
  const name = [claims['name'], claims['preferred_username'], email, sub].find(
    (one) => typeof one === 'string' && one !== '',
  );
  const short = (text: unknown) => String(text).slice(0, LONGEST_NAME);
  return { name: short(name), ...(typeof email === 'string' ? { email: short(email) } : {}) };
}

function userOf(values: Readonly<Record<string, unknown>>): Required<Session>['user'] {
  const { name, email } = values;
  return { name: String(name), ...(typeof email === 'string' ? { email } : {}) };
}

/** The host of the call where it is one of the client's own, so that the cookie is set where the person is. */
function redirectUri({ host, request }: Call, { publicUrl, prefix, isOwnHost }: OidcSettings): string {
  const url = new URL(publicUrl);
  if (isOwnHost(host)) url.host = request.headers.host ?? url.host;
  return `${url.origin}${prefix}/auth/callback`;
}

/** Longest way back; browsers drop cookies of more than 4096 bytes. */
const LONGEST_PATH = 1000;

/** A path of the client itself; whatever leads elsewhere becomes its front page. */
function returnPath(given: string | null, { publicUrl, prefix }: OidcSettings): string {
  const front = `${prefix}/`;
  if (given === null || !URL.canParse(given, publicUrl)) return front;
  const { origin, pathname, search, hash } = new URL(given, publicUrl);
  if (origin !== new URL(publicUrl).origin || !pathname.startsWith(front) || pathname.startsWith('//')) return front;
  const path = `${pathname}${search}${hash}`;
  return path.length > LONGEST_PATH ? front : path;
}
