/** A model server with a fault for each name: `/<fault>/v2/models/<model>/…`. What it says is what real ones have said. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CatalogueModel } from '../../schemas/types/client-catalogue.d.ts';

export interface Faulty {
  readonly url: string;
  /** Requests of inference so far, newest last. */
  readonly bodies: string[];
  /** What may change while a test runs. */
  readonly mood: { broken: boolean; delayMs: number };
  stop(): Promise<void>;
}

export const XSS = '<img src=x onerror="document.title=\'owned\'">\'"&<script>document.title="owned"</script>';

const metadata = (inputs: unknown[], outputs: unknown[] = [tensor('y', 'FP32', [-1, 1])]): unknown => ({
  name: 'm',
  versions: ['1'],
  platform: 'test',
  inputs,
  outputs,
});

function tensor(name: string, datatype: string, shape: number[]): unknown {
  return { name, datatype, shape };
}

/** Signatures by fault; the others have one number. */
const signatures: Readonly<Record<string, unknown>> = {
  nosignature: metadata([], []),
  hostile: metadata([tensor(XSS, 'BYTES', [-1])], [tensor(XSS, 'BYTES', [-1])]),
  kinds: metadata(
    [
      tensor('flag', 'BOOL', [-1, 1]),
      tensor('id', 'INT64', [-1, 1]),
      tensor('word', 'BYTES', [-1, 1]),
      tensor('list', 'INT32', [-1, -1]),
      tensor('matrix', 'FP32', [-1, 2, 3]),
    ],
    [tensor('echo', 'INT64', [-1, 1])],
  ),
};

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => unknown;

const json = (response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}): void => {
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(typeof value === 'string' ? value : JSON.stringify(value));
};

const good = (value = 1): unknown => ({
  model_name: 'm',
  outputs: [{ name: 'y', datatype: 'FP32', shape: [1, 1], data: [value] }],
});

const answers: Readonly<Record<string, Answer>> = {
  garbage: (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>It works!</html>'),
  nonsense: (_, response) => json(response, 200, { predictions: [1, 2, 3] }),
  empty: (_, response) => response.writeHead(200).end(),
  wrongtensor: (_, response) => json(response, 200, { outputs: [{ name: 'y' }] }),
  refuses: (_, response) => json(response, 400, { error: `unexpected shape for input 'x' ${XSS}` }),
  validation: (_, response) => json(response, 422, { detail: [{ loc: ['body', 'inputs'], msg: 'field required' }] }),
  fails: (_, response) => response.writeHead(500, { 'content-type': 'text/plain' }).end('Traceback: division by zero'),
  busy: (_, response) => json(response, 503, { error: 'Exceeds maximum queue size' }, { 'retry-after': '7' }),
  redirects: (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/secret' }).end(),
  half: (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"model_name":"m","outputs":[');
    setTimeout(() => response.destroy(), 50);
  },
  hangs: () => undefined,
  locked: (request, response) =>
    request.headers.authorization === 'Bearer open sesame'
      ? json(response, 200, good(0))
      : json(response, 401, { error: 'no API key' }),
  hangup: (_, response) => response.destroy(),
  nan: (_, response) => json(response, 200, '{"outputs":[{"name":"y","datatype":"FP32","shape":[1,1],"data":[null]}]}'),
  hostile: (_, response) =>
    json(response, 200, { model_name: XSS, outputs: [{ name: XSS, datatype: 'BYTES', shape: [1], data: [XSS] }] }),
  huge: (_, response) =>
    json(response, 200, {
      outputs: [
        { name: 'y', datatype: 'FP32', shape: [1, 300_000], data: Array.from({ length: 300_000 }, (_one, at) => at) },
      ],
    }),
  kinds: (_, response, body) => {
    // Digits beyond 2^53 must come back as they went: they are taken from the text, not through a double.
    const id = /"name":"id","shape":\[1,1\],"datatype":"INT64","data":\[(-?\d+)\]/.exec(body)?.[1] ?? 'null';
    json(
      response,
      200,
      `{"model_name":"m","outputs":[{"name":"echo","datatype":"INT64","shape":[1,1],"data":[${id}]}]}`,
    );
  },
  /** Refuses a request in which any row is negative. */
  picky: (_, response, body) => {
    const { inputs } = JSON.parse(body) as { inputs: { data: number[] }[] };
    const data = inputs[0]?.data ?? [];
    if (data.some((value) => value < 0)) return json(response, 400, { error: 'negative row' });
    return json(response, 200, {
      outputs: [{ name: 'y', datatype: 'FP32', shape: [data.length, 1], data: data.map((value) => value * 2) }],
    });
  },
};

export async function startFaulty(): Promise<Faulty> {
  const bodies: string[] = [];
  const mood = { broken: false, delayMs: 0 };
  const server = createServer(async (request, response) => {
    const [, fault = '', ...rest] = new URL(request.url ?? '/', 'http://x').pathname.split('/');
    const path = rest.join('/');
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (path.endsWith('/ready') || path === 'v2/health/live') return json(response, 200, { name: 'm', ready: true });
    if (!path.endsWith('/infer'))
      return json(response, 200, signatures[fault] ?? metadata([tensor('x', 'FP32', [-1, 1])]));
    bodies.push(body);
    if (fault === 'moody' && mood.broken) return json(response, 500, { error: 'a bad day' });
    if (fault === 'moody' && mood.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, mood.delayMs));
    const value = (JSON.parse(body) as { inputs: { data: number[] }[] }).inputs[0]?.data[0];
    return (answers[fault] ?? ((_, answer) => json(answer, 200, good(Number(value)))))(request, response, body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    bodies,
    mood,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** The catalogue's entry of a fault. */
export function faultyModel(faulty: Faulty, fault: string, more: Partial<CatalogueModel> = {}): CatalogueModel {
  return { name: fault, url: `${faulty.url}/${fault}`, model: 'm', protocol: 'v2', ...more };
}

export const FAULTS = [...Object.keys(answers), 'nosignature', 'moody'];
