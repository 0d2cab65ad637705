/** Asking model servers over HTTP: kept connections, no redirects, every failure in the words of the contract. */
import { Agent, type Dispatcher, errors } from 'undici';
import { ClientFailure, reasonOf } from './failure.ts';
import type { Target } from './served.ts';

export interface Question {
  readonly target: Target;
  /** Below the target's URL, from `/` on. */
  readonly path: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Until the answer begins, and then between two pieces of it. */
  readonly timeoutMs: number;
  /** Whoever asks has gone. */
  readonly signal?: AbortSignal;
}

export type Answer = Dispatcher.ResponseData;

export interface Upstream {
  /** Rejects with ClientFailure; with whatever the signal's reason is when that is aborted. */
  ask(question: Question): Promise<Answer>;
  close(): Promise<void>;
}

export interface UpstreamSettings {
  readonly connectTimeoutMs: number;
  /** Connections to one model server. */
  readonly connections: number;
}

export function createUpstream(settings: UpstreamSettings): Upstream {
  const agent = new Agent({
    connect: { timeout: settings.connectTimeoutMs },
    connections: settings.connections,
    // Servers that close idle connections say when; this is for those that do not (uvicorn closes after five seconds).
    keepAliveTimeout: 4000,
  });
  return { ask: (question) => ask(agent, question), close: () => agent.close() };
}

async function ask(agent: Agent, question: Question): Promise<Answer> {
  const { target, path, method = 'GET', headers, body, timeoutMs, signal } = question;
  const base = new URL(target.url);
  const waited = AbortSignal.timeout(timeoutMs);
  const begun = new AbortController();
  const stop = () => begun.abort(waited.reason);
  const gone = () => begun.abort(signal?.reason);
  waited.addEventListener('abort', stop);
  signal?.addEventListener('abort', gone);
  if (signal?.aborted === true) gone();
  try {
    const answer = await agent.request({
      origin: base.origin,
      path: `${base.pathname.replace(/\/+$/, '')}${path}`,
      method,
      headers: { ...headers },
      body: body ?? null,
      signal: begun.signal,
      headersTimeout: 0,
      bodyTimeout: timeoutMs,
    });
    // Whoever reads the body is told of its end by reading; a body that is given up must not end the process.
    answer.body.on('error', () => {});
    return answer;
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    if (waited.aborted) throw timedOut(target, timeoutMs);
    throw failureOf(error, target, timeoutMs);
  } finally {
    // From here on only the reader's going ends the answer.
    waited.removeEventListener('abort', stop);
  }
}

function timedOut(target: Target, timeoutMs: number): ClientFailure {
  return new ClientFailure(
    'MODEL_TIMEOUT',
    `The model server of "${target.model}" did not answer within ${timeoutMs / 1000} s.`,
  );
}

/** What went wrong with a connection, before or within the answer. */
export function failureOf(error: unknown, target: Target, timeoutMs: number): ClientFailure {
  if (error instanceof ClientFailure) return error;
  const { code = '' } = error as NodeJS.ErrnoException;
  if (error instanceof errors.BodyTimeoutError || error instanceof errors.HeadersTimeoutError)
    return timedOut(target, timeoutMs);
  if (
    error instanceof errors.HTTPParserError ||
    code.startsWith('HPE_') ||
    error instanceof errors.HeadersOverflowError
  )
    return new ClientFailure(
      'MODEL_NONSENSE',
      `What answers for "${target.model}" does not speak HTTP: ${reasonOf(error)}.`,
    );
  if (error instanceof errors.ResponseContentLengthMismatchError || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH')
    return new ClientFailure('MODEL_DOWN', `The model server of "${target.model}" broke off its answer.`);
  return new ClientFailure(
    'MODEL_DOWN',
    `The model server of "${target.model}" cannot be reached: ${reasonOf(error)}.`,
  );
}

/** The whole body, up to `most` bytes; what is more is undefined and the connection is given up. */
export async function readAll(body: Answer['body'], most: number): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > most) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
