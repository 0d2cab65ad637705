/** The command line of `npm start`. */

import { type Command, InvalidArgumentError } from 'commander';
import { rootOption } from './root-option.ts';
import { start } from './start.ts';

const HELP = `
Examples:
  npm start                      serve the models of the cluster "local" on http://127.0.0.1:8080 until Ctrl-C,
                                 and the page to use them on http://127.0.0.1:8501
  npm start -- --once            send the sample request, show the answer and end
  npm start -- --port 9090       another port`;

export function startCommand(command: Command, write: (text: string) => void, finish: (code: number) => void): void {
  command
    .description('Run the whole product on this machine: S3, generators, predictor and a first request.')
    .addOption(rootOption())
    .option('-c, --cluster <name>', 'cluster whose models are served', 'local')
    .option('--port <number>', 'port of the predictor', parsePort, 8080)
    .option('--client-port <number>', 'port of the client page; 0 takes a free one', parsePort, 8501)
    .option('--s3-port <number>', 'port of the S3 server; 0 takes a free one', parsePort, 0)
    .option('--once', 'end after the first answer')
    .addHelpText('after', HELP)
    .action(
      async (flags: {
        root: string;
        cluster: string;
        port: number;
        clientPort: number;
        s3Port: number;
        once?: boolean;
      }) => {
        finish(await start({ ...flags, once: flags.once ?? false }, write));
      },
    );
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new InvalidArgumentError('A port is 0 to 65535.');
  return port;
}
