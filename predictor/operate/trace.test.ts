import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createSpans } from './spans.ts';
import { echoTracer, parseTraceparent } from './trace.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const traceparent = `00-${traceId}-${spanId}-01`;

test('traceparent is read as W3C writes it', () => {
  assert.deepEqual(parseTraceparent(traceparent), { traceId, spanId, flags: 1 });
  assert.deepEqual(parseTraceparent(`01-${traceId}-${spanId}-00-more`), { traceId, spanId, flags: 0 });
  for (const text of [
    undefined,
    '',
    traceparent.toUpperCase(),
    `ff-${traceId}-${spanId}-01`,
    `${traceparent}-more`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
  ])
    assert.equal(parseTraceparent(text), undefined, text);
});

test('without an exporter the caller gets back what it sent', () => {
  assert.equal(echoTracer('x', undefined), undefined);
  assert.equal(echoTracer('x', 'nonsense'), undefined);
  const span = echoTracer('x', traceparent);
  assert.deepEqual([span?.traceId, span?.traceparent], [traceId, traceparent]);
});

test('spans go to the collector, below those of the caller', async () => {
  let received = (_: { url: string | undefined; body: Buffer }) => {};
  const collected = new Promise<{ url: string | undefined; body: Buffer }>((resolve) => {
    received = resolve;
  });
  const collector = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    response.end();
    received({ url: request.url, body: Buffer.concat(chunks) });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  const { trace, close } = createSpans('predictor', '1.2.3');
  const span = trace('ModelInfer', traceparent);
  assert.equal(span?.traceId, traceId);
  assert.match(span?.traceparent ?? '', new RegExp(`^00-${traceId}-(?!${spanId})[0-9a-f]{16}-01$`));
  span?.end({ 'rpc.grpc.status_code': 3 }, 'because');
  await close();
  const { url, body } = await collected;
  assert.equal(url, '/v1/traces');
  for (const text of ['ModelInfer', 'predictor', '1.2.3', 'rpc.grpc.status_code', 'because'])
    assert.ok(body.includes(text), text);
  assert.ok(body.includes(Buffer.from(spanId, 'hex')));
  collector.close();
  collector.closeAllConnections();
});
