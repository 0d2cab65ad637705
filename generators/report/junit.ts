/**
 * JUnit XML, which most CI servers show: a test suite for each tier, a failed case for each problem, and one passed case
 * for a tier without problems. A tier that did not run is a skipped case.
 */
import { problemCodes, type Tier } from '../problem-codes.ts';
import { type LocatedProblem, placeOf, sentences } from './located.ts';

export interface RanTiers {
  readonly run: readonly string[];
  readonly notRun: readonly string[];
}

export function junitReport(problems: readonly LocatedProblem[], tiers: RanTiers): string {
  const told = new Set<string>(problems.map(({ tier }) => tier));
  const names = [...new Set<string>([...Object.values<Tier>(problemCodes), ...tiers.run, ...tiers.notRun])];
  const shown = names
    .filter((name) => told.has(name) || tiers.run.includes(name) || tiers.notRun.includes(name))
    .sort();
  const suites = shown.map((tier) =>
    suite(
      tier,
      problems.filter((one) => one.tier === tier),
      tiers,
    ),
  );
  const failures = problems.filter(({ severity }) => severity === 'error').length;
  const tests = suites.reduce((sum, { cases }) => sum + cases, 0);
  const body = suites.map(({ text }) => text).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="kserve-gitops" tests="${tests}" failures="${failures}">\n${body}</testsuites>\n`;
}

function suite(tier: string, problems: readonly LocatedProblem[], tiers: RanTiers): { text: string; cases: number } {
  const skipped = problems.length === 0 && !tiers.run.includes(tier);
  const cases = problems.map(failedCase);
  if (cases.length === 0)
    cases.push(`    <testcase classname="${tier}" name="${tier}"${skipped ? '><skipped/></testcase>' : '/>'}\n`);
  const failures = problems.filter(({ severity }) => severity === 'error').length;
  const head = `  <testsuite name="${tier}" tests="${cases.length}" failures="${failures}" skipped="${skipped ? 1 : 0}">\n`;
  return { text: `${head}${cases.join('')}  </testsuite>\n`, cases: cases.length };
}

/** A warning is a passed case with its text, so that it is seen and fails nothing. */
function failedCase(problem: LocatedProblem): string {
  const { tier, code, severity, file, position } = problem;
  const place = placeOf(file, position);
  const line = position === undefined ? '' : ` line="${position.line}"`;
  const name = `${code} ${place}`;
  const text = xml(`${place} ${sentences(problem)}`);
  const told =
    severity === 'error'
      ? `<failure message="${xml(sentences(problem))}" type="${code}">${text}</failure>`
      : `<system-out>${text}</system-out>`;
  return `    <testcase classname="${tier}" name="${xml(name)}" file="${xml(file)}"${line}>${told}</testcase>\n`;
}

/** XML 1.0 forbids most control characters even when they are escaped. */
function xml(text: string): string {
  return text
    .replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
}
