/** From method and URL to the route: one look-up, whatever the number of routes. */
import type { PathValues, Route } from './call.ts';
import { HttpError } from './status.ts';

export interface Found {
  readonly route: Route;
  readonly path: PathValues;
}

/** HEAD is answered wherever GET is. Throws HttpError ROUTE_UNKNOWN or METHOD_NOT_ALLOWED. */
export type Router = (method: string, url: string) => Found;

/** Most requests ask for what was asked for before. */
const mostKnown = 1_000;
const nothing: PathValues = { model: '' };
/** Below these a segment names a model. */
const heads = ['/v2/models/', '/v1/models/', '/v2/repository/models/'] as const;

export function createRouter(routes: readonly Route[]): Router {
  const addresses = new Map<string, Map<string, Route>>();
  for (const route of routes) {
    const methods = addresses.get(route.address) ?? new Map<string, Route>();
    methods.set(route.method, route);
    addresses.set(route.address, methods);
  }
  const known = new Map<string, Found>();
  return (method, url) => {
    const before = known.get(url);
    if (before !== undefined && before.route.method === method) return before;
    const found = find(addresses, method, url);
    // Addresses come from clients: as many are kept as a server has models in use, and then all are forgotten.
    if (known.size >= mostKnown) known.clear();
    known.set(url, found);
    return found;
  };
}

type Addresses = ReadonlyMap<string, ReadonlyMap<string, Route>>;

function find(addresses: Addresses, method: string, url: string): Found {
  const query = url.indexOf('?');
  const address = query === -1 ? url : url.slice(0, query);
  const fixed = addresses.get(address);
  if (fixed !== undefined && !address.includes('{')) return { route: choose(fixed, method, address), path: nothing };
  const pattern = patternOf(address);
  const methods = pattern === undefined ? undefined : addresses.get(pattern.address);
  if (pattern === undefined || methods === undefined)
    throw new HttpError('ROUTE_UNKNOWN', `no such address: '${address.slice(0, 200)}'`);
  const route = choose(methods, method, address);
  return { route, path: pathValues(pattern) };
}

function choose(methods: ReadonlyMap<string, Route>, method: string, address: string): Route {
  const route = methods.get(method === 'HEAD' ? 'GET' : method);
  if (route !== undefined) return route;
  const allow = [...methods.keys()].map((name) => (name === 'GET' ? 'GET, HEAD' : name)).join(', ');
  const message = `method ${method} is not allowed for '${address.slice(0, 200)}', expected ${allow}`;
  throw new HttpError('METHOD_NOT_ALLOWED', message, { allow });
}

interface Pattern {
  /** With `{model}` and `{version}` in place of what stands there. */
  readonly address: string;
  readonly model: string;
  readonly version?: string;
}

function patternOf(address: string): Pattern | undefined {
  const head = heads.find((candidate) => address.startsWith(candidate));
  if (head === undefined) return undefined;
  const segments = address.slice(head.length).split('/');
  const versioned = segments.length > 2 && segments[1] === 'versions';
  const last = segments.length === (versioned ? 3 : 1) && head === '/v1/models/' ? verbOf(segments) : '';
  const [model = '', , version] = segments;
  const tail = segments.slice(versioned ? 3 : 1);
  if (model === '' || (versioned && version === '')) return undefined;
  const named = `${head}{model}${versioned ? '/versions/{version}' : ''}${last}`;
  const full = tail.length === 0 ? named : `${named}/${tail.join('/')}`;
  return versioned && version !== undefined ? { address: full, model, version } : { address: full, model };
}

/** V1 appends what to do to the name: `iris:predict`. Takes it off the last segment; a name may hold colons itself. */
function verbOf(segments: string[]): string {
  const last = segments.at(-1) ?? '';
  const verb = /:(?:predict|explain)$/.exec(last)?.[0] ?? '';
  segments[segments.length - 1] = last.slice(0, last.length - verb.length);
  return verb;
}

function pathValues({ model, version }: Pattern): PathValues {
  return version === undefined ? { model: decoded(model) } : { model: decoded(model), version: decoded(version) };
}

function decoded(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new HttpError('ROUTE_UNKNOWN', `'${segment.slice(0, 200)}' is not a valid percent-encoding`);
  }
}
