/** The command lines of `npm run seal -- rotate` and `npm run seal -- audit`. */
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { listFolders } from '../outside/files.ts';
import { secretInput } from '../outside/secret-input.ts';
import { createLocate } from './locate.ts';
import type { Outcome } from './outcome.ts';
import { audit } from './seal-audit.ts';
import type { SealFlags } from './seal-command.ts';
import { afterSealing, certificateOptions, valueOptions } from './seal-options.ts';
import { rotate } from './seal-rotate.ts';
import { readSite } from './seal-site.ts';

type Finish = (outcome: Outcome, flags: SealFlags) => void;

const ROTATE = `
Values are given again, since nobody here can open what is sealed: by prompt, by --from-env, or by --stdin (as for seal
with one Secret; a JSON object {"<secret>": {"<key>": "<value>"}} with several). Everything is written, or nothing.

Examples:
  npm run seal -- rotate --cluster prod --fetch-cert                        for the controller's newest certificate
  npm run seal -- rotate --cluster prod --stdin < values.json               new values, the same certificate`;

const AUDIT = `
Exit code 1 when anything has to be sealed again. The day of sealing is that of the last commit of the file.

Examples:
  npm run seal -- audit                                 every cluster
  npm run seal -- audit --cluster prod --fetch-cert     and whether the controller has a newer certificate`;

export function rotateCommand(parent: Command, finish: Finish): void {
  valueOptions(certificateOptions(parent.command('rotate')))
    .description('Seal every secret of a cluster again, for a new certificate or with new values.')
    .option('-c, --cluster <name>', 'cluster, a folder of clusters/')
    .addHelpText('after', ROTATE)
    .action(async (_own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<SealFlags>();
      if (flags.cluster === undefined) command.error("error: required option '-c, --cluster <name>' not specified");
      finish(await runRotate(flags), flags);
    });
}

async function runRotate(flags: SealFlags): Promise<Outcome> {
  const { site, problems, sources } = await readSite(flags);
  const locate = createLocate(sources, () => undefined);
  if (site === undefined) return { problems, locate, done: 'nothing sealed', summary: { written: [] } };
  const credentials = site.credentials.kind === 'static' ? site.credentials.secret : 'mlops-aws-credentials';
  const storage = { region: site.storage.region, endpoint: site.storage.endpoint?.url };
  const io = { ...secretInput(process.stdin, process.stderr), env: process.env };
  const { stdin = false, fromEnv = [] } = flags;
  const result = await rotate({ ...flags, credentials, storage, stdin, fromEnv, now: new Date() }, io);
  const done = result.written.length === 0 ? 'nothing sealed' : `${result.written.length} files written`;
  const notes = [...result.written.map((file) => `wrote ${file}`), ...result.note, ...afterSealing(result.written)];
  return { problems: result.problems, locate, done, summary: { written: result.written }, notes };
}

export function auditCommand(parent: Command, finish: Finish): void {
  certificateOptions(parent.command('audit'))
    .description('Which secrets have to be sealed again, and why; ages of certificates and values.')
    .option('-c, --cluster <name>', 'cluster; default: all')
    .option('--days <number>', 'days after which values should be made anew', days, 90)
    .addHelpText('after', AUDIT)
    .action(async (_own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<SealFlags & { days: number }>();
      const clusters = flags.cluster === undefined ? await listFolders(join(flags.root, 'clusters')) : [flags.cluster];
      const { problems, audits, note } = await audit({ ...flags, clusters, now: new Date() });
      const secrets = audits.reduce((sum, one) => sum + one.secrets.length, 0);
      const done = `${secrets} sealed secrets of ${clusters.join(', ')}`;
      finish({ problems, locate: () => undefined, done, summary: { audits }, notes: note }, flags);
    });
}

function days(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('a whole number of days.');
  return count;
}
