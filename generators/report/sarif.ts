/** SARIF 2.1.0, which code-scanning services read. */
import { type LocatedProblem, sentences } from './located.ts';

export function sarifReport(problems: readonly LocatedProblem[]): string {
  const codes = [...new Set(problems.map(({ code }) => code))].sort();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'kserve-gitops', rules: codes.map((id) => ({ id })) } },
        columnKind: 'utf16CodeUnits',
        results: problems.map((problem) => ({
          ruleId: problem.code,
          ruleIndex: codes.indexOf(problem.code),
          level: problem.severity,
          message: { text: sentences(problem) },
          locations: [location(problem)],
        })),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function location({ file, position }: LocatedProblem) {
  const uri = file.split('/').map(encodeURIComponent).join('/');
  return {
    physicalLocation: {
      artifactLocation: { uri },
      ...(position === undefined ? {} : { region: { startLine: position.line, startColumn: position.column } }),
    },
  };
}
