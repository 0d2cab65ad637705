/** The page's server, as client/contract.ts has it: every way of failing becomes one kind of error. */
import type { Failure, FailureCode } from '../../contract.ts';
import type { BinaryBody } from '../model/binary.ts';
import { type Timing, timingOf } from '../model/timing.ts';
import { texts } from '../texts.ts';
import { apiUrl } from './address.ts';
import { kept } from './kept.ts';

/** OFFLINE: the page's own server cannot be reached. */
export type Trouble = FailureCode | 'OFFLINE';

export class ApiError extends Error {
  readonly code: Trouble;
  readonly field: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: Trouble, message: string, more: { field?: string; retryAfterSeconds?: number } = {}) {
    super(message);
    this.code = code;
    this.field = more.field;
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}

/** Token of a person's own, where the site asks for one. */
export const token = kept('session', 'token', '');

export async function getJson<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  const response = await call(apiUrl(path), { headers: { accept: 'application/json' }, ...(signal ? { signal } : {}) });
  try {
    return (await response.json()) as Answer;
  } catch (error) {
    signal?.throwIfAborted();
    throw new ApiError('INTERNAL', texts.failure.notJson(error instanceof Error ? error.message : String(error)));
  }
}

export interface Inferred {
  readonly text: string;
  readonly timing: Timing;
  readonly id: string | null;
}

/** `body` as JSON text, or in the binary form. */
export async function postInfer(
  model: string,
  target: string,
  body: string | BinaryBody,
  signal: AbortSignal,
): Promise<Inferred> {
  const started = performance.now();
  const path = `models/${encodeURIComponent(model)}/infer?target=${encodeURIComponent(target)}`;
  const headers: Record<string, string> =
    typeof body === 'string'
      ? { 'content-type': 'application/json' }
      : { 'content-type': 'application/octet-stream', 'inference-header-content-length': String(body.headBytes) };
  if (token.value !== '') headers['authorization'] = `Bearer ${token.value}`;
  const response = await call(apiUrl(path), {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : body.bytes,
    signal,
  });
  const text = await read(response, signal);
  const timing = timingOf(response.headers.get('server-timing'), performance.now() - started);
  return { text, timing, id: response.headers.get('x-request-id') };
}

export async function postSignOut(): Promise<void> {
  await call(apiUrl('../auth/logout'), { method: 'POST' });
}

async function call(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, credentials: 'same-origin' });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError('OFFLINE', navigator.onLine ? texts.failure.noServer : texts.failure.offline);
  }
  if (!response.ok) throw await failureOf(response);
  return response;
}

/** An answer that ends on its way is the model server's fault: the contract has no other sign for it. */
async function read(response: Response, signal: AbortSignal): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ApiError('MODEL_NONSENSE', texts.failure.cut);
  }
}

async function failureOf(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => '');
  try {
    const { error } = JSON.parse(text) as Failure;
    if (typeof error.code === 'string' && typeof error.message === 'string') {
      // The model server's own 401 reaches the page as its refusal: what helps is a token, not another input.
      const locked = error.code === 'MODEL_REFUSED' && response.status === 401;
      return new ApiError(locked ? 'SIGNED_OUT' : error.code, error.message, error);
    }
  } catch {
    // Not from this contract: a gateway on the way answers in its own words.
  }
  if (response.status === 401) return new ApiError('SIGNED_OUT', texts.failure.status(response.status));
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const more = Number.isNaN(seconds) ? {} : { retryAfterSeconds: seconds };
  const code = response.status === 429 ? 'RATE_LIMITED' : response.status === 413 ? 'TOO_LARGE' : 'OFFLINE';
  return new ApiError(code, texts.failure.status(response.status), more);
}
