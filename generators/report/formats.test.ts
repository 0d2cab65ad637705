/** The four formats of one and the same list of problems. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { positionOf } from '../parse/source.ts';
import { fault, type Problem, warning } from '../problem.ts';
import { githubReport } from './github.ts';
import { jsonReport } from './json.ts';
import { junitReport } from './junit.ts';
import { type LocatedProblem, locateProblems, sentences } from './located.ts';
import { sarifReport } from './sarif.ts';
import { countLine, textReport } from './text.ts';

const text = 'models:\n  - name: iris\n  - name: iris\n';
const same = (word: string) => word;
const paint = { red: same, yellow: same, dim: same, bold: same };

const problems: Problem[] = [
  warning('SECRET_ORPHAN', { file: 'z.yaml' }, 'Nothing needs "a"', 'Remove it'),
  fault('MODEL_NAME_TAKEN', { file: 'models.yaml', offset: 33 }, 'Cannot add "iris": used at {0}', 'Choose another', [
    { file: 'models.yaml', offset: 18 },
  ]),
  fault('FIELD_UNKNOWN', { file: 'a.yaml' }, 'Cannot use the field "nmae"', 'Did you mean "name"?'),
];

const located = locateProblems(problems, ({ file, offset }) =>
  file === 'models.yaml' && offset !== undefined ? positionOf(text, offset) : undefined,
);

test('problems come by file and place, errors before warnings, with the places that they speak of', () => {
  assert.deepEqual(
    located.map(({ code, tier, position, message }) => [code, tier, position?.line, position?.column, message]),
    [
      ['FIELD_UNKNOWN', 'T0', undefined, undefined, 'Cannot use the field "nmae"'],
      ['MODEL_NAME_TAKEN', 'T4', 3, 11, 'Cannot add "iris": used at models.yaml:2:11'],
      ['SECRET_ORPHAN', 'T9', undefined, undefined, 'Nothing needs "a"'],
    ],
  );
});

test('text: a paragraph for each, with the line and a caret under the place', () => {
  assert.equal(
    textReport(located, paint),
    [
      'a.yaml FIELD_UNKNOWN Cannot use the field "nmae". Did you mean "name"?',
      'models.yaml:3:11 MODEL_NAME_TAKEN Cannot add "iris": used at models.yaml:2:11. Choose another.',
      '    - name: iris',
      '            ^',
      'z.yaml SECRET_ORPHAN (warning) Nothing needs "a". Remove it.',
      '',
    ].join('\n'),
  );
});

test('text: a long line is cut, and the caret stays under its place', () => {
  for (const [length, at] of [
    [90, 80],
    [400, 10],
    [400, 300],
    [400, 399],
  ] as const) {
    const line = `${'.'.repeat(at)}X${'.'.repeat(length - at - 1)}`;
    const problem = { ...located[0], position: { line: 1, column: at + 1, text: line } } as LocatedProblem;
    const [, shown = '', caret = ''] = textReport([problem], paint).split('\n');
    assert.equal(shown[caret.indexOf('^')], 'X', `${length} ${at}`);
    assert.ok(shown.length <= 102);
    if (length <= 100) assert.equal(shown.trim(), line);
  }
});

test('the last line counts', () => {
  assert.equal(countLine(located, '3 files'), '3 files; 2 errors, 1 warning');
  assert.equal(countLine([], ''), '0 errors, 0 warnings');
});

test('sentences end in one mark', () => {
  assert.equal(sentences({ message: 'Cannot: a newline?', repair: 'Seal again' }), 'Cannot: a newline? Seal again.');
});

test('json: line and column beside each problem, and the counts', () => {
  const report = JSON.parse(jsonReport(located, { files: 3 })) as Record<string, unknown> & { problems: object[] };
  assert.deepEqual([report['errors'], report['warnings'], report['files']], [2, 1, 3]);
  assert.deepEqual(report.problems[1], {
    code: 'MODEL_NAME_TAKEN',
    tier: 'T4',
    severity: 'error',
    file: 'models.yaml',
    message: 'Cannot add "iris": used at models.yaml:2:11',
    repair: 'Choose another',
    line: 3,
    column: 11,
  });
});

test('github: one command for each, with the escapes of the format', () => {
  const lines = githubReport(located).split('\n');
  assert.equal(
    lines[1],
    '::error file=models.yaml,line=3,col=11,title=MODEL_NAME_TAKEN::Cannot add "iris": used at models.yaml:2:11. Choose another.',
  );
  const [first] = located;
  assert.ok(first);
  const nasty = githubReport([{ ...first, file: 'a,b:c%.yaml', message: '100 %\r\nnext' }]);
  assert.equal(nasty, `::error file=a%2Cb%3Ac%25.yaml,title=FIELD_UNKNOWN::100 %25%0D%0Anext. Did you mean "name"?\n`);
});

test('sarif: a rule for each code, a result for each problem, at its region', () => {
  const log = JSON.parse(sarifReport([...located, ...located])) as {
    version: string;
    runs: {
      tool: { driver: { rules: { id: string }[] } };
      results: { ruleId: string; ruleIndex: number; level: string; message: { text: string }; locations: unknown[] }[];
    }[];
  };
  assert.equal(log.version, '2.1.0');
  const [run] = log.runs;
  assert.ok(run);
  assert.equal(run.results.length, 6);
  for (const result of run.results) {
    assert.equal(run.tool.driver.rules[result.ruleIndex]?.id, result.ruleId);
    assert.match(result.level, /^(?:error|warning)$/);
    assert.match(result.message.text, /[.?]$/);
  }
  assert.deepEqual(run.results[1]?.locations, [
    {
      physicalLocation: { artifactLocation: { uri: 'models.yaml' }, region: { startLine: 3, startColumn: 11 } },
    },
  ]);
});

test('sarif: a file name is written as a URI', () => {
  const [first] = located;
  assert.ok(first);
  assert.match(sarifReport([{ ...first, file: 'clusters/a b/ü.yaml' }]), /"uri": "clusters\/a%20b\/%C3%BC\.yaml"/);
});

test('junit: a suite for each tier; errors fail, warnings are told, what did not run is skipped', () => {
  const [first] = located;
  assert.ok(first);
  const nasty = { ...first, code: 'FIELD_UNKNOWN', message: 'Cannot use "<a>" & \u0001' };
  const text = junitReport([...located, nasty], { run: ['T0', 'T1', 'T4', 'T9'], notRun: ['T7'] });
  assert.match(
    text,
    /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="kserve-gitops" tests="6" failures="3">/,
  );
  assert.match(
    text,
    /<testsuite name="T1" tests="1" failures="0" skipped="0">\n {4}<testcase classname="T1" name="T1"\/>/,
  );
  assert.match(text, /<testcase classname="T7" name="T7"><skipped\/>/);
  assert.match(
    text,
    /name="MODEL_NAME_TAKEN models\.yaml:3:11" file="models\.yaml" line="3"><failure message="Cannot add /,
  );
  assert.match(
    text,
    /name="SECRET_ORPHAN z\.yaml" file="z\.yaml"><system-out>z\.yaml Nothing needs &quot;a&quot;\. Remove it\.<\/system-out>/,
  );
  assert.match(text, /&quot;&lt;a&gt;&quot; &amp; \uFFFD/);
  assert.equal(text.match(/<testcase /g)?.length, text.match(/<testcase [^>]*\/>|<\/testcase>/g)?.length);
});
