/** How a change of one setting reads. */
import { bytes, millicores } from '../resolve/quantity.ts';

/** Text for a Markdown table: what a value holds must not become markup, a mention or a further column. */
export function code(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  const line = text.length > 120 ? `${text.slice(0, 117)}…` : text;
  const flat = line.replace(/\s+/g, ' ');
  const longest = Math.max(0, ...[...flat.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 ? ' ' : '';
  return `${fence}${pad}${flat.replaceAll('|', '\\|')}${pad}${fence}`;
}

/** `a, b, c and 5 more`. */
export function listed(texts: readonly string[], most = 4): string {
  if (texts.length <= most) return texts.join(', ');
  return `${texts.slice(0, most).join(', ')} and ${texts.length - most} more`;
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** `1 → 2`, with `none` for what is not there. */
export function arrow(before: unknown, after: unknown): string {
  const show = (value: unknown) => (value === undefined ? 'none' : typeof value === 'string' ? value : String(value));
  return `${show(before)} → ${show(after)}`;
}

/** `memory 256Mi → 768Mi (+512Mi)`; undefined when both mean the same. */
export function memoryWords(before: string | undefined, after: string | undefined): string | undefined {
  if (before === after) return undefined;
  if (before === undefined || after === undefined) return `memory ${arrow(before, after)}`;
  const difference = bytes(after) - bytes(before);
  return difference === 0 ? undefined : `memory ${arrow(before, after)} (${signed(difference, memoryText)})`;
}

export function cpuWords(name: string, before: string | undefined, after: string | undefined): string | undefined {
  if (before === after) return undefined;
  if (before === undefined || after === undefined) return `${name} ${arrow(before, after)}`;
  const difference = millicores(after) - millicores(before);
  return difference === 0
    ? undefined
    : `${name} ${arrow(before, after)} (${signed(difference, (milli) => `${milli}m`)})`;
}

/** What was measured of two versions, where both measured it; as many digits as a person compares. */
export function metricWords(
  before: Readonly<Record<string, number>> | undefined,
  after: Readonly<Record<string, number>> | undefined,
): string[] {
  return Object.entries(after ?? {}).flatMap(([name, value]) => {
    const old = before?.[name];
    if (old === undefined || old === value) return [];
    return [`${name} ${digits(old)} → ${digits(value)}`];
  });
}

function digits(value: number): string {
  return String(Number(value.toPrecision(4)));
}

export function signed(difference: number, show: (amount: number) => string): string {
  return `${difference < 0 ? '−' : '+'}${show(Math.abs(difference))}`;
}

/** Binary units, as Kubernetes writes them. */
export function memoryText(total: number): string {
  const units = ['', 'Ki', 'Mi', 'Gi', 'Ti'];
  let value = total;
  let unit = 0;
  while (unit < units.length - 1 && value >= 1024) {
    value /= 1024;
    unit += 1;
  }
  return `${Number(value.toFixed(1))}${units[unit] ?? ''}`;
}

/** `1 pod restarts`, `2 to 4 pods restart`. */
export function podsDo(pods: { readonly min: number; readonly max: number }, verb: string): string {
  return `${podWords(pods)} ${verb}${pods.max === 1 ? 's' : ''}`;
}

/** `2 pods`, `2 to 4 pods`. */
export function podWords({ min, max }: { readonly min: number; readonly max: number }): string {
  return min === max ? plural(min, 'pod') : `${min} to ${max} pods`;
}
