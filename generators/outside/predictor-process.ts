/** The predictor as a child process. It follows its configuration file by itself. */
import { fileURLToPath } from 'node:url';
import { type LogLine, type LogProcess, startLogProcess } from './log-process.ts';

export type { LogLine };

export interface PredictorProcess extends LogProcess {
  /** Base URL of REST. */
  readonly url: string;
  /** `host:port` of gRPC; undefined before it listens. */
  grpc(): string | undefined;
}

const MAIN = fileURLToPath(new URL('../../predictor/main.ts', import.meta.url));

export interface PredictorOptions {
  readonly configFile: string;
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Called for every line of the log. */
  readonly onLine: (line: LogLine) => void;
}

export function startPredictor({ configFile, port, environment, onLine }: PredictorOptions): PredictorProcess {
  const args = ['--models-config', configFile, '--http-host', '127.0.0.1', '--http-port', String(port)];
  let grpc: string | undefined;
  const process = startLogProcess({
    name: 'the predictor',
    main: MAIN,
    args,
    environment,
    onLine: (line) => {
      if (line.event === 'listening' && typeof line['grpc'] === 'number') grpc = `127.0.0.1:${line['grpc']}`;
      onLine(line);
    },
  });
  return { ...process, url: `http://127.0.0.1:${port}`, grpc: () => grpc };
}
