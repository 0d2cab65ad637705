/** The client as a child process. It follows its catalogue by itself. */
import { fileURLToPath } from 'node:url';
import { type LogLine, type LogProcess, startLogProcess } from './log-process.ts';

const MAIN = fileURLToPath(new URL('../../client/main.ts', import.meta.url));

export interface ClientOptions {
  readonly catalogueFile: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Called for every line of the log. */
  readonly onLine: (line: LogLine) => void;
}

export function startClient({ catalogueFile, port, onLine }: ClientOptions): LogProcess {
  const args = ['--catalogue', catalogueFile, '--port', String(port), '--operations-port', 'off'];
  return startLogProcess({ name: 'the client', main: MAIN, args, environment: {}, onLine });
}
