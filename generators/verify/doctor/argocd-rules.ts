/** Argo CD must judge InferenceServices rightly, and Applications at all. */
import type { DoctorRule } from './rule.ts';
import { lack, numbersOf } from './rule.ts';

/** The first patch of each minor release whose own check of InferenceServices is right (argo-cd#25312). */
const MENDED: Readonly<Record<string, number>> = { '3.0': 23, '3.1': 10, '3.2': 1 };

const HEALTH = 'resource.customizations.health.';

const argocd: DoctorRule = ({ site, facts }) => {
  // Whether it is there at all is asked by its kinds.
  if (facts.argocd === 'absent' || facts.argocd === 'unread') return [];
  const { version, settings } = facts.argocd;
  const { namespace, configure } = site.argocd;
  if (configure) return [];
  const repair = `Set "argocd.configure: true" in clusters/${site.cluster}/cluster.yaml`;
  const healths = (kind: string) => settings[`${HEALTH}${kind}`] !== undefined;
  const old = version === undefined || !mended(version);
  return [
    ...(healths('serving.kserve.io_InferenceService') || !old
      ? []
      : [
          lack(
            site,
            'VERSION',
            `Cannot tell a ready model from one that starts: Argo CD ${version ?? 'of an unknown version'} takes KServe's condition Stopped=False for a fault`,
            `Upgrade Argo CD to 3.2.1 or newer, or ${repair.charAt(0).toLowerCase()}${repair.slice(1)}`,
          ),
        ]),
    ...(healths('argoproj.io_Application')
      ? []
      : [
          lack(
            site,
            'SETTING',
            `Cannot keep the order of the Applications: the ConfigMap ${namespace}/argocd-cm has no health check for argoproj.io_Application`,
            repair,
          ),
        ]),
  ];
};

function mended(version: string): boolean {
  const found = numbersOf(version);
  if (found === undefined) return false;
  const [major, minor, patch] = found;
  const first = MENDED[`${major}.${minor}`];
  return first === undefined ? major > 3 || (major === 3 && minor > 2) : patch >= first;
}

export const argocdRules: readonly DoctorRule[] = [argocd];
