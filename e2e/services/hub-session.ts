/** A person at JupyterHub, through the pages and the API that a browser uses. */
import { Agent, buildConnector, type Dispatcher, fetch, type RequestInit, type Response } from 'undici';

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
  /** A request with the cookies and the token against forged requests; the path starts with `/hub/`. */
  send(path: string, init?: RequestInit): Promise<Response>;
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
  const page = await person.post('/hub/signup', fields);
  const text = await page.text();
  const [, kind, message = ''] = /<div class="alert (alert-\w+)[^>]*>([\s\S]*?)<\/div>/.exec(text) ?? [];
  if (kind === 'alert-success') return true;
  if (kind === 'alert-info') return false;
  throw new Error(`JupyterHub did not sign up ${user} (${page.status}): ${plain(message === '' ? text : message)}`);
}

export async function logIn(hub: Hub, user: string, password: string): Promise<Person> {
  const person = await visit(hub, '/hub/login', user);
  const answer = await person.post('/hub/login', { username: user, password });
  if (answer.status !== 302)
    throw new Error(`JupyterHub did not let ${user} in (${answer.status}): ${await reason(answer)}`);
  await answer.body?.cancel();
  // The token against forged requests changes with the login.
  await (await person.send('/hub/home')).text();
  return person;
}

/** An administrator lets somebody in who has signed up. */
export async function authorize(administrator: Person, user: string): Promise<void> {
  const answer = await administrator.send(`/hub/authorize/${encodeURIComponent(user)}`);
  if (answer.status !== 302)
    throw new Error(`${administrator.user} cannot let ${user} in (${answer.status}): ${await reason(answer)}`);
  await answer.body?.cancel();
}

/** A token of the person's own, for the API of their server. It ends after an hour. */
export async function accessToken(person: Person): Promise<string> {
  const answer = await api(person, `/users/${person.user}/tokens`, { note: 'e2e', expires_in: 3600 });
  return (JSON.parse(answer) as { token: string }).token;
}

/** Starts the person's server if it does not run; returns once the hub says that it is ready. */
export async function startServer(person: Person, seconds: number): Promise<void> {
  const until = performance.now() + seconds * 1000;
  await api(person, `/users/${person.user}/server`, {}, [201, 202, 400]);
  for (;;) {
    const state = JSON.parse(await api(person, `/users/${person.user}`)) as {
      servers?: Record<string, { ready?: boolean; pending?: string | null }>;
    };
    const server = state.servers?.[''];
    if (server?.ready === true) return;
    if (server === undefined) throw new Error(`the server of ${person.user} ended while it started: see the hub's log`);
    if (performance.now() > until) throw new Error(`the server of ${person.user} was not ready within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function api(person: Person, path: string, body?: object, fine: readonly number[] = [200, 201]): Promise<string> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const answer = await person.send(`/hub/api${path}`, { ...init, headers: { 'content-type': 'application/json' } });
  if (!fine.includes(answer.status))
    throw new Error(`${path}: JupyterHub answered ${answer.status}: ${await reason(answer)}`);
  return answer.text();
}

interface Visitor extends Person {
  post(path: string, fields: Readonly<Record<string, string>>): Promise<Response>;
}

/** A browser's view of the hub: cookies that stay, and the token that its forms carry. */
async function visit(hub: Hub, path: string, user: string): Promise<Visitor> {
  const cookies = new Map<string, string>();
  const send = async (to: string, init: RequestInit = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { cookie, 'x-xsrftoken': cookies.get('_xsrf') ?? '', ...(init.headers as Record<string, string>) };
    const answer = await fetch(hub.url + to, { ...init, headers, redirect: 'manual', dispatcher: hub.dispatcher });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || value === '""') cookies.delete(name);
      else cookies.set(name, value);
    }
    return answer;
  };
  const post = (to: string, fields: Readonly<Record<string, string>>) =>
    send(to, { method: 'POST', body: new URLSearchParams({ ...fields, _xsrf: cookies.get('_xsrf') ?? '' }) });
  const page = await send(path);
  if (page.status !== 200) throw new Error(`${hub.url}${path} answered ${page.status}: ${await reason(page)}`);
  await page.text();
  return { hub, user, send, post };
}

async function reason(answer: Response): Promise<string> {
  const text = await answer.text();
  const [, message] = /<p class="login_error">([\s\S]*?)<\/p>/.exec(text) ?? [];
  return plain(message ?? text).slice(0, 500);
}

function plain(html: string): string {
  return html
    .replace(/<(script|style)[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
