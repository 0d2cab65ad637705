/** The Open Inference Protocol V2: health, metadata, inference. */
import { limits } from '../operate/limits.ts';
import type { NamedTensor } from '../protocol/tensor.ts';
import type { Timings } from '../protocol/timings.ts';
import { jsonLength, rawInput } from './binary.ts';
import { type Answer, type Call, type Handler, json, type Route } from './call.ts';
import { type Decoded, decodeInfer, type Target } from './decode.ts';
import { encodeForms, encodeInfer } from './encode.ts';
import { wishesOf } from './parameters.ts';

/** Each address below a model exists with and without `/versions/{version}`. */
export function perModel(method: Route['method'], tail: string, handler: Handler): Route[] {
  return ['/v2/models/{model}', '/v2/models/{model}/versions/{version}'].map((head) => ({
    method,
    address: head + tail,
    handler,
  }));
}

const live: Handler = ({ services }) => json(200, { live: services.plane.live() });
const metadata: Handler = ({ services }) => json(200, services.plane.metadata());

export const v2Routes: readonly Route[] = [
  { method: 'GET', address: '/v2', handler: metadata },
  { method: 'GET', address: '/v2/', handler: metadata },
  { method: 'GET', address: '/v2/health/live', handler: live, open: true },
  { method: 'GET', address: '/v2/health/ready', handler: serverReady, open: true },
  { method: 'GET', address: '/v2/models', handler: ({ services }) => json(200, { models: services.plane.models() }) },
  ...perModel('GET', '', ({ services, path }) => json(200, services.plane.modelMetadata(path.model, path.version))),
  ...perModel('GET', '/ready', ({ services, path }) => readiness(services.plane.modelReady(path.model, path.version))),
  ...perModel('POST', '/infer', infer),
];

export function serverReady({ services: { plane } }: Call): Answer {
  return readiness({ ready: plane.ready(), live: plane.live() });
}

export function readiness<State extends { readonly ready: boolean }>(state: State): Answer {
  if (state.ready) return json(200, state);
  return { ...json(503, state), headers: { 'retry-after': String(limits.retryAfterSeconds) } };
}

export function targetOf({ path }: Call): Target {
  return path.version === undefined ? { modelName: path.model } : { modelName: path.model, modelVersion: path.version };
}

async function infer(call: Call): Promise<Answer> {
  const { request, forms } = decode(call);
  const context = call.exchange.context(wishesOf(request.parameters));
  const { response, timings } = await call.services.plane.infer(request, context);
  const headers = { 'server-timing': serverTiming(timings) };
  if (forms === undefined) return { status: 200, headers, body: encodeInfer(response) };
  const { json: text, tensors } = encodeForms(response, forms);
  if (tensors.length === 0) return { status: 200, headers, body: text };
  return {
    status: 200,
    contentType: 'application/octet-stream',
    headers: { ...headers, 'inference-header-content-length': String(Buffer.byteLength(text)) },
    body: [text, ...tensors],
  };
}

function decode(call: Call): Decoded {
  const target = targetOf(call);
  const length = jsonLength(call.headers['inference-header-content-length'], call.body.length);
  if (length !== 0) return decodeInfer(call.body, target, length);
  const { inputs } = call.services.plane.modelMetadata(target.modelName, target.modelVersion);
  const input: NamedTensor = rawInput(call.body, target.modelName, inputs);
  return { request: { ...target, inputs: [input], outputs: [] }, forms: { others: 'binary', named: new Map() } };
}

/** Server-Timing (W3C) in milliseconds, for pages that show where the time went. */
export function serverTiming({ queueNs, inputNs, inferNs, outputNs }: Timings): string {
  return `queue;dur=${ms(queueNs)}, input;dur=${ms(inputNs)}, infer;dur=${ms(inferNs)}, output;dur=${ms(outputNs)}`;
}

/** Texts of milliseconds by microseconds: to write a fraction costs more than to look up the one that was written before. */
const texts = new Array<string | undefined>(4_096);

function ms(ns: number): string {
  const us = Math.round(ns / 1000);
  if (!(us < texts.length)) return String(us / 1000);
  const known = texts[us];
  if (known !== undefined) return known;
  const text = String(us / 1000);
  texts[us] = text;
  return text;
}
