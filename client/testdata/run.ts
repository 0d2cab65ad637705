/** The client in this process, with a page that is only for tests, before model servers of any kind. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelSource } from '../../predictor/models/source.ts';
import { serve, type Running as Predictor } from '../../predictor/testdata/models.ts';
import type { Catalogue, CatalogueModel } from '../../schemas/types/client-catalogue.d.ts';
import { bundlePage } from '../bundle.ts';
import { readConfig } from '../config.ts';
import type { Failure } from '../contract.ts';
import { createAssets } from '../server/assets.ts';
import { createLog } from '../server/log.ts';
import { type Running, startClient } from '../start.ts';

export interface TestClient extends Running {
  readonly log: Readonly<Record<string, unknown>>[];
  /** Replaces the catalogue's file. */
  rewrite(text: string): void;
}

export const page = join(import.meta.dirname, 'page');
const examples = join(import.meta.dirname, '../../examples');
const assets = bundlePage(page).then((files) => createAssets(files, 1));

/** With a catalogue and any flags; on free ports. */
export async function runClient(models: readonly CatalogueModel[] | undefined, ...flags: string[]): Promise<TestClient> {
  const folder = mkdtempSync(join(tmpdir(), 'client-test-'));
  const file = join(folder, 'catalogue.json');
  const rewrite = (text: string) => writeFileSync(file, text);
  const catalogue: Catalogue = { cluster: 'test', title: 'Test models', models: models ?? [] };
  rewrite(JSON.stringify(catalogue));
  const place = models === undefined ? [] : ['--catalogue', file];
  const config = readConfig([...place, '--port', '0', '--operations-port', '0', '--readiness-seconds', '1', ...flags], {});
  if ('text' in config) throw new Error(config.text);
  const log: Record<string, unknown>[] = [];
  const running = await startClient(
    config,
    await assets,
    createLog((line) => log.push(JSON.parse(line) as Record<string, unknown>)),
  );
  const stop = () => running.stop().finally(() => rmSync(folder, { recursive: true }));
  return { ...running, stop, log, rewrite };
}

export interface SampleModel {
  readonly name: string;
  readonly version: string;
  readonly format: string;
  readonly artifact: string;
  readonly sha256: string;
  readonly signature: NonNullable<CatalogueModel['signature']>;
  readonly example: NonNullable<CatalogueModel['example']>;
}

export const samples = (JSON.parse(readFileSync(join(examples, 'models.json'), 'utf8')) as SampleModel[]).filter(
  ({ format }) => format === 'onnx',
);

/** The predictor of this repository with the sample models. */
export function runPredictor(): Promise<Predictor> {
  const sources = samples.map(
    ({ name, version, sha256, artifact }): ModelSource => ({
      name,
      version,
      sha256,
      location: artifact.replace('s3://', `${examples}/artifacts/`),
      labels: {},
      aliases: {},
    }),
  );
  return serve(sources, 1_000_000);
}

export function sample(name: string): SampleModel {
  const found = samples.filter((one) => one.name === name).at(-1);
  if (found === undefined) throw new Error(`no sample ${name}`);
  return found;
}

export function ask(client: Running, path: string, init?: RequestInit): Promise<Response> {
  return fetch(new URL(path, client.url), { redirect: 'manual', ...init });
}

export function post(client: Running, path: string, body: NonNullable<RequestInit['body']>, init: RequestInit = {}): Promise<Response> {
  return ask(client, path, { method: 'POST', body, ...init });
}

export async function failureOf(response: Response): Promise<Failure['error'] & { readonly status: number }> {
  return { ...((await response.json()) as Failure).error, status: response.status };
}

/** Asks until the answer is as wanted; rejects after `ms`. */
export async function until<Value>(get: () => Promise<Value>, wanted: (value: Value) => boolean, ms = 10_000): Promise<Value> {
  const end = Date.now() + ms;
  for (;;) {
    const value = await get();
    if (wanted(value)) return value;
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
