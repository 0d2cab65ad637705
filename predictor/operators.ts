/**
 * `npm run operators [-- names]`: asks the installed ONNX Runtime which operators of the standard's two domains it knows
 * and writes `schemas/onnx-operators.json`. Run it after a change of onnxruntime-node's version.
 *
 * The names to ask for are those of the table as it is, the words of the runtime's library, and those given; what is no
 * operator is refused. The library does not hold short names as words: those of a new release of ONNX are given by
 *   python3 -c "import onnx.defs as d; print(*{s.name for s in d.get_all_schemas_with_history()})"
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DOMAINS, newestIrVersion, newestOpset, type OperatorTable, rangesOf } from './runtime/operator-table.ts';

const require = createRequire(import.meta.url);
const folder = dirname(require.resolve('onnxruntime-node/package.json'));
const { version } = require('onnxruntime-node/package.json') as { version: string };
/** An operator that each domain has had from its beginning. */
const known: Readonly<Record<string, string>> = {
  'ai.onnx': 'Relu',
  'ai.onnx.ml': 'Normalizer',
  'com.microsoft': 'Gelu',
};

const TABLE = join(import.meta.dirname, '../schemas/onnx-operators.json');

function words(): string[] {
  const binaries = join(folder, 'bin/napi-v6', process.platform, process.arch);
  const file = readdirSync(binaries).find((name) => name.includes('libonnxruntime')) ?? '';
  const text = readFileSync(join(binaries, file)).toString('latin1');
  return text.match(/(?<=\0)[A-Z][A-Za-z0-9]{1,40}(?=\0)/g) ?? [];
}

function names(): string[] {
  const { operators } = JSON.parse(readFileSync(TABLE, 'utf8')) as OperatorTable;
  const before = Object.values(operators).flatMap((list) => Object.keys(list));
  return [...new Set([...before, ...words(), ...process.argv.slice(2)])].sort();
}

async function table(): Promise<OperatorTable> {
  const irVersion = await newestIrVersion();
  const candidates = names();
  const opsets: Record<string, number> = {};
  const operators: Record<string, Record<string, readonly (readonly [number, number])[]>> = {};
  for (const domain of DOMAINS) {
    const newest = await newestOpset(domain, known[domain] ?? '', irVersion);
    opsets[domain] = newest;
    if (domain === 'com.microsoft') continue;
    const found: Record<string, readonly (readonly [number, number])[]> = {};
    for (const name of candidates) {
      const ranges = await rangesOf(domain, name, newest, irVersion);
      if (ranges.length > 0) found[name] = ranges;
    }
    operators[domain] = found;
  }
  return { runtime: version, irVersion, opsets, operators };
}

/** One operator a line, so that a new release of the runtime gives a diff that people can read. */
function print({ operators, ...rest }: OperatorTable): string {
  const head = JSON.stringify(rest, undefined, 2).slice(0, -2);
  const domains = Object.entries(operators).map(([domain, list]) => {
    const lines = Object.entries(list).map(
      ([name, ranges]) => `      ${JSON.stringify(name)}: ${JSON.stringify(ranges)}`,
    );
    return `    ${JSON.stringify(domain)}: {\n${lines.join(',\n')}\n    }`;
  });
  return `${head},\n  "operators": {\n${domains.join(',\n')}\n  }\n}\n`;
}

const started = performance.now();
const found = await table();
writeFileSync(TABLE, print(found));
const counts = Object.entries(found.operators).map(([domain, list]) => `${Object.keys(list).length} of ${domain}`);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
process.stdout.write(`onnxruntime-node ${version}: ${counts.join(', ')}; ${seconds} s\n`);
