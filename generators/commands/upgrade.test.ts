/** The plan of an upgrade, word for word: `UPDATE_GOLDEN=1` writes `testdata/upgrade.md` anew. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { platformOf } from '../testdata/platform.ts';
import { layOut, layOutBase, readFixture, within } from '../testdata/project.ts';
import { planUpgrade } from './upgrade-command.ts';
import { upgradePlan } from './upgrade-plan.ts';

const golden = fileURLToPath(new URL('../testdata/upgrade.md', import.meta.url));

test('from v0.16.0 to v0.20.0', () => {
  const platform = platformOf({}, [{}, { name: 'wine', format: 'sklearn' }]);
  const text = upgradePlan(platform, 'v0.20.0') ?? '';
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
  assert.equal(text, readFileSync(golden, 'utf8'), 'differs; see UPDATE_GOLDEN above');
});

test('a canary that runs is ended before it would move into its InferenceService', () => {
  const versions = (['1', '2'] as const).map((version) => ({
    ...{ version, artifact: `s3://models/iris/${version}/`, sha256: version.repeat(64) },
  }));
  const [first, ...rest] = versions;
  assert.ok(first);
  const serve = { alpha: { version: '1', canary: { version: '2', weight: 10 } } };
  const platform = platformOf({}, [{ versions: [first, ...rest], serve }]);
  const text = upgradePlan(platform, 'v0.20.0') ?? '';
  assert.match(text, /## 2\. End the running canaries\n[^#]*model -- canary iris --cluster alpha --abort/);
  assert.match(text, /Only Applications may differ, and the models whose canaries still run/);
  assert.doesNotMatch(upgradePlan(platform, 'v0.19.0') ?? '', /canaries/);
});

test('between releases of one layout nothing moves and nothing stays behind', () => {
  const text = upgradePlan(platformOf({ kserve: { version: 'v0.19.0' } }), 'v0.20.0') ?? '';
  assert.doesNotMatch(text, /stayed behind|is new, and takes|v0\.17\.0/);
  assert.match(text, /No model of this cluster is on a runtime of KServe's/);
});

test('the command: a plan, a release that is not newer, a cluster that is not there', async () => {
  await within(layOutBase(), async (root) => {
    const plan = await planUpgrade({ root, cluster: 'alpha', to: 'v0.17.0' });
    assert.ok(typeof plan === 'string');
    assert.match(plan, /^# KServe v0\.16\.0 to v0\.17\.0 on alpha\n/);
    const same = await planUpgrade({ root, cluster: 'alpha', to: 'v0.16.0' });
    assert.ok(typeof same !== 'string');
    assert.deepEqual(
      same.problems.map(({ code, message }) => [code, message]),
      [['FIELD_VALUE', 'Cannot upgrade "alpha" to v0.16.0: it has v0.16.0']],
    );
    const [problem] = same.problems;
    assert.ok(problem);
    assert.equal(same.locate(problem.where)?.line, 16);
    const missing = await planUpgrade({ root, cluster: 'gamma', to: 'v0.17.0' });
    assert.ok(typeof missing !== 'string');
    assert.deepEqual(
      missing.problems.map(({ code }) => code),
      ['FILE_MISSING'],
    );
  });
});

test('nothing is planned for a faulty cluster', async () => {
  await within(layOut('invalid', readFixture('invalid', 'canary-version')), async (root) => {
    const result = await planUpgrade({ root, cluster: 'alpha', to: 'v0.17.0' });
    assert.ok(typeof result !== 'string');
    assert.deepEqual(
      result.problems.map(({ code }) => code),
      ['CANARY_VERSION'],
    );
  });
});
