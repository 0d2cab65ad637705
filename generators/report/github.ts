/** GitHub workflow commands, which show as annotations in the pull request's diff. */
import { type LocatedProblem, sentences } from './located.ts';

export function githubReport(problems: readonly LocatedProblem[]): string {
  return problems
    .map(({ severity, file, position, code, message, repair }) => {
      const place = position === undefined ? '' : `,line=${position.line},col=${position.column}`;
      return `::${severity} file=${property(file)}${place},title=${property(code)}::${data(sentences({ message, repair }))}\n`;
    })
    .join('');
}

/** Escapes of the workflow-command format (actions/toolkit, packages/core/src/command.ts). */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
