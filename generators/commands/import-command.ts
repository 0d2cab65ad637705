/** The command line of `npm run model -- import`. */
import type { Flags, Parts } from './model-command.ts';
import { importModel } from './model-import.ts';

interface ImportFlags extends Flags {
  readonly name?: string;
  readonly owner?: string;
  readonly description?: string;
  readonly version?: string;
  readonly cluster?: string[];
  readonly trackingUri?: string;
  readonly artifactsDestination?: string;
  readonly expect?: boolean;
}

const IMPORT_HELP = `
<source> is models:/<name>@<alias>, models:/<name>/<version>, models:/m-<id>, runs:/<run>/<path>, s3://<bucket>/<prefix>/, or the
address of an MLflow page of a version, a logged model or a run. An entry that is there gets a version and keeps the rest.

Environment: MLFLOW_TRACKING_URI, MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD or MLFLOW_TRACKING_TOKEN; for S3 what every
AWS program reads, and AWS_ENDPOINT_URL or MLFLOW_S3_ENDPOINT_URL. Without rights in S3 the files are read through MLflow.`;

export function importCommand({ edits, editOptions, print }: Parts): void {
  edits('import', 'Add a model, or a version of one, from MLflow or S3: digest, tensors, labels, example, metrics.')
    .argument('<source>', 'what to import, see below')
    .option('--name <model>', 'name of the entry; default: the name in MLflow')
    .option('--owner <team>', 'team of a new entry; default: the tag "owner" in MLflow')
    .option('--description <text>', 'description of a new entry; default: the one in MLflow')
    .option('--version <version>', 'version in models.yaml; default: the number in MLflow')
    .option('-c, --cluster <name...>', 'clusters that serve the version from now on; default: none')
    .option(
      '--expect',
      'run the predictor and write its answer: to the example, or to a version that answers otherwise',
    )
    .option('--tracking-uri <url>', 'MLflow server; default: MLFLOW_TRACKING_URI')
    .option(
      '--artifacts-destination <s3://…>',
      "the server's own setting; default: bucket and mlflowPath of the clusters",
    )
    .addHelpText('after', IMPORT_HELP)
    .action(async (source: string, flags: ImportFlags) => {
      const { name, owner, description, version, trackingUri, artifactsDestination, expect } = flags;
      const wish = { source, name, owner, description, version, trackingUri, artifactsDestination };
      const more = { clusters: flags.cluster ?? [], expect: expect ?? false, environment: process.env };
      print.finish(await importModel({ ...wish, ...more }, editOptions(flags)), flags);
    });
}
