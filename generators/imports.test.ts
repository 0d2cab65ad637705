/**
 * Holds every file to the import law of `testdata/import-law.ts`.
 * Tests and testdata may import what they like; nothing else may import them.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { homes, impure, LONGEST, longer, type Rule, rules, STAGES } from './testdata/import-law.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Import {
  readonly file: string;
  readonly target: string;
  readonly type: boolean;
}

const files = ['generators', 'predictor', 'client', 'bench', 'scripts', 'e2e'].flatMap(filesOf);
const imports = files.flatMap(importsOf);

function filesOf(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesOf(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

function source(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

function importsOf(file: string): Import[] {
  const statement =
    /(?:^|\n)(?:import|export)\s+(type\s)?[^'";]*?\bfrom\s+'([^']+)'|(?:^|\n)import\s+'([^']+)'|\bimport\('([^']+)'\)/g;
  return [...withoutComments(source(file)).matchAll(statement)].map(([, type, from, bare, dynamic]) => {
    const target = from ?? bare ?? dynamic ?? '';
    return {
      file,
      type: type !== undefined,
      target: target.startsWith('.') ? posix.normalize(posix.join(posix.dirname(file), target)) : target,
    };
  });
}

function isTest(file: string): boolean {
  return (
    file.startsWith('generators/story/') ||
    file.endsWith('.test.ts') ||
    file.includes('/testdata/') ||
    file.startsWith('client/e2e/')
  );
}

function isRelative({ target }: Import): boolean {
  return files.includes(target) || /^(?:generators|predictor|bench|scripts|schemas|client|charts|e2e)\//.test(target);
}

/** The room of a file: the prefix of its rule, or for files that lie in no room of their own, their folder alone. */
function roomOf(rule: Rule, file: string): (path: string) => boolean {
  const prefix = rule.from.find((candidate) => file.startsWith(candidate)) ?? '';
  if (prefix.split('/').length > 2) return (path) => path.startsWith(prefix);
  return (path) => posix.dirname(path) === posix.dirname(file);
}

function ruleOf(file: string): Rule | undefined {
  return rules.find(({ from }) => from.some((prefix) => file.startsWith(prefix)));
}

function allows(rule: Rule, { file, target, type }: Import): boolean {
  if (file !== rule.from[0] && roomOf(rule, file)(target)) return true;
  return rule.to.some((to) =>
    to.startsWith('type:') ? type && target.startsWith(to.slice(5)) : target.startsWith(to),
  );
}

const refused: [file: string, target: string, type: boolean][] = [
  ['generators/plan/x.ts', 'generators/outside/files.ts', false],
  ['generators/plan/x.ts', 'generators/outside/files.ts', true],
  ['generators/plan/x.ts', 'generators/resolve/quantity.ts', false],
  ['generators/resolve/x.ts', 'generators/plan/app.ts', true],
  ['generators/verify/x.ts', 'generators/render/render.ts', false],
  ['generators/problem.ts', 'generators/words.ts', false],
  ['generators/outside/x.ts', 'generators/resolve/resolve.ts', false],
  ['predictor/protocol/x.ts', 'predictor/models/load.ts', true],
  ['predictor/rest/x.ts', 'predictor/grpc/server.ts', false],
  ['predictor/rest/x.ts', 'predictor/models/load.ts', false],
  ['predictor/grpc/http2/x.ts', 'predictor/grpc/rpc/call.ts', true],
  ['predictor/grpc/rpc/x.ts', 'predictor/protocol/error.ts', false],
  ['predictor/data-plane.ts', 'predictor/rest/server.ts', false],
  ['client/page/x.ts', 'client/server/http.ts', false],
  ['client/page/x.ts', 'client/contract.ts', false],
  ['client/server/x.ts', 'client/page/texts.ts', true],
  ['client/server/x.ts', 'predictor/protocol/tensor.ts', true],
  ['e2e/services/x.ts', 'generators/resolve/defaults.ts', true],
];
for (const [file, target, type] of refused) {
  test(`the law refuses ${target} in ${file}${type ? ', even as a type' : ''}`, () => {
    const rule = ruleOf(file);
    assert.ok(rule);
    assert.equal(allows(rule, { file, target, type }), false);
  });
}

test('imports are found at all', () => {
  assert.ok(imports.length > 200);
  assert.ok(
    imports.some(({ file, target }) => file === 'generators/main.ts' && target.endsWith('commands/generate.ts')),
  );
  assert.ok(imports.some(({ type, target }) => type && target === 'generators/resolve/platform.ts'));
});

test('every room has a rule', () => {
  for (const file of files.filter((path) => !isTest(path))) {
    assert.ok(ruleOf(file), `${file} is in no room that the import law knows: add a rule for it`);
  }
});

for (const { from, to, because } of rules) {
  test(`${from.join(', ')} imports ${to.length === 0 ? 'nothing' : to.join(', ')}`, () => {
    for (const one of imports.filter((candidate) => !isTest(candidate.file) && isRelative(candidate))) {
      const rule = ruleOf(one.file);
      if (rule?.from !== from) continue;
      const what = one.type ? 'a type of ' : '';
      assert.ok(allows(rule, one), `${one.file} may not import ${what}${one.target}: ${because}`);
    }
  });
}

test('generators, predictor and client never import each other: they meet in schemas', () => {
  const programs = ['generators/', 'predictor/', 'client/'];
  for (const { file, target } of imports.filter((one) => !isTest(one.file))) {
    const [own, other] = [file, target].map((path) => programs.find((program) => path.startsWith(program)));
    const crosses = own !== undefined && other !== undefined && own !== other;
    assert.ok(!crosses, `${file} may not import ${target}: the programs share files, never code`);
  }
});

test('nothing but tests imports tests or testdata', () => {
  for (const { file, target } of imports.filter((one) => !isTest(one.file))) {
    assert.ok(!isTest(target), `${file} may not import ${target}: what runs for people must not need tests`);
  }
});

for (const { packages, at, because } of homes) {
  test(`${packages.source} is imported in ${at.join(', ')} alone`, () => {
    for (const { file, target } of imports.filter((one) => !isTest(one.file) && packages.test(one.target))) {
      assert.ok(
        at.some((home) => file.startsWith(home)),
        `${file} may not import ${target}: ${because}`,
      );
    }
  });
}

test('stages touch no file, clock, environment, randomness or network', () => {
  for (const file of files.filter(
    (path) => !isTest(path) && STAGES.some((room) => path.startsWith(`generators/${room}/`)),
  )) {
    const text = withoutComments(source(file));
    for (const pattern of impure) {
      const found = pattern.exec(text)?.[0];
      assert.equal(found, undefined, `${file} uses ${found}: a stage gives the same for the same, so pass it in`);
    }
  }
});

test('only main.ts prints or exits', () => {
  const printing = /\bprocess\.(?:std(?:out|err)\.write|exit\b|exitCode)|\bconsole\./;
  for (const file of files.filter((path) => path.startsWith('generators/') && !isTest(path))) {
    if (file === 'generators/main.ts') continue;
    const found = printing.exec(withoutComments(source(file)))?.[0];
    assert.equal(found, undefined, `${file} uses ${found}: return what main is to print`);
  }
});

test('no file is longer than one can read at once', () => {
  for (const file of files.filter((path) => longer[path] === undefined)) {
    const lines = source(file).split('\n').length - 1;
    const most = isTest(file) ? LONGEST.test : LONGEST.code;
    assert.ok(lines <= most, `${file} has ${lines} lines, at most ${most} are allowed: cut it where its headings are`);
  }
});
