/** For people in a terminal: one paragraph a problem, with the line and a caret. */
import type { LocatedProblem } from './located.ts';
import { placeOf, sentences } from './located.ts';

/** Colours, or the identity where the output is no terminal. */
export interface Paint {
  red(text: string): string;
  yellow(text: string): string;
  dim(text: string): string;
  bold(text: string): string;
}

const WIDTH = 100;

export function textReport(problems: readonly LocatedProblem[], paint: Paint): string {
  return problems.map((problem) => paragraph(problem, paint)).join('');
}

function paragraph(problem: LocatedProblem, paint: Paint): string {
  const mark = problem.severity === 'error' ? paint.red : paint.yellow;
  const code = problem.severity === 'error' ? problem.code : `${problem.code} (warning)`;
  const head = `${paint.bold(placeOf(problem.file, problem.position))} ${mark(code)} ${sentences(problem)}`;
  const line = problem.position?.text ?? '';
  if (problem.position === undefined || line.trim() === '') return `${head}\n`;
  // A long line is cut so that the caret stays in view.
  const from = line.length <= WIDTH ? 0 : Math.max(0, problem.position.column - 1 - WIDTH / 2);
  const shown = line.slice(from, from + WIDTH);
  const caret = `${' '.repeat(problem.position.column - 1 - from)}^`;
  return `${head}\n  ${paint.dim(shown)}\n  ${mark(caret)}\n`;
}

/** The last line of every run. */
export function countLine(problems: readonly LocatedProblem[], done: string): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  const count = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`;
  return `${done}${done === '' ? '' : '; '}${count(errors, 'error')}, ${count(warnings, 'warning')}`;
}
