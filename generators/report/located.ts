/** Problems with their lines and columns: what every format prints. */
import type { Position } from '../parse/source.ts';
import type { Problem, Where } from '../problem.ts';
import { problemCodes, type Tier } from '../problem-codes.ts';

export interface LocatedProblem {
  readonly code: string;
  readonly tier: Tier;
  readonly severity: 'error' | 'warning';
  readonly file: string;
  readonly position: Position | undefined;
  readonly message: string;
  readonly repair: string;
}

/** Line and column of a place; undefined where the file cannot be read. */
export type Locate = (where: Where) => Position | undefined;

/** Fills in positions and the places that a message names; sorted by file and position, errors before warnings. */
export function locateProblems(problems: readonly Problem[], locate: Locate): LocatedProblem[] {
  const located = problems.map((problem) => {
    const message = problem.message.replace(/\{(\d)\}/g, (whole, index: string) => {
      const related = problem.related?.[Number(index)];
      return related === undefined ? whole : placeOf(related.file, locate(related));
    });
    const { code, severity, where, repair } = problem;
    const hasPlace = where.pointer !== undefined || where.offset !== undefined;
    const position = hasPlace ? locate(where) : undefined;
    return { code, tier: problemCodes[code], severity, file: where.file, position, message, repair };
  });
  return located.sort(
    (a, b) =>
      (a.severity === b.severity ? 0 : a.severity === 'error' ? -1 : 1) ||
      (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) ||
      (a.position?.line ?? 0) - (b.position?.line ?? 0) ||
      (a.position?.column ?? 0) - (b.position?.column ?? 0),
  );
}

/** Message and repair as sentences; either may end in a question. */
export function sentences({ message, repair }: Pick<LocatedProblem, 'message' | 'repair'>): string {
  return [message, repair].map((text) => (text.endsWith('?') ? text : `${text}.`)).join(' ');
}

/** `file:line:column`, or the file alone. */
export function placeOf(file: string, position: Position | undefined): string {
  return position === undefined ? file : `${file}:${position.line}:${position.column}`;
}
