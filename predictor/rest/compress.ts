/** Compression of answers, as the client's Accept-Encoding allows (RFC 9110, section 12.5.3). */
import { promisify } from 'node:util';
import { constants, deflate, gzip } from 'node:zlib';

export type Coding = 'gzip' | 'deflate';

/** Below this size headers and the work outweigh the saving. */
export const smallestCompressed = 1024;

/** Most of the saving at a third of the time that the default level takes. */
const options = { level: constants.Z_BEST_SPEED };

const coders = { gzip: promisify(gzip), deflate: promisify(deflate) };

export function compress(body: Buffer, coding: Coding): Promise<Buffer> {
  return coders[coding](body, options);
}

/** The better liked one of gzip and deflate, gzip where they are liked alike; undefined for none. */
export function chooseCoding(acceptEncoding: string | undefined): Coding | undefined {
  if (acceptEncoding === undefined || acceptEncoding === '') return undefined;
  const weights = new Map<string, number>();
  for (const part of acceptEncoding.toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    const weight = quality === undefined ? 1 : Number(quality.slice(2));
    if (weight >= 0 && weight <= 1) weights.set(name === 'x-gzip' ? 'gzip' : name, weight);
  }
  const others = weights.get('*') ?? 0;
  const forGzip = weights.get('gzip') ?? others;
  const forDeflate = weights.get('deflate') ?? others;
  const best = Math.max(forGzip, forDeflate);
  if (best === 0 || best < (weights.get('identity') ?? 0)) return undefined;
  return forGzip >= forDeflate ? 'gzip' : 'deflate';
}
