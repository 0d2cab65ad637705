/**
 * Broken variants of the story's good state, through the checks of `npm run verify` with every tier that needs no cluster:
 * each is caught by the tier that is there for it, in the words of `variants.md`. `UPDATE_GOLDEN=1` writes that anew.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { S3Client } from '@aws-sdk/client-s3';
import { createColors } from 'picocolors';
import { generate } from '../commands/generate.ts';
import type { Outcome } from '../commands/outcome.ts';
import { verify } from '../commands/verify.ts';
import { verifyObjects } from '../commands/verify-objects.ts';
import { problemCodes } from '../problem-codes.ts';
import { locateProblems } from '../report/located.ts';
import { textReport } from '../report/text.ts';
import { git, layOutRepository } from '../testdata/repository.ts';
import { editFile, editObject, type Store, tellEdit } from './edits.ts';
import type { World } from './mlflow-server.ts';
import { type Variant, variants } from './testdata/variants.ts';

const GOLDEN = fileURLToPath(new URL('./variants.md', import.meta.url));
const NOW = '2026-12-01';

export interface Setting {
  readonly world: () => World;
  readonly bucket: string;
  /** Runs `npm run model -- …` in a folder; resolves to its output, rejects where it fails. */
  readonly model: (root: string, args: readonly string[]) => Promise<string>;
  /** Takes out what differs from run to run. */
  readonly stable: (text: string) => string;
}

/** Adds one test for each variant, and one for the good state before them. */
export function testVariants({ world, bucket, model, stable }: Setting): void {
  let root: string;
  let cacheFolder: string;
  let store: Store;
  const pages: string[] = [];

  after(() => {
    store.client.destroy();
    rmSync(root, { recursive: true });
    rmSync(cacheFolder, { recursive: true });
  });

  /** The branch of a pull request that adds a model and serves its second version. */
  async function layOut(): Promise<void> {
    root = await layOutRepository(new Date(NOW));
    cacheFolder = mkdtempSync(join(tmpdir(), 'kserve-gitops-facts-'));
    await model(root, ['import', 'models:/iris-species/1', '--cluster', 'alpha', '--expect']);
    await model(root, ['import', 'models:/iris-species@champion', '--expect']);
    await model(root, ['promote', 'iris-species', '--version', '2', '--to', 'alpha']);
    await generate(root, { now: new Date(NOW) });
    git(root, 'add', '-A');
    git(root, 'commit', '-q', '-m', 'iris-species');
    const { environment, logged } = world();
    // The SDK in this process reads the account where every program does.
    Object.assign(process.env, environment);
    const endpoint = environment['AWS_ENDPOINT_URL'] ?? '';
    const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true });
    store = { client, bucket, prefix: `mlflow/1/models/${logged[1]?.model}/artifacts/` };
  }

  function check({ objects, date, endpoint }: Partial<Variant> = {}): Promise<Outcome> {
    const now = new Date(date ?? NOW);
    if (objects !== undefined) return verifyObjects([join(root, objects)], now);
    const environment = { ...world().environment, ...(endpoint === undefined ? {} : { AWS_ENDPOINT_URL: endpoint }) };
    const models = { artifacts: 'on', answers: true, since: 'main', samples: false, environment, cacheFolder } as const;
    return verify(root, { now, models });
  }

  test('before anything is broken, every tier that needs no cluster passes', async () => {
    await layOut();
    const { problems, summary } = await check();
    assert.deepEqual(problems, []);
    const { tiers } = summary as { tiers: { run: readonly string[]; notRun: readonly string[] } };
    assert.deepEqual(tiers.notRun, ['T8']);
    assert.ok(tiers.run.includes('T6') && tiers.run.includes('T7'));
  });

  for (const variant of variants) {
    test(`${variant.tier} catches ${variant.what}`, async () => {
      const takeBack: (() => Promise<void>)[] = [];
      try {
        for (const edit of variant.edits) {
          if ('object' in edit) takeBack.push(await editObject(store, edit));
          else editFile(root, edit);
        }
        // Whoever edits the registry also runs this; it writes nothing where the registry has a fault.
        if (variant.objects === undefined && variant.tier !== 'files') await generate(root, { now: new Date(NOW) });
        const outcome = await check(variant);
        const errors = outcome.problems.filter(({ severity }) => severity === 'error').map(({ code }) => code);
        assert.deepEqual([...errors].sort(), [variant.code, ...(variant.besides ?? [])].sort());
        assert.equal(problemCodes[variant.code], variant.tier);
        pages.push(page(variant, outcome));
      } finally {
        for (const undo of takeBack) await undo();
        git(root, 'checkout', '-q', '--', '.');
        git(root, 'clean', '-fdq');
      }
    });
  }

  test('each in the words of variants.md', () => {
    assert.equal(pages.length, variants.length, 'every variant was caught');
    const text = stable(`# Broken variants, and what a person reads of each\n\n${pages.join('\n')}`);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(GOLDEN, text);
    assert.equal(text, readFileSync(GOLDEN, 'utf8'));
  });

  function page({ what, tier, code, edits }: Variant, outcome: Outcome): string {
    const problems = locateProblems(outcome.problems, outcome.locate);
    const text = textReport(problems, createColors(false)).replaceAll(`${root}/`, '');
    return `## ${tier} ${code}: ${what}\n\n${edits.map((edit) => `- ${tellEdit(edit)}\n`).join('')}\n\`\`\`\n${text}\`\`\`\n`;
  }
}
