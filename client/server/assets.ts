/** The page's files in memory, each in the encodings that browsers take, so that serving one is a look-up. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Call } from './call.ts';

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly br?: Buffer;
  readonly gzip?: Buffer;
  readonly etag: string;
}

export interface Assets {
  /** By path below the prefix: `/assets/main-AB12CD34.js`. */
  readonly files: ReadonlyMap<string, Asset>;
  /** The document, with `{{prefix}}` where the prefix belongs. */
  readonly document: string;
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.woff2': 'font/woff2',
};

export const DOCUMENT = 'index.html';

/** Assets of files by path; `index.html` is the document. `quality` is brotli's, 11 where the build has time for it. */
export async function createAssets(texts: ReadonlyMap<string, Uint8Array>, quality: number): Promise<Assets> {
  const files = new Map<string, Asset>();
  for (const [path, bytes] of texts) {
    if (path !== DOCUMENT) files.set(`/${path}`, await createAsset(path, Buffer.from(bytes), quality));
  }
  const document = texts.get(DOCUMENT);
  if (document === undefined) throw new Error(`the page has no ${DOCUMENT}`);
  return { files, document: Buffer.from(document).toString('utf8') };
}

export async function createAsset(path: string, body: Buffer, quality: number): Promise<Asset> {
  const type = types[extname(path)] ?? 'application/octet-stream';
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
  if (!/^(?:text|application\/(?:json|manifest)|image\/svg)/.test(type)) return { type, body, etag };
  const params = { [constants.BROTLI_PARAM_QUALITY]: quality };
  const [br, zipped] = await Promise.all([
    promisify(brotliCompress)(body, { params }),
    promisify(gzip)(body, { level: 9 }),
  ]);
  return {
    type,
    body,
    etag,
    ...(br.length < body.length ? { br } : {}),
    ...(zipped.length < body.length ? { gzip: zipped } : {}),
  };
}

/** The files of a built page. */
export function readAssets(folder: string, quality: number): Promise<Assets> {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return createAssets(
    new Map(paths.map((path) => [relative(folder, path).split(sep).join('/'), readFileSync(path)])),
    quality,
  );
}

/** Files whose name holds a hash of their content may be kept for ever. */
const HASHED = /-[A-Z0-9]{8}\.[a-z0-9]+(?:\.map)?$/;

export function sendAsset(call: Call, path: string, asset: Asset, status = 200): void {
  const { request, response } = call;
  const headers: Record<string, string | number> = {
    'content-type': asset.type,
    'cache-control': HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: asset.etag,
    vary: 'accept-encoding',
  };
  if (status === 200 && request.headers['if-none-match'] === asset.etag) {
    response.writeHead(304, headers).end();
    return;
  }
  const [encoding, body] = choose(asset, String(request.headers['accept-encoding'] ?? ''));
  if (encoding !== undefined) headers['content-encoding'] = encoding;
  headers['content-length'] = body.length;
  response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
}

/** The smallest form that the browser takes (RFC 9110, 12.5.3); a weight of 0 forbids one. */
function choose(asset: Asset, accepted: string): readonly [string | undefined, Buffer] {
  const takes = (name: string) =>
    accepted.split(',').some((one) => {
      const [coding = '', ...parameters] = one
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/);
      return coding === name && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
    });
  if (asset.br !== undefined && takes('br')) return ['br', asset.br];
  if (asset.gzip !== undefined && takes('gzip')) return ['gzip', asset.gzip];
  return [undefined, asset.body];
}
