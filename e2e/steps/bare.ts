/** Before anything is installed, `npm run doctor` names what is missing. */
import assert from 'node:assert/strict';
import { stringify } from 'yaml';
import type { Step } from '../run.ts';
import { CLUSTER } from '../settings.ts';
import { clusterFile } from './platform.ts';

export const bare: Step = {
  name: 'bare',
  proves: 'doctor names each missing prerequisite of a bare cluster, with what mends it',
  async run(run) {
    const { project, say } = run;
    const nothing = { gatewayApi: false, certManager: false, sealedSecrets: false, traefik: false };
    const platform = Object.fromEntries(Object.keys(nothing).map((part) => [part, { enabled: false }]));
    project.write(`clusters/${CLUSTER}/cluster.yaml`, stringify({ ...(await clusterFile(run)), platform }));
    const report = await project.npm('doctor', ['--cluster', CLUSTER], { fine: [1] });
    for (const missing of [/Gateway API/i, /cert-manager/i, /Sealed Secrets|sealing/i, /traefik-gateway|Gateway/])
      assert.match(report, missing);
    for (const line of report.trim().split('\n').slice(0, 12)) say(line);
  },
};
