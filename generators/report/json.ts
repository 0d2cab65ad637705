/** For programs: every problem with its place, and the counts. */
import type { LocatedProblem } from './located.ts';

export function jsonReport(problems: readonly LocatedProblem[], summary: Readonly<Record<string, unknown>>): string {
  const list = problems.map(({ position, ...problem }) => ({
    ...problem,
    ...(position === undefined ? {} : { line: position.line, column: position.column }),
  }));
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const report = { problems: list, errors, warnings: problems.length - errors, ...summary };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
