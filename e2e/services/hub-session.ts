/** A person at JupyterHub, through the pages and the API that a browser uses. */
import { setTimeout as pause } from 'node:timers/promises';
import { Agent, buildConnector, type Dispatcher, request } from 'undici';

export interface HubAddress {
  /** As people write it, such as https://jupyter.example.org; no path. */
  readonly url: string;
  /** Where to connect instead of where the name leads: a Gateway on this machine. */
  readonly connectTo?: { readonly host: string; readonly port: number };
  /** PEM of the certificate authority behind https. */
  readonly ca?: string;
}

export interface Hub {
  readonly url: string;
  /** For requests and WebSockets to this hub. */
  readonly dispatcher: Dispatcher;
  close(): Promise<void>;
}

export interface Person {
  readonly hub: Hub;
  readonly user: string;
  /** A request with the cookies and the token against forged requests; the path starts with `/hub/`. Follows no redirect. */
  send(path: string, init?: Init): Promise<Answer>;
}

interface Init {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

export function openHub({ url, connectTo, ca }: HubAddress): Hub {
  const connect = buildConnector(ca === undefined ? {} : { ca });
  const dispatcher = new Agent({
    // The name stays in the Host header and in the TLS handshake.
    connect: (options, callback) =>
      connect(
        connectTo === undefined
          ? options
          : {
              ...options,
              hostname: connectTo.host,
              host: connectTo.host,
              port: String(connectTo.port),
              servername: options.hostname,
            },
        callback,
      ),
  });
  return { url: url.replace(/\/$/, ''), dispatcher, close: () => dispatcher.close() };
}

/** Signs up with the native authenticator. False where an administrator has to let the person in first. */
export async function signUp(hub: Hub, user: string, password: string): Promise<boolean> {
  const person = await visit(hub, '/hub/signup', user);
  const fields = { username: user, signup_password: password, signup_password_confirmation: password };
  const { status, text } = await person.post('/hub/signup', fields);
  const [, kind, message] = /<div class="alert (alert-\w+)[^>]*>([\s\S]*?)<\/div>/.exec(text) ?? [];
  if (kind === 'alert-success') return true;
  if (kind === 'alert-info') return false;
  throw new Error(`JupyterHub did not sign up ${user} (${status}): ${plain(message ?? text)}`);
}

export async function logIn(hub: Hub, user: string, password: string): Promise<Person> {
  const person = await visit(hub, '/hub/login', user);
  must(await person.post('/hub/login', { username: user, password }), [302], `JupyterHub did not let ${user} in`);
  // The token against forged requests changes with the login.
  must(await person.send('/hub/home'), [200], `JupyterHub does not know ${user} after the login`);
  return person;
}

/** An administrator lets somebody in who has signed up. */
export async function authorize(administrator: Person, user: string): Promise<void> {
  const answer = await administrator.send(`/hub/authorize/${encodeURIComponent(user)}`);
  must(answer, [302], `${administrator.user} cannot let ${user} in`);
}

/** A token of the person's own, for the API of their server. It ends after an hour. */
export async function accessToken(person: Person): Promise<string> {
  const answer = await api(person, `/users/${person.user}/tokens`, { note: 'e2e', expires_in: 3600 });
  return (JSON.parse(answer) as { token: string }).token;
}

/** Starts the person's server if it does not run; returns once the hub says that it is ready. */
export async function startServer(person: Person, seconds: number): Promise<void> {
  const until = performance.now() + seconds * 1000;
  if (await serverReady(person)) return;
  await api(person, `/users/${person.user}/server`, {}, [201, 202]);
  while (!(await serverReady(person, `the server of ${person.user} ended while it started: see the hub's log`))) {
    if (performance.now() > until) throw new Error(`the server of ${person.user} was not ready within ${seconds} s`);
    await pause(500);
  }
}

/** Whether the server is ready. Without one: false, or an error with the text that is given. */
async function serverReady(person: Person, otherwise?: string): Promise<boolean> {
  const state = JSON.parse(await api(person, `/users/${person.user}`)) as {
    servers?: Readonly<Record<string, { readonly ready: boolean }>>;
  };
  const server = state.servers?.[''];
  if (server === undefined && otherwise !== undefined) throw new Error(otherwise);
  return server?.ready ?? false;
}

async function api(person: Person, path: string, body?: object, fine: readonly number[] = [200, 201]): Promise<string> {
  const init = body === undefined ? {} : ({ method: 'POST', body: JSON.stringify(body) } as const);
  const answer = await person.send(`/hub/api${path}`, { ...init, headers: { 'content-type': 'application/json' } });
  return must(answer, fine, path).text;
}

interface Visitor extends Person {
  post(path: string, fields: Readonly<Record<string, string>>): Promise<Answer>;
}

/** A browser's view of the hub: cookies that stay, and the token that its forms carry. */
async function visit(hub: Hub, page: string, user: string): Promise<Visitor> {
  const cookies = new Map<string, string>();
  const send = async (path: string, init: Init = {}): Promise<Answer> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { cookie, 'x-xsrftoken': cookies.get('_xsrf') ?? '', ...init.headers };
    // Not fetch: that says of itself that it is no navigation, and the hub gives such its token in no cookie.
    const {
      statusCode,
      headers: said,
      body,
    } = await request(hub.url + path, { ...init, headers, dispatcher: hub.dispatcher });
    for (const line of [said['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || value === '""') cookies.delete(name);
      else cookies.set(name, value);
    }
    return { status: statusCode, text: await body.text() };
  };
  const post = (path: string, fields: Readonly<Record<string, string>>) =>
    send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ ...fields, _xsrf: cookies.get('_xsrf') ?? '' }).toString(),
    });
  must(await send(page), [200], hub.url + page);
  return { hub, user, send, post };
}

function must(answer: Answer, fine: readonly number[], what: string): Answer {
  if (fine.includes(answer.status)) return answer;
  const [, message] = /<p class="login_error">([\s\S]*?)<\/p>/.exec(answer.text) ?? [];
  throw new Error(`${what} (${answer.status}): ${plain(message ?? answer.text).slice(0, 500)}`);
}

function plain(html: string): string {
  return html
    .replace(/<(script|style|noscript)[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
