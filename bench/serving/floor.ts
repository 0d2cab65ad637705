/**
 * What HTTP and JSON cost at least: node:http, JSON.parse and onnxruntime-node, requests that wait put into one run, and no
 * check of anything. Not a server to use. `/echo` gives back the bytes that came.
 *
 *   node floor.js <port> <model.onnx>
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const MOST = 64;

interface Body {
  readonly inputs: readonly [{ readonly data: number[][] }];
}

interface Waiting {
  readonly rows: number[][];
  readonly response: ServerResponse;
}

const [port = '', model = ''] = process.argv.slice(2);
const session = await InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 });
const [input = ''] = session.inputNames;
const waiting: Waiting[] = [];
let running = false;

async function runWaiting(): Promise<void> {
  while (waiting.length > 0) {
    const batch = waiting.splice(0, MOST);
    const rows = batch.flatMap((one) => one.rows);
    const data = Float32Array.from(rows.flat());
    const results = await session.run({ [input]: new Tensor('float32', data, [rows.length, rows[0]?.length ?? 0]) });
    let start = 0;
    for (const one of batch) {
      answer(one, results, start, rows.length);
      start += one.rows.length;
    }
  }
  running = false;
}

function answer(one: Waiting, results: InferenceSession.ReturnType, start: number, all: number): void {
  const rows = one.rows.length;
  const outputs = Object.entries(results).map(([name, { type, dims, data }]) => {
    const width = data.length / all;
    const part = Array.from(data.slice(start * width, (start + rows) * width) as ArrayLike<number | bigint>, Number);
    const datatype = type === 'int64' ? 'INT64' : 'FP32';
    return { name, shape: [rows, ...dims.slice(1)], datatype, data: part };
  });
  send(one.response, 'application/json', Buffer.from(JSON.stringify({ model_name: 'iris-classifier', outputs })));
}

function send(response: ServerResponse, type: string, bytes: Buffer): void {
  response.writeHead(200, { 'content-type': type, 'content-length': bytes.length });
  response.end(bytes);
}

function take(request: IncomingMessage, response: ServerResponse): void {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    if (request.method === 'GET') return send(response, 'application/json', Buffer.from('{}'));
    if (request.url === '/echo') return send(response, 'application/octet-stream', Buffer.concat(parts));
    const body = JSON.parse(Buffer.concat(parts).toString()) as Body;
    waiting.push({ rows: body.inputs[0].data, response });
    if (running) return;
    running = true;
    setImmediate(() => void runWaiting());
  });
}

createServer(take).listen(Number(port), '127.0.0.1');
