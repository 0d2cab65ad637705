/** The command line of `npm run explain`. */

import type { Command } from 'commander';
import type { Cluster } from '../../schemas/types/cluster.d.ts';
import { fault, type Pointer, type Problem } from '../problem.ts';
import { type Compiled, createCompiler } from './compile.ts';
import { REGISTRY } from './compile-files.ts';
import { type Explained, explain, type Inputs, type Origin, objectsOf } from './explain.ts';
import { unknownClusters } from './generate.ts';
import { createLocate } from './locate.ts';
import type { Outcome } from './outcome.ts';
import { rootOption } from './root-option.ts';

interface ExplainFlags {
  readonly root: string;
  readonly kind: string;
}

const HELP = `
A value comes from the place that changes it: every scalar of the model's entry and of cluster.yaml is changed in turn, in
memory, and the objects are made again.

Examples:
  npm run explain -- prod/iris-classifier spec.predictor.minReplicas
  npm run explain -- prod/iris-classifier spec.predictor.model.resources
  npm run explain -- prod/iris-classifier spec.hostnames --kind GRPCRoute`;

export function explainCommand(command: Command, finish: (outcome: Outcome) => void): void {
  command
    .description("Where the values of a model's objects come from.")
    .argument('<cluster/model>', 'for example prod/iris-classifier')
    .argument('[path]', 'dotted path in the object; default: all of it', '')
    .addOption(rootOption())
    .option('--kind <kind>', "kind of the object among the model's", 'InferenceService')
    .addHelpText('after', HELP)
    .action(async (target: string, path: string, flags: ExplainFlags) => finish(await run(target, path, flags)));
}

export async function run(target: string, path: string, { root, kind }: ExplainFlags): Promise<Outcome> {
  const [cluster = '', model = ''] = target.split('/');
  const options = { clusters: [cluster], now: new Date(), unsealed: 'warning' as const };
  const compiled = await createCompiler(root).compile(options);
  const locate = createLocate(compiled.sources, () => undefined);
  const failed = (problems: readonly Problem[]): Outcome => ({
    problems,
    locate,
    done: 'nothing explained',
    summary: {},
  });
  const errors = compiled.problems.filter(({ severity }) => severity === 'error');
  const problems = [...errors, ...unknownClusters(compiled, options)];
  if (problems.length > 0) return failed(problems);
  const index = compiled.registry?.models.findIndex(({ name }) => name === model) ?? -1;
  const entry = compiled.registry?.models[index];
  const site = compiled.sources.get(`clusters/${cluster}/cluster.yaml`)?.value as Cluster | undefined;
  const inputs = entry === undefined || site === undefined ? undefined : { cluster, entry, site };
  const kinds = inputs === undefined ? [] : [...new Set(objectsOf(inputs).map((object) => object.kind))];
  const refuse = (message: string, repair: string) =>
    failed([fault('FIELD_UNKNOWN', { file: REGISTRY }, message, repair)]);
  if (inputs === undefined || kinds.length === 0) {
    return refuse(
      `Cannot explain "${model}": "${cluster}" does not serve it`,
      'Choose one that "npm run model -- list" shows',
    );
  }
  if (!kinds.includes(kind)) {
    return refuse(
      `Cannot explain a ${kind}: "${model}" has none on "${cluster}"`,
      `Choose one of: ${kinds.join(', ')}`,
    );
  }
  const found = explain(inputs, kind, path === '' ? [] : path.split('.'));
  if (found.length === 0) {
    const repair = 'Shorten the path to see what is there; what is not written is left to the runtime and to KServe';
    return refuse(`Cannot explain "${path}": the ${kind} of "${model}" on "${cluster}" does not write it`, repair);
  }
  const notes = found.flatMap((one) => lines(one, inputs, index, compiled));
  const summary = { values: found };
  return {
    problems: [],
    locate,
    notes,
    done: `${found.length} value${found.length === 1 ? '' : 's'} explained`,
    summary,
  };
}

function lines({ path, value, origins }: Explained, inputs: Inputs, index: number, compiled: Compiled): string[] {
  const written = origins.filter(({ absent }) => !absent);
  // A default is told only where nothing that is written leads to the value.
  const shown = written.length > 0 ? written : origins;
  const places = shown.map((origin) => placeOf(origin, inputs, index, compiled));
  const overridden = written.flatMap((origin) => overriddenBy(origin, inputs, index, compiled));
  const own = places.length === 0 ? ['the generators (generators/plan/), the same whatever the inputs say'] : places;
  return [`${path}: ${JSON.stringify(value)}`, ...[...new Set([...own, ...overridden])].map((line) => `    ${line}`)];
}

function placeOf({ file, pointer, absent }: Origin, inputs: Inputs, index: number, compiled: Compiled): string {
  const name = file === 'entry' ? REGISTRY : `clusters/${inputs.cluster}/cluster.yaml`;
  const field = pointer.join('.');
  if (absent) return `default of "${field}" in ${name} (generators/resolve/defaults.ts, runtimes.ts)`;
  const whole: Pointer = file === 'entry' ? ['models', index, ...pointer] : pointer;
  const position = compiled.sources.get(name)?.locate({ file: name, pointer: whole });
  return position === undefined ? `${name} ${field}` : `${name}:${position.line}:${position.column} ${field}`;
}

/** The entry's own setting, where the cluster's takes its place. */
function overriddenBy({ file, pointer }: Origin, inputs: Inputs, index: number, compiled: Compiled): string[] {
  const [serve, cluster, ...field] = pointer;
  if (file !== 'entry' || serve !== 'serve' || cluster !== inputs.cluster) return [];
  const value = field.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], inputs.entry);
  if (value === undefined || typeof value === 'object') return [];
  const place = placeOf({ file: 'entry', pointer: field, absent: false }, inputs, index, compiled);
  return [`overrides ${place}: ${JSON.stringify(value)}`];
}
