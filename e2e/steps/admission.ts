/** The real webhook and API server say of every fixture of the generators what our offline rules say. */
import type { Step } from '../run.ts';

export const admission: Step = {
  name: 'admission',
  proves: 'the API server and the admission webhook agree with the offline checks on every fixture',
  async run({ project, say }) {
    const report = await project.npm('test:admission', [], { seconds: 400 });
    const lines = report.trim().split('\n');
    for (const line of lines.filter((text) => text.startsWith('differs'))) say(line);
    say(lines.at(-1) ?? '');
  },
};
