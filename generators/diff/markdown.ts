/** The difference as Markdown for a pull request: models first, then risks, objects, and the text folded away. */
import { createTwoFilesPatch } from 'diff';
import type { ClusterChange } from './clusters.ts';
import type { Diff } from './diff.ts';
import type { ModelChange } from './models.ts';
import { type FileChange, nameOf, type ObjectChange, objectOf } from './objects.ts';
import type { Risk } from './risks.ts';
import { code, listed, plural } from './words.ts';

export interface MarkdownOptions {
  /** What it is compared with, for the first line. */
  readonly base: string;
  /** Characters at most: GitHub takes 65,536 in a comment. */
  readonly most: number;
  /** Sentences about what could not be compared. */
  readonly notes: readonly string[];
}

/** Rows of a table before the rest is counted. */
const ROWS = 60;

export function markdown(diff: Diff, { base, most, notes }: MarkdownOptions): string {
  const head = [
    `## ${headline(diff)}`,
    `Compared with ${code(base)}.`,
    ...notes,
    ...section('Models', modelTable(diff.models)),
    ...section('Clusters', diff.clusters.map(clusterLine).join('\n')),
    ...section('Look at', riskLines(diff.risks)),
    ...section('Objects', objectTable(diff.objects)),
  ].join('\n\n');
  const kept = head.length <= most ? head : cut(head, most);
  return `${kept}${patches(diff.files, most - kept.length)}\n`;
}

/** Whole lines only: half a table cell would be no markup any more. */
function cut(text: string, most: number): string {
  const end = text.lastIndexOf('\n', most - 120);
  return `${text.slice(0, end)}\n\nThe rest is too long for a comment: \`npm run diff\` shows it.`;
}

function section(title: string, text: string): string[] {
  return text === '' ? [] : [`### ${title}`, text];
}

function headline({ models, clusters, files }: Diff): string {
  const changed = new Set(models.filter(({ cluster }) => cluster !== undefined).map(({ model }) => model));
  const places = new Set([...models, ...clusters].flatMap(({ cluster }) => cluster ?? []));
  if (files.length === 0 && models.length === 0 && clusters.length === 0) return 'Nothing changes on any cluster';
  if (changed.size === 0 && places.size === 0)
    return `No model changes on any cluster; ${plural(files.length, 'made file')} differ`;
  const what =
    changed.size === 0 ? 'Settings change' : `${plural(changed.size, 'model')} change${changed.size === 1 ? 's' : ''}`;
  return `${what} on ${[...places].sort().join(', ')}`;
}

/** One row for all models that change alike on a cluster. */
function modelTable(models: readonly ModelChange[]): string {
  const rows = new Map<string, { cluster: string; words: string; models: string[] }>();
  for (const { model, cluster = 'registry', words } of models) {
    const text = words.join(', ');
    const row = rows.get(`${cluster}\0${text}`) ?? { cluster, words: text, models: [] };
    row.models.push(model);
    rows.set(`${cluster}\0${text}`, row);
  }
  const lines = [...rows.values()].map(
    (row) => `| ${listed(row.models.map(bold), 5)} | ${row.cluster} | ${row.words} |`,
  );
  return table(['model', 'where', 'what changes'], lines);
}

function bold(name: string): string {
  return `**${name}**`;
}

function table(heads: readonly string[], lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const rest = lines.length > ROWS ? [`| ${lines.length - ROWS} more |${' |'.repeat(heads.length - 1)}`] : [];
  return [`| ${heads.join(' | ')} |`, `|${' --- |'.repeat(heads.length)}`, ...lines.slice(0, ROWS), ...rest].join('\n');
}

function clusterLine({ cluster, words }: ClusterChange): string {
  return `- ${bold(cluster)}: ${listed(words, 12)}`;
}

const KINDS: Readonly<Record<Risk['kind'], string>> = {
  restart: 'Restarts',
  prune: 'Deletes',
  route: 'Routes',
  canary: 'Canary',
  scaling: 'Autoscaler',
  scope: 'Rights',
  crd: 'CRDs',
  secret: 'Secrets',
  immutable: 'Versions',
};

function riskLines(risks: readonly Risk[]): string {
  const lines = risks.map(({ kind, cluster, text }) => {
    const where = cluster === undefined ? '' : ` on ${cluster}`;
    return `- ${bold(KINDS[kind])}${where}: ${text}`;
  });
  const rest = lines.length > ROWS ? [`- and ${lines.length - ROWS} more`] : [];
  return [...lines.slice(0, ROWS), ...rest].join('\n');
}

function objectTable(objects: readonly ObjectChange[]): string {
  const lines = objects.map((one) => {
    const fields = one.change === 'changed' ? listed(one.fields.map(({ path }) => code(path))) : '';
    return `| ${one.cluster} | ${one.change} | ${code(nameOf(objectOf(one)))} | ${fields} |`;
  });
  return table(['cluster', '', 'object', 'fields'], lines);
}

/** As many whole files as fit. */
function patches(files: readonly FileChange[], room: number): string {
  if (files.length === 0) return '';
  const open = `\n\n<details><summary>${plural(files.length, 'file')}</summary>\n`;
  const parts: string[] = [];
  let left = room - open.length - 120;
  for (const file of files) {
    const part = patch(file);
    if (part.length > left) break;
    left -= part.length;
    parts.push(part);
  }
  const missing = files.length - parts.length;
  if (parts.length === 0) return `\n\n${plural(missing, 'file')} differ, too long for a comment.`;
  const rest =
    missing === 0 ? '' : `\n${plural(missing, 'file')} more, too long for a comment: \`npm run diff\` shows them.\n`;
  return `${open}${parts.join('')}${rest}\n</details>`;
}

/** Made text may hold backticks; the fence is longer than any run of them, so that nothing gets out of it. */
function patch({ path, before, after }: FileChange): string {
  const text = createTwoFilesPatch(
    before === undefined ? '/dev/null' : `a/${path}`,
    after === undefined ? '/dev/null' : `b/${path}`,
    before?.text ?? '',
    after?.text ?? '',
    undefined,
    undefined,
    { context: 3 },
  ).replace(/^=+\n/, '');
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `\n${fence}diff\n${text}${fence}\n`;
}
