/** Every address of this server, what is asked there, and how it is answered. */
import type { DataPlane } from '../data-plane.ts';
import { limits } from '../operate/limits.ts';
import { decodeInfer } from './decode.ts';
import { encodeInfer } from './encode.ts';
import { HttpError } from './status.ts';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body: string;
}

/** Parts of the path that the address leaves open. */
export interface PathValues {
  readonly model: string;
  readonly version?: string;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly address: string;
  readonly answer: (plane: DataPlane, path: PathValues, body: Uint8Array) => Answer | Promise<Answer>;
}

/** Each address below a model exists with and without `/versions/{version}`. */
const routes: readonly Route[] = [
  { method: 'GET', address: '/v2', answer: (plane) => json(200, plane.metadata()) },
  { method: 'GET', address: '/v2/', answer: (plane) => json(200, plane.metadata()) },
  { method: 'GET', address: '/v2/health/live', answer: (plane) => json(200, { live: plane.live() }) },
  {
    method: 'GET',
    address: '/v2/health/ready',
    answer: (plane) => readiness({ ready: plane.ready(), live: plane.live() }),
  },
  ...perModel('GET', '', (plane, { model, version }) => json(200, plane.modelMetadata(model, version))),
  ...perModel('GET', '/ready', (plane, { model, version }) => readiness(plane.modelReady(model, version))),
  ...perModel('POST', '/infer', async (plane, { model, version }, body) => {
    const target = { modelName: model, ...(version === undefined ? {} : { modelVersion: version }) };
    return { status: 200, body: encodeInfer(await plane.infer(decodeInfer(body, target))) };
  }),
];

function perModel(method: Route['method'], tail: string, answer: Route['answer']): Route[] {
  return ['/v2/models/{model}', '/v2/models/{model}/versions/{version}'].map((head) => ({
    method,
    address: head + tail,
    answer,
  }));
}

function json(status: number, value: object): Answer {
  return { status, body: JSON.stringify(value) };
}

function readiness<State extends { readonly ready: boolean }>(state: State): Answer {
  if (state.ready) return json(200, state);
  return { ...json(503, state), headers: { 'retry-after': String(limits.retryAfterSeconds) } };
}

const compiled = routes.map((route) => ({ route, segments: route.address.split('/') }));

/** HEAD is answered wherever GET is. Throws HttpError ROUTE_UNKNOWN or METHOD_NOT_ALLOWED. */
export function findRoute(method: string, url: string): { readonly route: Route; readonly path: PathValues } {
  const [address = ''] = url.split('?', 1);
  const segments = address.split('/');
  const known = compiled.filter((candidate) => matches(candidate.segments, segments));
  if (known.length === 0) throw new HttpError('ROUTE_UNKNOWN', `no such address: '${address.slice(0, 200)}'`);
  const wanted = method === 'HEAD' ? 'GET' : method;
  const found = known.find((candidate) => candidate.route.method === wanted);
  if (found === undefined) {
    const allow = known.map(({ route }) => (route.method === 'GET' ? 'GET, HEAD' : route.method)).join(', ');
    throw new HttpError('METHOD_NOT_ALLOWED', `method ${method} is not allowed for '${address}', expected ${allow}`, {
      allow,
    });
  }
  return { route: found.route, path: pathValues(found.segments, segments) };
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  if (pattern.length !== segments.length) return false;
  return pattern.every((part, index) => (part.startsWith('{') ? segments[index] !== '' : part === segments[index]));
}

function pathValues(pattern: readonly string[], segments: readonly string[]): PathValues {
  const value = (name: string) => {
    const segment = segments[pattern.indexOf(name)];
    return segment === undefined ? undefined : decoded(segment);
  };
  const version = value('{version}');
  return { model: value('{model}') ?? '', ...(version === undefined ? {} : { version }) };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new HttpError('ROUTE_UNKNOWN', `'${segment.slice(0, 200)}' is not a valid percent-encoding`);
  }
}
