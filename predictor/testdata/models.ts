/** The models that the recorded exchanges speak to, in a running server. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataPlane, type DataPlane } from '../data-plane.ts';
import { createFetcher } from '../models/fetch.ts';
import { loadModel } from '../models/load.ts';
import { servingDefaults } from '../models/place.ts';
import { createRegistry, type Registry } from '../models/registry.ts';
import type { ModelSource } from '../models/source.ts';
import { createTrials } from '../models/trials.ts';
import { createLog } from '../operate/log.ts';
import { datatypes } from '../protocol/datatype.ts';
import { createRestServer } from '../rest/server.ts';
import { add, classifier, identity, write } from './onnx.ts';

export interface Running {
  readonly url: string;
  readonly port: number;
  readonly registry: Registry;
  readonly plane: DataPlane;
  readonly log: Record<string, unknown>[];
  stop(): Promise<void>;
}

export function sourceAt(location: string, name: string, version = '1'): ModelSource {
  return { name, version, location, labels: {}, aliases: {} };
}

/** Serves these sources on a free port of this machine. */
export async function serve(sources: readonly ModelSource[], maxBodyBytes: number): Promise<Running> {
  const log: Record<string, unknown>[] = [];
  const fetcher = createFetcher({ region: 'us-east-1', maxFolderBytes: 1, maxFolderObjects: 1 }, () => {});
  const trials = createTrials({ openMs: 60_000, runMs: 60_000 });
  const settings = { fetcher, trials, intraOpThreads: 1, serving: servingDefaults, report: () => {} };
  const registry = createRegistry((source) => loadModel(source, settings), () => {});
  await registry.apply(sources);
  const plane = createDataPlane({ registry, identity: { name: 'test', version: '0' }, accepting: () => true });
  const write = createLog((line) => log.push(JSON.parse(line) as Record<string, unknown>));
  const server = createRestServer(plane, { maxBodyBytes, log: write });
  const port = await server.listen('127.0.0.1', 0);
  const stop = async () => {
    await server.close();
    await registry.close();
  };
  return { url: `http://127.0.0.1:${port}`, port, registry, plane, log, stop };
}

/** One identity per datatype, a sum, two classifiers, two versions, an unusual name and a broken file. */
export async function serveTestModels(maxBodyBytes: number): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'exchanges-'));
  const files: Record<string, Uint8Array> = {
    add: add(),
    pets: classifier({ labels: ['cat', 'dog'] }),
    sevens: classifier({ labels: [7, 9] }),
    broken: Buffer.alloc(4),
    unusual: identity('FP32', [-1]),
  };
  for (const datatype of datatypes) files[`identity-${datatype.toLowerCase()}`] = identity(datatype, [-1]);
  write(folder, Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${name}.onnx`, bytes])));
  const at = (file: string, name = file, version = '1') => sourceAt(join(folder, `${file}.onnx`), name, version);
  const sources = Object.keys(files).filter((name) => name !== 'unusual').map((name) => at(name));
  const unusual = [at('unusual', 'name/with ünusual'), at('unusual', 'versions', '9'), at('unusual', 'versions', '10')];
  const running = await serve([...sources, ...unusual], maxBodyBytes);
  // A process that is started later reads the files again.
  const stop = () => running.stop().finally(() => rmSync(folder, { recursive: true }));
  return { ...running, stop };
}
