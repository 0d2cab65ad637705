/** Everything that a cluster must have before, or beside, what Argo CD brings to it. */
import type { Problem } from '../../problem.ts';
import { argocdRules } from './argocd-rules.ts';
import { baseRules } from './base-rules.ts';
import { controllerRules } from './controller-rules.ts';
import { gatewayRules } from './gateway-rules.ts';
import type { DoctorInput, DoctorRule } from './rule.ts';

/** In the order in which a person would mend things. */
const RULES: readonly DoctorRule[] = [...baseRules, ...argocdRules, ...gatewayRules, ...controllerRules];

export function checkPrerequisites(input: DoctorInput): Problem[] {
  return RULES.flatMap((rule) => rule(input));
}
