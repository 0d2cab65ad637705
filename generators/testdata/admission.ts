/** The fixtures of `admission/`: one manifest each, with what is expected of it at its head. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { type CheckedManifests, checkManifests } from '../commands/verify-objects.ts';
import { createLocate } from '../commands/locate.ts';
import { problemCodes, type Tier } from '../problem-codes.ts';
import type { KserveRelease } from '../resolve/kserve-profiles.ts';
import { type LocatedProblem, locateProblems } from '../report/located.ts';

/** What an API server judges too. */
const TIERS: readonly Tier[] = ['T0', 'T1', 'T2', 'T3'];
const here = fileURLToPath(new URL('admission', import.meta.url));

export interface AdmissionFixture {
  readonly name: string;
  /** The release that it is about, where that is not the oldest. */
  readonly release: KserveRelease | undefined;
  /** `# expect CODE line:column`, with `warning` behind it where it is one. */
  readonly expected: readonly string[];
  readonly found: readonly string[];
  readonly problems: readonly LocatedProblem[];
  readonly objects: CheckedManifests['objects'];
}

/** A case in which the API server says something else than we do, and why. */
export interface Disagreement {
  readonly fixture: string;
  readonly server: 'accepts' | 'refuses';
  readonly because: string;
}

export function admissionNames(kind: 'valid' | 'invalid'): string[] {
  return readdirSync(`${here}/${kind}`)
    .map((file) => file.replace(/\.yaml$/, ''))
    .sort();
}

export function readAdmission(kind: 'valid' | 'invalid', name: string): AdmissionFixture {
  const file = `${kind}/${name}.yaml`;
  const text = readFileSync(`${here}/${file}`, 'utf8');
  const head = text.split('\n').filter((line) => line.startsWith('# expect '));
  const texts = new Map([[file, text]]);
  const release = releaseOf(text);
  const { problems, objects } = checkManifests(texts, new Date('2026-12-01T00:00:00Z'), release);
  // The policy is another matter: its own fixtures have it.
  const judged = problems.filter(({ code }) => TIERS.includes(problemCodes[code]));
  const located = locateProblems(
    judged,
    createLocate(new Map(), (path) => texts.get(path)),
  );
  const found = located.map(({ code, position, severity }) => {
    const place = position === undefined ? '' : ` ${position.line}:${position.column}`;
    return `${code}${place}${severity === 'warning' ? ' warning' : ''}`;
  });
  return { name, release, expected: head.map((line) => line.slice('# expect '.length)), found, problems: located, objects };
}

/** `# kserve v0.20.0` at the head. */
function releaseOf(text: string): KserveRelease | undefined {
  return /^# kserve (\S+)$/m.exec(text)?.[1] as KserveRelease | undefined;
}

export function readDisagreements(): readonly Disagreement[] {
  return parse(readFileSync(`${here}/disagreements.yaml`, 'utf8')) as readonly Disagreement[];
}
