/** The catalogue from a file that is followed: a good new one takes over, a faulty one is told and leaves the old. */
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import schema from '../../schemas/client-catalogue.schema.json' with { type: 'json' };
import type { Catalogue } from '../../schemas/types/client-catalogue.d.ts';
import { reasonOf } from './failure.ts';
import type { Log } from './log.ts';
import { CatalogueError, type Served, type Source, servedOf } from './served.ts';

const isCatalogue = new Ajv2020({ allErrors: true, verbose: true, allowUnionTypes: true }).compile<Catalogue>(schema);

/** Every fault of the file in one message. Throws CatalogueError. */
export function readCatalogue(file: string): Served {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const what = error instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    throw new CatalogueError(`${file} ${what}: ${reasonOf(error)}`);
  }
  if (!isCatalogue(value)) {
    const faults = (isCatalogue.errors ?? []).map(faultText);
    throw new CatalogueError(`${file}: ${[...new Set(faults)].join('; ')}`);
  }
  try {
    return servedOf(value);
  } catch (error) {
    throw error instanceof CatalogueError ? new CatalogueError(`${file}: ${error.message}`) : error;
  }
}

/** Looks at the file by its path, so that the exchanged link of a mounted ConfigMap is seen too. Throws CatalogueError. */
export function followCatalogue(file: string, intervalMs: number, log: Log, told: (valid: boolean) => void): Source {
  let served = readCatalogue(file);
  const listeners: (() => void)[] = [];
  told(true);
  watchFile(file, { interval: intervalMs, persistent: false }, (now, before) => {
    if (now.mtimeMs === before.mtimeMs && now.ino === before.ino && now.size === before.size) return;
    try {
      served = readCatalogue(file);
    } catch (error) {
      told(false);
      log('error', 'catalogue-failed', `Cannot take the new catalogue, the old one stays: ${reasonOf(error)}`);
      return;
    }
    told(true);
    log('info', 'catalogue-read', 'Catalogue read again', { models: served.entries.size });
    for (const call of listeners) call();
  });
  return {
    current: () => served,
    onChange: (call) => listeners.push(call),
    close: () => unwatchFile(file),
  };
}

function faultText(error: ErrorObject): string {
  const place = error.instancePath || '/';
  if (error.keyword === 'additionalProperties')
    return `${place} has unknown member "${error.params['additionalProperty']}"`;
  if (error.keyword === 'required') return `${place} lacks "${error.params['missingProperty']}"`;
  const quoted = JSON.stringify(error.data)?.slice(0, 80);
  const allowed = error.keyword === 'enum' ? `: ${(error.params['allowedValues'] as unknown[]).join(', ')}` : '';
  return `${place} is ${quoted}: ${error.message}${allowed}`;
}
