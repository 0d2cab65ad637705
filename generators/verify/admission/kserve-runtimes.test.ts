/** The table of KServe's own runtimes against the released files, where `KSERVE_GITOPS_UPSTREAM` names them. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { KSERVE_RUNTIMES } from './kserve-runtimes.ts';
import type { Claim, Runtime } from './runtime.ts';

const folder = join(process.env['KSERVE_GITOPS_UPSTREAM'] ?? '', 'kserve-v0.16.0', 'runtimes');
const skip = existsSync(folder) ? false : 'KSERVE_GITOPS_UPSTREAM does not name a folder with KServe runtimes';

test('the table says what the released runtimes claim', { skip }, () => {
  const claims = readdirSync(folder).flatMap((file): Claim[] => {
    const { metadata, spec } = parse(readFileSync(join(folder, file), 'utf8')) as Runtime;
    const { protocolVersions: protocols = [], multiModel = false, supportedModelFormats: formats = [] } = spec;
    return formats.flatMap(({ name: format, version, autoSelect, priority }) =>
      autoSelect === true && priority !== undefined
        ? [{ name: metadata.name, format, version, priority, protocols, multiModel }]
        : [],
    );
  });
  assert.deepEqual(sorted(KSERVE_RUNTIMES), sorted(claims));
});

function sorted(claims: readonly Claim[]): string[] {
  return claims.map((claim) => JSON.stringify(Object.entries(claim).sort())).sort();
}
