/**
 * What models are asked and what they answer, as CloudEvents 1.0 over HTTP in binary mode, with the types and attributes
 * of KServe's own logger (its pkg/logger), for REST and gRPC alike. The data is the JSON of the Open Inference Protocol
 * V2, however the request came.
 *
 * No request waits for it: events are written down once the answer is on its way, wait in a queue with two bounds, and
 * are dropped, and counted, where that is full or the receiver refuses them.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { DataPlane } from '../data-plane.ts';
import { memory } from '../memory/pool.ts';
import type { InferRequest, InferResponse } from '../protocol/messages.ts';
import { limits } from './limits.ts';
import type { Log } from './log.ts';
import { createOutbox, type Outbox, type SendResult } from './outbox.ts';

export interface PayloadLogSettings {
  readonly url: string;
  /** Share of requests, 0 to 1. */
  readonly sample: number;
  readonly mode: 'all' | 'request' | 'response';
  /** CloudEvents attributes beside those of each request, such as `inferenceservicename`. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface PayloadParts {
  readonly log: Log;
  readonly told: (result: SendResult) => void;
  /** The JSON of the protocol. */
  readonly requestJson: (request: InferRequest) => string;
  readonly responseJson: (response: InferResponse) => string;
  /** 0 to 1. */
  readonly random?: () => number;
}

export interface PayloadLog {
  /** The same plane, whose inferences are logged. */
  watch(plane: DataPlane): DataPlane;
  waiting(): number;
  /** Sends what waits, for a limited time. */
  close(): Promise<void>;
}

const types = {
  request: 'org.kubeflow.serving.inference.request',
  response: 'org.kubeflow.serving.inference.response',
} as const;

export function createPayloadLog(settings: PayloadLogSettings, parts: PayloadParts): PayloadLog {
  const { random = Math.random } = parts;
  const outbox = createOutbox(settings.url, parts.log, parts.told);
  const tell = (kind: keyof typeof types, facts: Facts, json: () => string) => {
    if (settings.mode !== 'all' && settings.mode !== kind) return;
    const time = new Date().toISOString();
    const headers = () => headersOf({ ...facts, type: types[kind], time }, settings.attributes);
    write(outbox, () => ({ headers: headers(), body: json() }), parts.log);
  };
  return {
    watch: (plane) => ({
      ...plane,
      infer: async (request, context) => {
        if (random() >= settings.sample) return plane.infer(request, context);
        // They are written down later than anyone else reads them.
        for (const { data } of request.inputs) if (!Array.isArray(data)) memory.keep(data);
        const facts = { id: context.requestId, model: request.modelName, version: request.modelVersion };
        tell('request', facts, () => parts.requestJson(request));
        const inferred = await plane.infer(request, context);
        const { response } = inferred;
        tell('response', { ...facts, version: response.modelVersion }, () => parts.responseJson(response));
        return inferred;
      },
    }),
    waiting: outbox.waiting,
    close: () =>
      Promise.race([outbox.close(), pause(limits.payloadLog.closeMs, undefined, { ref: false })]).then(outbox.end),
  };
}

/** Tensors are turned into text after the tick in which they came, so that it costs no request its time. */
function write(outbox: Outbox, event: () => { headers: Record<string, string>; body: string }, log: Log): void {
  if (!outbox.reserve()) return;
  setImmediate(() => {
    try {
      outbox.put(event());
    } catch (error) {
      outbox.forget();
      log(
        'error',
        'payload-log-failed',
        `Cannot write a payload down: ${error instanceof Error ? error.message : error}`,
      );
    }
  });
}

interface Facts {
  readonly id: string;
  readonly model: string;
  readonly version: string | undefined;
}

/** Names as KServe's logger has them; the model's name stands for that of an InferenceService that is not given. */
function headersOf(
  { id, model, version, type, time }: Facts & { type: string; time: string },
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const attributes: Record<string, string | undefined> = {
    specversion: '1.0',
    id,
    source: `/v2/models/${encodeURIComponent(model)}`,
    type,
    time,
    inferenceservicename: model,
    component: 'predictor',
    metadata: JSON.stringify({ 'X-Request-Id': [id] }),
    modelname: model,
    modelversion: version,
    ...given,
  };
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined && value !== '') headers[`ce-${name}`] = headerText(value);
  return headers;
}

/** CloudEvents' HTTP binding, 3.1.3.2: spaces, quotes, per cent signs and whatever is not printable ASCII as UTF-8. */
export function headerText(value: string): string {
  return value.replaceAll(/[^\x21\x23\x24\x26-\x7e]/gu, (character: string) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
