/** What an edit changes in a file, as the lines that tools and people know from `diff -u`. */
import { structuredPatch } from 'diff';
import type { Paint } from './text.ts';

/** Empty when nothing changes. Lines without their ends. */
export function unifiedDiff(
  file: string,
  before: string,
  after: string,
  paint: Pick<Paint, 'red' | 'dim'> & { green(text: string): string },
): string[] {
  const { hunks } = structuredPatch(file, file, before, after, undefined, undefined, { context: 3 });
  if (hunks.length === 0) return [];
  const lines = hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    paint.dim(`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`),
    ...lines.map((line) => coloured(line.replace(/\r$/, ''), paint)),
  ]);
  return [paint.dim(`--- ${file}`), paint.dim(`+++ ${file}`), ...lines];
}

function coloured(line: string, paint: { red(text: string): string; green(text: string): string }): string {
  if (line.startsWith('+')) return paint.green(line);
  return line.startsWith('-') ? paint.red(line) : line;
}
