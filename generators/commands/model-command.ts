/** The command line of `npm run model`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Model, Version } from '../../schemas/types/models.d.ts';
import {
  abortCanary,
  type Operation,
  promote,
  promoteCanary,
  retire,
  startCanary,
  startMirror,
  stopMirror,
  suspend,
} from '../edit/operations.ts';
import { importCommand } from './import-command.ts';
import { addModel, deleteModel } from './model-add.ts';
import { type DiffPaint, type EditOptions, editModel } from './model-edit.ts';
import { listModels, showModel } from './model-list.ts';
import { rollbackModel } from './model-rollback.ts';
import type { Outcome } from './outcome.ts';

export interface ModelPrint<F> {
  /** Adds `--root` and `--format`. */
  common(command: Command): Command;
  readonly paint: DiffPaint;
  progress(): (step: string) => void;
  finish(outcome: Outcome, flags: F): void;
}

export interface Flags {
  readonly root: string;
  readonly format: 'text' | 'json' | 'github' | 'sarif' | 'junit';
  readonly dryRun?: boolean;
}

const HELP = `
Each command changes the lines of models.yaml that it is about, shows them, and writes only what verifies. Nothing runs on a
cluster: generate, commit and merge, and Argo CD does the rest. --dry-run shows and writes nothing.

Examples:
  npm run model -- list
  npm run model -- import models:/iris-classifier@champion --owner ml-platform --cluster staging
  npm run model -- promote iris-classifier --from staging --to prod
  npm run model -- canary iris-classifier --cluster prod --version 3 --weight 10
  npm run model -- canary iris-classifier --cluster prod --promote
  npm run model -- rollback iris-classifier --cluster prod`;

export function modelCommand(command: Command, print: ModelPrint<Flags>): void {
  command
    .description('Change models.yaml: add and import versions, promote, try, roll back, retire.')
    .addHelpText('after', HELP);
  const edits = (name: string, description: string) =>
    print
      .common(command.command(name).description(description))
      .option('--dry-run', 'show what would change and write nothing');
  const editOptions = ({ root, dryRun }: Flags): EditOptions => {
    return { root, dryRun: dryRun ?? false, now: new Date(), paint: print.paint, progress: print.progress() };
  };
  const edit = async (model: string, operation: Operation, flags: Flags) =>
    print.finish(await editModel(model, operation, editOptions(flags)), flags);
  const parts = { edits, editOptions, edit, print };
  importCommand(parts);
  addCommands(parts);
  rolloutCommands(parts);
  endCommands(parts);
  for (const [name, description] of [
    ['list', 'A table of the models: owner, format, newest version, what each cluster serves.'],
    ['show', 'One model: versions, where they serve, tensors, addresses.'],
  ] as const) {
    const read = print.common(command.command(name).description(description));
    if (name === 'list') {
      read.action(async (flags: Flags) => print.finish(await listModels({ root: flags.root, now: new Date() }), flags));
    } else {
      read.argument('<model>', 'name of the model').action(async (model: string, flags: Flags) => {
        print.finish(await showModel(model, { root: flags.root, now: new Date() }), flags);
      });
    }
  }
}

export interface Parts {
  readonly edits: (name: string, description: string) => Command;
  readonly editOptions: (flags: Flags) => EditOptions;
  readonly edit: (model: string, operation: Operation, flags: Flags) => Promise<void>;
  readonly print: ModelPrint<Flags>;
}

interface AddFlags extends Flags {
  readonly artifact: string;
  readonly version: string;
  readonly sha256?: string;
  readonly size?: number;
  readonly owner?: string;
  readonly description?: string;
  readonly modelFormat?: Model['format'];
  readonly runtime?: Model['runtime'];
  readonly cluster?: string[];
}

function addCommands({ edits, editOptions, print }: Parts): void {
  edits('add', 'Add a model, or a version of one, from what you say; import reads it from the artifact instead.')
    .argument('<model>', 'name of the model')
    .requiredOption('--artifact <uri>', 'folder of the artifact, s3://<bucket>/<prefix>/')
    .requiredOption('--version <version>', 'version that the artifact is')
    .option('--sha256 <digest>', 'SHA-256 of the model file')
    .option('--size <bytes>', 'size of the model file', wholeNumber)
    .option('--owner <team>', 'team that answers for a new model')
    .option('--description <text>', 'what a new model predicts')
    .option('--model-format <format>', 'format of a new model: onnx, sklearn, xgboost, …')
    .option('--runtime <name>', 'ClusterServingRuntime of a new model; default: the first that serves the format')
    .option('-c, --cluster <name...>', 'clusters that serve the version from now on; default: none')
    .action(async (name: string, flags: AddFlags) => {
      const { owner, description, modelFormat: format, runtime, artifact, sha256, size } = flags;
      const version: Version = {
        ...{ version: flags.version, artifact },
        ...(sha256 === undefined ? {} : { sha256 }),
        ...(size === undefined ? {} : { size }),
      };
      const entry = Object.fromEntries(
        Object.entries({ owner, description, format, runtime }).filter(([, value]) => value !== undefined),
      );
      print.finish(await addModel({ name, version, entry, clusters: flags.cluster ?? [] }, editOptions(flags)), flags);
    });
}

