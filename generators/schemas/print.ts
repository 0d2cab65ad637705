/** JSON as people diff it: what fits on a line stands on one, everything else is opened up. */
import { isObject } from './json-schema.ts';

const lineWidth = 120;

export function printJson(value: unknown): string {
  return `${print(value, '', 0)}\n`;
}

/** `before` is how much of the first line is taken. */
function print(value: unknown, indent: string, before: number): string {
  const flat = printFlat(value);
  if (before + flat.length <= lineWidth && (indent !== '' || !isObject(value))) return flat;
  const inner = `${indent} `;
  if (Array.isArray(value)) {
    return `[\n${value.map((item) => `${inner}${print(item, inner, inner.length)}`).join(',\n')}\n${indent}]`;
  }
  if (!isObject(value)) return flat;
  const fields = Object.entries(value).map(([key, field]) => {
    const start = `${inner}${JSON.stringify(key)}: `;
    return start + print(field, inner, start.length);
  });
  return `{\n${fields.join(',\n')}\n${indent}}`;
}

function printFlat(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printFlat).join(', ')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, field]) => `${JSON.stringify(key)}: ${printFlat(field)}`)
    .join(', ')}}`;
}
