/**
 * Each situation: the base project, an edit, and the comment that a reviewer reads, as `testdata/diff/<situation>.md` has
 * it. `UPDATE_GOLDEN=1` writes those anew; read their diff before you commit it.
 */
import assert from 'node:assert/strict';
import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { within } from '../testdata/project.ts';
import { commit, edit, git, layOutRepository } from '../testdata/repository.ts';
import { type DiffOptions, diffCommand } from './diff.ts';

const now = new Date('2026-12-01T00:00:00Z');
const golden = fileURLToPath(new URL('../testdata/diff', import.meta.url));
const MODELS = 'models.yaml';
const ALPHA = 'clusters/alpha/cluster.yaml';
const BETA = 'clusters/beta/cluster.yaml';

async function diffOf(root: string, changes: Partial<DiffOptions> = {}): Promise<string> {
  const result = await diffCommand(root, { base: 'main', format: 'markdown', most: 64_000, now, ...changes });
  assert.ok('text' in result, JSON.stringify('outcome' in result ? result.outcome.problems : ''));
  return result.text.replace(/\(([0-9a-f]{12})\)/, '(<commit>)');
}

const situations: Readonly<Record<string, (root: string) => void>> = {
  nothing: () => undefined,
  'new-version': (root) => {
    edit(root, MODELS, 'sha256: aaaa', 'metrics: {accuracy: 0.921053}\n        sha256: aaaa');
    edit(root, MODELS, 'sha256: bbbb', 'metrics: {accuracy: 0.947368}\n        sha256: bbbb');
    edit(root, MODELS, 'beta: {version: "1"}', 'beta: {version: "2"}');
  },
  'version-nowhere': (root) =>
    edit(
      root,
      MODELS,
      '    signature:',
      '      - version: "3"\n        artifact: s3://example-models/iris/3/\n        sha256: ' +
        `${'c'.repeat(64)}\n    signature:`,
    ),
  'answer-of-version': (root) => {
    edit(root, MODELS, '      - version: "2"', '        expect: {label: [1]}\n      - version: "2"');
  },
  resources: (root) => {
    edit(root, MODELS, 'resources: {cpu: 100m, memory: 256Mi}', 'resources: {cpu: "1", memory: 768Mi, cpuLimit: "2"}');
    edit(root, MODELS, 'alpha: {version: "2"}', 'alpha: {version: "2", autoscaling: {minReplicas: 2, maxReplicas: 3}}');
    edit(root, ALPHA, 'cpu: "2"', 'cpu: "8"');
  },
  'replicas-only': (root) =>
    edit(
      root,
      MODELS,
      'alpha: {version: "2"}',
      'alpha: {version: "2", timeoutSeconds: 90, autoscaling: {maxReplicas: 2, target: 60}}',
    ),
  'new-model': (root) =>
    appendFileSync(
      join(root, MODELS),
      '\n  - name: rose\n    owner: flowers\n    description: Colour of a rose.\n    format: onnx\n    versions:\n      - version: "1"\n        artifact: s3://example-models/rose/1/\n        metrics: {accuracy: 0.9}\n        sha256: ' +
        `${'d'.repeat(64)}\n    serve:\n      beta: {version: "1"}\n`,
    ),
  'removed-from-cluster': (root) => edit(root, MODELS, '      alpha: {version: "2"}\n', ''),
  'cluster-local': (root) =>
    edit(root, MODELS, 'beta: {version: "1"}', 'beta: {version: "1", visibility: cluster-local}'),
  environment: (root) =>
    edit(root, MODELS, 'beta: {version: "1"}', 'beta: {version: "1", environment: {NOTE: "a|b `c` ``` @all <img>"}}'),
  'artifact-in-place': (root) => edit(root, MODELS, 's3://example-models/iris/1/', 's3://example-models/iris/1b/'),
  'entry-only': (root) => {
    edit(root, MODELS, 'Species of an iris flower from two lengths.', 'Species of an iris.');
    edit(root, MODELS, 'default: 5}', 'default: 6}');
  },
  'moves-to-another-team': (root) => {
    edit(root, MODELS, 'owner: flowers', 'owner: cellar');
    edit(root, MODELS, '      alpha: {version: "2"}\n', '');
  },
  'part-release': (root) =>
    edit(root, ALPHA, 'mlflow: {enabled: true}', 'mlflow: {enabled: true}\n  certManager: {version: v1.19.0}'),
  'runtime-image': (root) =>
    edit(
      root,
      BETA,
      'kserve:\n',
      `predictor:\n  image: registry.example.org/predictor@sha256:${'e'.repeat(64)}\nkserve:\n`,
    ),
  domain: (root) => edit(root, BETA, 'domain: beta.example.org', 'domain: models.example.org'),
  quota: (root) => edit(root, ALPHA, 'memory: 4Gi', 'memory: 8Gi'),
  'cluster-removed': (root) => {
    rmSync(join(root, 'clusters/beta'), { recursive: true });
    const text = readFileSync(join(root, MODELS), 'utf8');
    writeFileSync(
      join(root, MODELS),
      text
        .replaceAll('      beta: {version: "1"}\n', '')
        .replace('    serve:\n\n', '\n')
        .replace(/ {4}serve:\n$/, ''),
    );
  },
  'cluster-added': (root) => {
    cpSync(join(root, 'clusters/beta'), join(root, 'clusters/gamma'), { recursive: true });
    rmSync(join(root, 'clusters/gamma/argocd'), { recursive: true });
    rmSync(join(root, 'clusters/gamma/aws'), { recursive: true });
    edit(root, MODELS, 'beta: {version: "1"}', 'beta: {version: "1"}\n      gamma: {version: "1"}');
  },
  'canary-begins': (root) =>
    edit(root, MODELS, 'beta: {version: "1"}', 'beta: {version: "1", canary: {version: "2", weight: 10}}'),
  'canary-begins-inside': (root) => edit(root, MODELS, 'beta: {version: "1"}', CANARY),
  'canary-ends-inside': (root) => edit(root, MODELS, CANARY, 'beta: {version: "2"}'),
  'mirror-begins': (root) => edit(root, MODELS, CANARY, CANARY.replace(/}$/, ', mirror: {version: "2", percent: 50}}')),
  'kserve-with-canary': (root) => edit(root, BETA, 'version: v0.16.0', 'version: v0.20.0'),
  'hpa-to-keda': (root) => edit(root, MODELS, HPA, KEDA),
  'keda-to-hpa': (root) => edit(root, MODELS, KEDA, HPA),
  suspended: (root) => edit(root, MODELS, 'beta: {version: "1"}', 'beta: {version: "1", suspended: true}'),
  'prices-told': (root) => {
    edit(root, ALPHA, 'kserve:\n', 'prices: {cpuHour: 0.04, memoryGiBHour: 0.005, currency: EUR}\nkserve:\n');
    edit(root, MODELS, 'cpu: 100m', 'cpu: 500m');
  },
  'secret-resealed': (root) => {
    const file = 'clusters/alpha/sealed/flowers.mlops-aws-credentials.yaml';
    const other = readFileSync(join(root, 'clusters/alpha/sealed/mlflow.mlops-aws-credentials.yaml'), 'utf8');
    const value = /AWS_ACCESS_KEY_ID: (\S+)/.exec(other)?.[1] ?? '';
    const text = readFileSync(join(root, file), 'utf8');
    writeFileSync(join(root, file), text.replace(/AWS_ACCESS_KEY_ID: \S+/, `AWS_ACCESS_KEY_ID: ${value}`));
  },
};

