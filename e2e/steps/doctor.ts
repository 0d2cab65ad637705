/** `npm run doctor` finds nothing to mend on a good cluster, and `verify --online` agrees with the API server. */
import assert from 'node:assert/strict';
import type { Step } from '../run.ts';
import { CLUSTER } from '../settings.ts';

export const doctor: Step = {
  name: 'doctor',
  proves: 'doctor finds nothing missing on the running cluster, and the API server accepts every object',
  async run({ project, say }) {
    const report = await project.npm('doctor', ['--cluster', CLUSTER]);
    say(`doctor: ${report.trim().split('\n').at(-1)}`);
    const online = await project.npm('verify', ['--cluster', CLUSTER, '--online']);
    const last = online.trim().split('\n').at(-1) ?? '';
    assert.match(last, /0 errors/);
    say(`verify --online: ${last}`);
  },
};
