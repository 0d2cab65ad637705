/** What the rules of `npm run doctor` judge, and how they say it. */
import type { KubeObject } from '../../kube/object.ts';
import { fault, type Problem } from '../../problem.ts';
import type { Parts, ServedModel, Site } from '../../resolve/platform.ts';
import type { Facts } from './facts.ts';

export interface DoctorInput {
  readonly site: Site;
  readonly models: readonly ServedModel[];
  /** Every made object of the cluster. */
  readonly objects: readonly KubeObject[];
  /** The committed sealing certificate, in PEM. */
  readonly certificate?: string | undefined;
  readonly facts: Facts;
}

/**
 * A rule finds what Argo CD will not bring by itself. What `cluster.yaml` installs may be absent, since the first sync
 * brings it; once it is there it must be right.
 */
export type DoctorRule = (input: DoctorInput) => Problem[];

type Code = 'MISSING' | 'VERSION' | 'UNREADY' | 'SETTING' | 'RIGHTS';

/** One line: what is missing, and the command or edit that mends it. */
export function lack(site: Site, code: Code, message: string, repair: string): Problem {
  return fault(`PREREQUISITE_${code}`, { file: `clusters/${site.cluster}/cluster.yaml` }, message, repair);
}

/** The edit that lets Argo CD bring a part. */
export function switchOn(site: Site, part: keyof Parts): string {
  return `Set "platform.${part}.enabled: true" in clusters/${site.cluster}/cluster.yaml, or install it yourself`;
}

/** The numbers of `v1.32.1-eks-1a2b3c`; undefined for what does not begin so. */
export function numbersOf(version: string): readonly [number, number, number] | undefined {
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch ?? 0)];
}

/** True for a version that is `least` or newer, and for one that cannot be read. */
export function atLeast(version: string, least: readonly [number, number, number]): boolean {
  const found = numbersOf(version);
  if (found === undefined) return true;
  const position = found.findIndex((number, index) => number !== least[index]);
  return position < 0 || (found[position] ?? 0) > (least[position] ?? 0);
}