const KEDA = 'autoscaling: {class: keda, metric: cpu, target: 60, maxReplicas: 2}';
const HPA = 'autoscaling: {maxReplicas: 2}';
const SERVED = 'alpha: {version: "2"';
const CANARY = 'beta: {version: "1", canary: {version: "2", weight: 10}}';

/** What stood in the base before the change of the same name. */
const prepared: Readonly<Record<string, (root: string) => void>> = {
  'hpa-to-keda': (root) => {
    edit(root, ALPHA, '  monitoring: {enabled: true}', '  monitoring: {enabled: true}\n  keda: {enabled: true}');
    edit(root, MODELS, SERVED, `${SERVED}, ${HPA}`);
  },
  'keda-to-hpa': (root) => {
    edit(root, ALPHA, '  monitoring: {enabled: true}', '  monitoring: {enabled: true}\n  keda: {enabled: true}');
    edit(root, MODELS, SERVED, `${SERVED}, ${KEDA}`);
  },
  'canary-ends-inside': (root) => {
    edit(root, BETA, 'version: v0.16.0', 'version: v0.20.0');
    edit(root, MODELS, 'beta: {version: "1"}', CANARY);
  },
  'canary-begins-inside': (root) => edit(root, BETA, 'version: v0.16.0', 'version: v0.20.0'),
  'kserve-with-canary': (root) => edit(root, MODELS, 'beta: {version: "1"}', CANARY),
  'mirror-begins': (root) => edit(root, MODELS, 'beta: {version: "1"}', CANARY),
};

for (const [name, change] of Object.entries(situations)) {
  test(`diff of ${name}`, async () => {
    await within(await layOutRepository(now, prepared[name]), async (root) => {
      change(root);
      const text = await diffOf(root);
      const file = join(golden, `${name}.md`);
      if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
      assert.equal(text, existsSync(file) ? readFileSync(file, 'utf8') : '');
      const json = await diffCommand(root, { base: 'main', format: 'json', most: 64_000, now });
      assert.ok('text' in json);
      const value = JSON.parse(json.text) as Record<string, unknown[]>;
      assert.equal((value['models'] ?? []).length > 0, text.includes('### Models'), 'JSON and Markdown tell the same');
    });
  });
}