interface RolloutFlags extends Flags {
  readonly cluster: string;
  readonly version?: string;
  readonly weight?: number;
  readonly header?: { readonly name: string; readonly value: string };
  readonly percent?: number;
  readonly promote?: boolean;
  readonly abort?: boolean;
  readonly stop?: boolean;
}

function rolloutCommands({ edits, edit, editOptions, print }: Parts): void {
  edits('promote', 'Serve on one cluster the version that another serves.')
    .argument('<model>', 'name of the model')
    .requiredOption('--to <cluster>', 'cluster that is to serve it')
    .option('--from <cluster>', 'cluster that serves it now')
    .option('--version <version>', 'a version by name instead')
    .action((model: string, flags: Flags & { to: string; from?: string; version?: string }, command: Command) => {
      if ((flags.from === undefined) === (flags.version === undefined)) command.error('say either --from or --version');
      return edit(model, promote(flags), flags);
    });
  onCluster(edits('canary', 'Give a share of the requests to a second version; then promote or abort it.'))
    .option('--version <version>', 'version to try')
    .option('--weight <percent>', 'share of the requests, 0 to 100; default: as it is, else 10', percent)
    .option('--header <name=value>', 'requests with this header all go to the second version', header)
    .addOption(new Option('--promote', 'make it what is served').conflicts(['abort', 'version', 'weight', 'header']))
    .addOption(new Option('--abort', 'end it').conflicts(['version', 'weight', 'header']))
    .action((model: string, flags: RolloutFlags) => {
      if (flags.promote === true) return edit(model, promoteCanary(flags.cluster), flags);
      return edit(model, flags.abort === true ? abortCanary(flags.cluster) : startCanary(flags), flags);
    });
  onCluster(edits('mirror', 'Copy requests to a second version, whose answers are thrown away.'))
    .option('--version <version>', 'version that gets the copies')
    .option('--percent <percent>', 'share of the requests that are copied; default: all', percent)
    .addOption(new Option('--stop', 'copy no more').conflicts(['version', 'percent']))
    .action((model: string, flags: RolloutFlags) => {
      const { cluster, version } = flags;
      return edit(
        model,
        flags.stop === true ? stopMirror(cluster) : startMirror(cluster, version, flags.percent),
        flags,
      );
    });
  onCluster(edits('rollback', 'Serve the version that git says was served before; a canary or mirror ends.'))
    .option('--version <version>', 'a version by name instead')
    .action(async (model: string, flags: RolloutFlags) => {
      print.finish(await rollbackModel(model, flags.cluster, flags.version, editOptions(flags)), flags);
    });
}

function endCommands({ edits, edit, editOptions, print }: Parts): void {
  onCluster(edits('suspend', 'Stop a model on a cluster, and keep everything for its return.'))
    .option('--resume', 'serve it again')
    .action((model: string, flags: RolloutFlags & { resume?: boolean }) =>
      edit(model, suspend(flags.cluster, flags.resume !== true), flags),
    );
  edits('retire', 'Serve a model no more; once that is merged, --delete takes its entry out.')
    .argument('<model>', 'name of the model')
    .addOption(new Option('-c, --cluster <name...>', 'only on these clusters; default: on all').conflicts('delete'))
    .option('--delete', 'take out the entry that no cluster serves')
    .action(async (model: string, flags: Flags & { cluster?: string[]; delete?: boolean }) => {
      if (flags.delete !== true) return edit(model, retire(flags.cluster ?? []), flags);
      return print.finish(await deleteModel(model, editOptions(flags)), flags);
    });
}

function onCluster(command: Command): Command {
  return command.argument('<model>', 'name of the model').requiredOption('-c, --cluster <name>', 'cluster');
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('A whole number from 1 on.');
  return value;
}

function percent(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0 || value > 100) {
    throw new InvalidArgumentError('A whole number from 0 to 100.');
  }
  return value;
}

function header(text: string): { name: string; value: string } {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError('Write it as <name>=<value>.');
  return { name: text.slice(0, at), value: text.slice(at + 1) };
}
