import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { imageOptions } from '../images.ts';
import { runAll } from './builder.ts';

const log = () => join(mkdtempSync(join(tmpdir(), 'kserve-gitops-builder-')), 'log');

test('what fails is told with the end of its output', async () => {
  const failing = runAll(
    [
      ['sh', '-c', 'echo out; echo err >&2; exit 3'],
      ['echo', 'never'],
    ],
    '/',
    log(),
  );
  await assert.rejects(failing, /"sh -c" ended with 3; the end of .*log:\n(?:out\nerr|err\nout)$/);
});

test('a builder that is not installed is named', async () => {
  await assert.rejects(runAll([['no-such-builder', 'bud']], '/', log()), /no-such-builder cannot be run/);
});

test('the output of all commands is kept in order', async () => {
  const file = log();
  await runAll(
    [
      ['echo', 'one'],
      ['echo', 'two'],
    ],
    '/',
    file,
  );
  assert.equal(readFileSync(file, 'utf8'), 'one\ntwo\n');
});

test('buildah stands on the base images of its registry, docker on the public ones unless told otherwise', () => {
  assert.equal(imageOptions({}).bases.node, '10.243.0.1:5000/base/node:24');
  assert.deepEqual(imageOptions({ E2E_BUILDER: 'docker', E2E_REGISTRY: 'localhost:5001' }).bases, {});
  const told = imageOptions({ E2E_BUILDER: 'docker', E2E_BASE_NODE: 'node:26' });
  assert.deepEqual(told.bases, { node: 'node:26' });
  assert.throws(() => imageOptions({ E2E_BUILDER: 'podman' }), /can be buildah or docker/);
});
