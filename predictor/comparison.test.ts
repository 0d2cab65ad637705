/** Each line of the README's comparison stands on a test of its own: the line, the file and the test exist. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');

/** Line of the table → file and words of the test that holds it for this predictor. */
const proofs: Readonly<Record<string, readonly [file: string, words: string]>> = {
  'V2 over REST and gRPC': ['grpc/exchanges.test.ts', 'most of the inferences can be asked for over gRPC'],
  'Binary tensors over REST': ['testdata/exchanges/binary-bytes-comes-back-bit-by-bit.json', 'binary'],
  'V1 `:predict`': ['testdata/exchanges/v1-columnar-inputs.json', 'V1 columnar inputs'],
  'Inputs and outputs in the metadata': ['conformity/test_triton_http.py', 'get_model_metadata'],
  'Wrong shapes refused with 4xx': ['testdata/exchanges/a-shape-far-larger-than-its-data.json', '400'],
  'Bounded queue': ['models/scheduler.test.ts', 'QUEUE_FULL'],
  'Statistics extension': ['main.processes.test.ts', 'two processes behind one port count together'],
  'Payload log': ['main.payloads.test.ts', 'REST and gRPC are logged alike'],
};

test('every line of the comparison is proved, and every proof has a line', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const section = readme.split('## Beside other servers')[1]?.split('\n## ')[0] ?? '';
  const lines = [...section.matchAll(/^\| ([^|-][^|]*?) \|/gm)].map(([, name]) => name);
  assert.deepEqual(lines.sort(), Object.keys(proofs).sort());
});

for (const [line, [file, words]] of Object.entries(proofs))
  test(`"${line}" is held by ${file}`, () => {
    assert.ok(readFileSync(join(root, 'predictor', file), 'utf8').includes(words), `${file} has no "${words}"`);
  });
