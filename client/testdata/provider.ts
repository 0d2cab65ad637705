/** A real OpenID provider on this machine, and a browser of few words that signs in there. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

export interface TestProvider {
  readonly issuer: string;
  /** Answers every request with 503 while true. */
  down(is: boolean): void;
  stop(): Promise<void>;
}

export const SECRET = 'a secret for tests & = +';

type Method = 'client_secret_basic' | 'client_secret_post';

/** Takes secrets by this method alone. Its clients: `private` with SECRET and `public` without one. */
export async function runProvider(redirectUris: readonly string[], method: Method = 'client_secret_basic'): Promise<TestProvider> {
  let isDown = false;
  let answer: RequestListener = (_, response) => response.writeHead(503).end();
  const server = createServer((request, response) => {
    if (isDown) response.writeHead(503).end();
    else answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const redirect_uris = [...redirectUris];
  const provider = new Provider(issuer, {
    clients: [
      { client_id: 'private', client_secret: SECRET, token_endpoint_auth_method: method, redirect_uris },
      { client_id: 'public', token_endpoint_auth_method: 'none', redirect_uris },
    ],
    clientAuthMethods: [method, 'none'],
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    cookies: { keys: ['tests'] },
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig' }] },
    pkce: { required: () => true },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, name: `${id} Example`, email: `${id}@example.com` }),
    }),
  });
  answer = provider.callback();
  return {
    issuer,
    down: (is) => {
      isDown = is;
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Keeps cookies by origin and follows redirects one by one. */
export class Browser {
  readonly cookies = new Map<string, Map<string, string>>();
  readonly #agent = { accept: 'text/html', 'sec-fetch-site': 'same-origin' };

  async go(url: string, init: RequestInit = {}): Promise<Response> {
    const { origin } = new URL(url);
    const jar = this.cookies.get(origin) ?? new Map<string, string>();
    this.cookies.set(origin, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...this.#agent, ...(cookie === '' ? {} : { cookie }), ...init.headers };
    const response = await fetch(url, { redirect: 'manual', ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      const ended = attributes.some((one) => /^max-age=0$|^expires=Thu, 01 Jan 1970/i.test(one));
      if (ended || value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  /** From the client's login to the address of its callback, which is not asked. At the provider the person is `who`. */
  async signInAt(login: string, who: string, decide: 'submit' | 'abort' = 'submit'): Promise<URL> {
    const begun = await this.go(login);
    if (begun.status !== 303) throw new Error(`the sign-in begins with ${begun.status}: ${await begun.text()}`);
    let next = new URL(begun.headers.get('location') ?? '');
    const back = next.searchParams.get('redirect_uri') ?? '';
    for (let step = 0; step < 12; step += 1) {
      if (next.href.startsWith(back)) return next;
      const response = next.pathname.startsWith('/interaction/')
        ? await this.#decide(next, who, decide)
        : await this.go(next.href);
      const location = response.headers.get('location');
      if (location === null) throw new Error(`${next.href} answers ${response.status}: ${await response.text()}`);
      next = new URL(location, next);
    }
    throw new Error('the sign-in goes round and round');
  }

  /** The provider's own forms: who one is, then whether the client may know it. */
  async #decide(form: URL, who: string, decide: 'submit' | 'abort'): Promise<Response> {
    if (decide === 'abort') return this.go(`${form.href}/abort`);
    const text = await (await this.go(form.href)).text();
    const prompt = /name="prompt" value="(\w+)"/.exec(text)?.[1] ?? '';
    return this.go(form.href, { method: 'POST', body: new URLSearchParams({ prompt, login: who, password: 'any' }) });
  }
}
