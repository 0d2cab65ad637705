/** The report of a run, for people: Markdown. */
import type { StepResult } from './runner.ts';

export interface Machine {
  readonly kubernetes: string;
  readonly date: string;
  readonly cores: number;
  readonly charts: string;
}

export function report(results: readonly StepResult[], machine: Machine): string {
  const total = results.reduce((sum, { seconds }) => sum + seconds, 0);
  const passed = results.filter(({ outcome }) => outcome === 'passed').length;
  const rows = results.map(({ step, outcome, seconds }) => {
    return `| ${step.name} | ${outcome} | ${seconds.toFixed(0)} s | ${step.proves} |`;
  });
  const details = results.flatMap(({ step, said, error }) => [
    `## ${step.name}`,
    '',
    '```text',
    ...said.map((line) => line.slice(0, 400)),
    ...(error === undefined ? [] : ['', error]),
    '```',
    '',
  ]);
  return [
    '# The whole chain on a real cluster',
    '',
    `Kubernetes ${machine.kubernetes}, ${machine.cores} cores, ${machine.charts}, ${machine.date}: ` +
      `${passed} of ${results.length} steps passed in ${(total / 60).toFixed(1)} min.`,
    '',
    '| step | outcome | time | what it proves |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    ...details,
  ].join('\n');
}
