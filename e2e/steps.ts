/** The steps of a run. */
import type { Step } from './run.ts';
import { admission } from './steps/admission.ts';
import { answers } from './steps/answers.ts';
import { autoscaling } from './steps/autoscaling.ts';
import { bare } from './steps/bare.ts';
import { broken, degraded } from './steps/broken.ts';
import { canary } from './steps/canary.ts';
import { credentials } from './steps/credentials.ts';
import { disruption } from './steps/disruption.ts';
import { doctor } from './steps/doctor.ts';
import { drift } from './steps/drift.ts';
import { mirror } from './steps/mirror.ts';
import { notebook } from './steps/notebook.ts';
import { outage } from './steps/outage.ts';
import { page } from './steps/page.ts';
import { platform } from './steps/platform.ts';
import { prune } from './steps/prune.ts';
import { upgrade } from './steps/upgrade.ts';

/** In this order: each builds on those before it. */
export const STEPS: readonly Step[] = [
  bare,
  platform,
  credentials,
  answers,
  broken,
  drift,
  page,
  notebook,
  doctor,
  canary,
  mirror,
  disruption,
  autoscaling,
  outage,
  degraded,
  prune,
  admission,
  upgrade,
];
