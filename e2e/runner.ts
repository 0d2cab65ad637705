/** Runs the steps one after the other, times them, and collects what is needed to understand a failure. */
import type { Run, Step } from './run.ts';

export interface StepResult {
  readonly step: Step;
  readonly outcome: 'passed' | 'failed' | 'not run';
  readonly seconds: number;
  readonly said: readonly string[];
  readonly error?: string;
}

/** Every step until one fails, since each builds on those before it. `print` gets a line at a time. */
export async function runSteps(
  steps: readonly Step[],
  run: Omit<Run, 'say'>,
  print: (text: string) => void,
  onFailure: (step: Step) => Promise<void>,
): Promise<readonly StepResult[]> {
  const results: StepResult[] = [];
  for (const step of steps) {
    if (results.some(({ outcome }) => outcome === 'failed')) {
      results.push({ step, outcome: 'not run', seconds: 0, said: [] });
      continue;
    }
    print(`==> ${step.name}: ${step.proves}`);
    const begun = performance.now();
    const said: string[] = [];
    const seconds = () => (performance.now() - begun) / 1000;
    const say = (text: string) => {
      said.push(text);
      print(`${seconds().toFixed(0).padStart(5)} s  ${text}`);
    };
    try {
      await step.run({ ...run, say });
      results.push({ step, outcome: 'passed', seconds: seconds(), said });
      print(`<== ${step.name}: passed in ${seconds().toFixed(0)} s`);
    } catch (error) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      results.push({ step, outcome: 'failed', seconds: seconds(), said, error: message });
      print(`<== ${step.name}: FAILED after ${seconds().toFixed(0)} s\n${message}`);
      await onFailure(step);
    }
  }
  return results;
}
