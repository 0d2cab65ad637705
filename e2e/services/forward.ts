/** A plain address on this machine for a host behind the Gateway, for commands that know nothing of its certificate. */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import type { Settings } from '../settings.ts';

export interface Forward {
  readonly url: string;
  close(): void;
}

export async function forwardTo({ gateway }: Settings, host: string): Promise<Forward> {
  const server = createServer((asked, answer) => {
    const { method, url: path, headers } = asked;
    const options = { host: gateway.host, port: gateway.http, method, path, headers: { ...headers, host } };
    const onward = request(options, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      pipeline(answered, answer, () => {});
    });
    onward.on('error', (error) => answer.headersSent || answer.writeHead(502).end(`${host}: ${error.message}`));
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://localhost:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}