test('no golden file is left of a situation that is gone', () => {
  const wanted = Object.keys(situations).map((name) => `${name}.md`);
  assert.deepEqual(readdirSync(golden).sort(), wanted.sort());
});

test('what others did on the base since the branch began is not told', async () => {
  await within(await layOutRepository(now), async (root) => {
    edit(root, MODELS, 'cpu: 100m', 'cpu: 200m');
    commit(root);
    git(root, 'checkout', '-q', 'main');
    edit(root, BETA, 'domain: beta.example.org', 'domain: elsewhere.example.org');
    commit(root);
    git(root, 'checkout', '-q', 'change');
    const text = await diffOf(root);
    assert.match(text, /cpu 100m → 200m/);
    assert.doesNotMatch(text, /elsewhere/);
  });
});

test('a made file that was edited by hand in the base is compared as it is there', async () => {
  await within(await layOutRepository(now), async (root) => {
    const file = 'apps/alpha/model-iris/inferenceservice.yaml';
    git(root, 'checkout', '-q', 'main');
    edit(root, file, 'timeout: 60', 'timeout: 61');
    commit(root);
    git(root, 'checkout', '-q', '-b', 'repair');
    const text = await diffOf(root);
    assert.match(text, /`spec\.predictor\.timeout`/);
    assert.match(text, /-\s+timeout: 61/);
  });
});

test('a thousand models that change alike are one row, and the comment stays within its length', async () => {
  const many = (root: string) => {
    const entries = Array.from(
      { length: 1000 },
      (_, index) =>
        `  - name: m${index}\n    owner: flowers\n    description: Model ${index}.\n    format: onnx\n    versions:\n      - version: "1"\n        artifact: s3://example-models/m${index}/\n        sha256: ${String(index).padStart(64, 'a')}\n    resources: {cpu: 1m, memory: 64Mi}\n    serve:\n      beta: {version: "1"}\n`,
    );
    appendFileSync(join(root, MODELS), `\n${entries.join('\n')}`);
  };
  await within(await layOutRepository(now, many), async (root) => {
    const text = readFileSync(join(root, MODELS), 'utf8');
    writeFileSync(join(root, MODELS), text.replaceAll('cpu: 1m', 'cpu: 2m'));
    const told = await diffOf(root);
    assert.match(
      told,
      /\*\*m0\*\*, \*\*m1\*\*.* and 995 more \| beta \| cpu 1m → 2m \(\+1m\), 1 pod restarts, route unchanged/,
    );
    assert.match(told, /1000 pods restart, of /);
    assert.ok(told.length <= 64_000, String(told.length));
    assert.match(told, /files? more, too long for a comment/);
    assert.ok(told.trimEnd().endsWith('</details>'));
  });
});

test('a registry with faults has no difference, only problems', async () => {
  await within(await layOutRepository(now), async (root) => {
    edit(root, MODELS, 'name: wine', 'name: iris');
    const result = await diffCommand(root, { base: 'main', format: 'markdown', most: 64_000, now });
    assert.ok('outcome' in result);
    assert.ok(result.outcome.problems.some(({ code }) => code === 'MODEL_NAME_TAKEN'));
  });
});

test('a base that this version cannot read is said aloud', async () => {
  await within(await layOutRepository(now), async (root) => {
    git(root, 'checkout', '-q', 'main');
    edit(root, MODELS, 'models:', 'colour: red\nmodels:');
    commit(root);
    git(root, 'checkout', '-q', '-b', 'mend');
    edit(root, MODELS, 'colour: red\n', '');
    assert.match(await diffOf(root), /cannot be read by this version \(FIELD_UNKNOWN in models\.yaml\)/);
  });
});

test('a base that is not there is BASE_UNKNOWN', async () => {
  await within(await layOutRepository(now), async (root) => {
    for (const base of ['no-such-branch', '--output=x', 'HEAD:models.yaml']) {
      const result = await diffCommand(root, { base, format: 'markdown', most: 64_000, now });
      assert.ok('outcome' in result);
      assert.deepEqual(
        result.outcome.problems.map(({ code }) => code),
        ['BASE_UNKNOWN'],
      );
    }
    git(root, 'checkout', '-q', '--orphan', 'apart');
    edit(root, MODELS, 'cpu: 100m', 'cpu: 200m');
    commit(root);
    const apart = await diffCommand(root, { base: 'main', format: 'markdown', most: 64_000, now });
    assert.ok('outcome' in apart && /in common/.test(apart.outcome.problems[0]?.message ?? ''));
  });
});
