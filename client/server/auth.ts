/** Who may use the client: anybody, whoever brings a token for the model servers, or whoever signs in. */
import type { Session } from '../contract.ts';
import type { Call } from './call.ts';
import { ClientFailure } from './failure.ts';

export interface Auth {
  readonly mode: Session['mode'];
  session(call: Call): Promise<Session>;
  /** Absent where nobody signs in. */
  readonly signIn?: SignIn;
}

export interface SignIn {
  /** These answer the call themselves. They reject with ClientFailure. */
  login(call: Call): Promise<void>;
  callback(call: Call): Promise<void>;
  logout(call: Call): void;
}

export function openAuth(mode: 'none' | 'token'): Auth {
  return { mode, session: () => Promise.resolve({ mode }) };
}

/** The session of somebody who may go on. Rejects with SIGNED_OUT. */
export async function requireSession(call: Call, auth: Auth): Promise<Session> {
  const session = await auth.session(call);
  if (auth.signIn !== undefined && session.user === undefined)
    throw new ClientFailure('SIGNED_OUT', 'You are signed out. Sign in to go on.');
  return session;
}

/**
 * Pages of other sites may make a browser send requests with the person's cookies; browsers say so (Fetch Metadata,
 * and Origin where that is missing). Programs that are no browsers send neither, and have no cookies to abuse.
 */
export function refuseCrossSite({ request }: Call): void {
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  const foreign =
    site === undefined
      ? origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host)
      : site !== 'same-origin' && site !== 'none';
  if (foreign)
    throw new ClientFailure('CROSS_SITE', 'This request comes from a page of another site and is not answered.');
}
