/** Against a real receiver: what it gets, when it fails, when it is slow, and what a request notices of it. */
import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { DataPlane } from '../data-plane.ts';
import type { InferRequest, InferResponse } from '../protocol/messages.ts';
import { requestJson, responseJson } from '../serve/payloads.ts';
import { limits } from './limits.ts';
import type { SendResult } from './outbox.ts';
import { createPayloadLog, headerText, type PayloadLog, type PayloadLogSettings } from './payload-log.ts';

interface Event {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Set {
  readonly events: Event[];
  readonly told: SendResult[];
  readonly lines: string[];
  readonly log: PayloadLog;
  readonly infer: DataPlane['infer'];
  /** Resolves once this many events were told. */
  until(count: number): Promise<void>;
}

type Receiver = (response: ServerResponse, count: number) => void;

const ok: Receiver = (response) => response.writeHead(202).end();

/** `receive` answers the n-th request, from 1. */
async function withReceiver(
  settings: Partial<PayloadLogSettings> & { readonly random?: () => number },
  receive: Receiver,
  work: (set: Set) => Promise<void>,
): Promise<void> {
  const events: Event[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    events.push({ headers: request.headers, body });
    receive(response, events.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`;
  const told: SendResult[] = [];
  const lines: string[] = [];
  let check = () => {};
  const log = createPayloadLog(
    { url, sample: 1, mode: 'all', attributes: {}, ...settings },
    {
      log: (_, event, message) => void lines.push(`${event}: ${message}`),
      told: (result) => {
        told.push(result);
        check();
      },
      requestJson,
      responseJson,
      ...(settings.random === undefined ? {} : { random: settings.random }),
    },
  );
  const until = (count: number) =>
    new Promise<void>((resolve) => {
      check = () => told.length >= count && resolve();
      check();
    });
  const { infer } = log.watch({ infer: answer } as unknown as DataPlane);
  try {
    await work({ events, told, lines, log, infer, until });
  } finally {
    await log.close();
    server.closeAllConnections();
    server.close();
  }
}

const request: InferRequest = {
  modelName: 'größe 1',
  id: 'own',
  parameters: { binary_data_output: true, kept: 1 },
  inputs: [{ name: 'in', datatype: 'FP32', shape: [2], data: new Float32Array([1, Number.NaN]) }],
  outputs: [{ name: 'out' }],
};
const response: InferResponse = {
  modelName: 'größe 1',
  modelVersion: '3',
  outputs: [{ name: 'out', datatype: 'INT64', shape: [1], data: new BigInt64Array([9007199254740993n]) }],
};
const timings = { queueNs: 0, inputNs: 0, inferNs: 0, outputNs: 0, batchSize: 1 };
const answer: DataPlane['infer'] = ({ modelName }) =>
  modelName === 'absent' ? Promise.reject(new Error('absent')) : Promise.resolve({ response, timings });
const context = { requestId: 'r-1', priority: 0, signal: new AbortController().signal } as never;

test("events have KServe's types and attributes, and V2 as data", async () => {
  const attributes = { inferenceservicename: 'iris', namespace: 'ml "a" 100%' };
  await withReceiver({ attributes }, ok, async ({ infer, until, events }) => {
    await infer(request, context);
    await until(2);
    const [first, second] = events.sort((a, b) =>
      String(a.headers['ce-type']).localeCompare(String(b.headers['ce-type'])),
    );
    assert.equal(first?.headers['ce-type'], 'org.kubeflow.serving.inference.request');
    assert.equal(second?.headers['ce-type'], 'org.kubeflow.serving.inference.response');
    for (const headers of [first?.headers ?? {}, second?.headers ?? {}]) {
      assert.equal(headers['ce-specversion'], '1.0');
      assert.equal(headers['ce-id'], 'r-1');
      assert.equal(headers['ce-source'], '/v2/models/gr%25C3%25B6%25C3%259Fe%25201');
      assert.equal(headers['ce-inferenceservicename'], 'iris');
      assert.equal(headers['ce-namespace'], 'ml%20%22a%22%20100%25');
      assert.equal(headers['ce-component'], 'predictor');
      assert.equal(headers['ce-modelname'], 'gr%C3%B6%C3%9Fe%201');
      assert.equal(decodeURIComponent(String(headers['ce-metadata'])), '{"X-Request-Id":["r-1"]}');
      assert.match(String(headers['ce-time']), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      assert.equal(headers['content-type'], 'application/json');
    }
    assert.deepEqual([first?.headers['ce-modelversion'], second?.headers['ce-modelversion']], [undefined, '3']);
    const input = '{"name":"in","shape":[2],"datatype":"FP32","data":[1,null]}';
    assert.equal(first?.body, `{"id":"own","inputs":[${input}],"parameters":{"kept":1},"outputs":[{"name":"out"}]}`);
    assert.match(
      second?.body ?? '',
      /"outputs":\[\{"name":"out","shape":\[1\],"datatype":"INT64","data":\[9007199254740993\]\}\]/,
    );
  });
});

test('what fails is logged as a request alone; the mode and the sample leave out the rest', async () => {
  await withReceiver({}, ok, async ({ infer, until, events }) => {
    await assert.rejects(infer({ ...request, modelName: 'absent' }, context), /absent/);
    await until(1);
    assert.deepEqual(
      events.map(({ headers }) => headers['ce-modelname']),
      ['absent'],
    );
  });
  await withReceiver({ mode: 'response' }, ok, async ({ infer, until, events }) => {
    await infer(request, context);
    await until(1);
    assert.match(String(events[0]?.headers['ce-type']), /response$/);
  });
  const draws = [0.2, 0.3, 0.1];
  await withReceiver(
    { sample: 0.25, mode: 'request', random: () => draws.shift() ?? 1 },
    ok,
    async ({ infer, log, told }) => {
      for (let count = 0; count < 3; count++) await infer(request, context);
      await log.close();
      assert.deepEqual(told, ['sent', 'sent']);
    },
  );
});

test('a receiver that fails is asked again, one that refuses is not', async () => {
  const failsTwice: Receiver = (to, count) => void to.writeHead(count <= 2 ? 503 : 200).end();
  await withReceiver({ mode: 'request' }, failsTwice, async ({ infer, until, told, events }) => {
    await infer(request, context);
    await until(1);
    assert.deepEqual([told, events.length], [['sent'], 3]);
  });
  const refuses: Receiver = (to) => void to.writeHead(400).end();
  await withReceiver({ mode: 'request' }, refuses, async ({ infer, until, told, events, lines }) => {
    await infer(request, context);
    await infer(request, context);
    await until(2);
    assert.deepEqual([told, events.length], [['refused', 'refused'], 2]);
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /^payload-log-failed: Payloads are not logged to http:.*: the receiver answered 400$/);
  });
});

test('a receiver that never answers costs no request anything, and what has no room is counted', async () => {
  await withReceiver(
    { mode: 'request' },
    () => {},
    async ({ infer, told, log }) => {
      const more = 5;
      for (let count = 0; count < limits.payloadLog.letters + more; count++) {
        const { response: got } = await infer(request, context);
        assert.equal(got, response);
      }
      assert.deepEqual(
        told,
        Array.from({ length: more }, () => 'full'),
      );
      assert.equal(log.waiting(), limits.payloadLog.letters);
    },
  );
});

test('attributes are written as the HTTP binding says', () => {
  assert.equal(headerText('Euro € 😀 "a" 50%~!'), 'Euro%20%E2%82%AC%20%F0%9F%98%80%20%22a%22%2050%25~!');
});
