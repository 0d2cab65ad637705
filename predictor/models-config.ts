/** Reads the models file, `schemas/predictor-config.schema.json`: several models, each from its own place. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import schema from '../schemas/predictor-config.schema.json' with { type: 'json' };
import { reasonOf } from './models/fault.ts';
import type { ModelSource } from './models/source.ts';

interface ModelEntry {
  readonly name: string;
  readonly version?: string;
  readonly uri?: string;
  readonly path?: string;
  readonly sha256?: string;
  readonly labels?: Readonly<Record<string, readonly string[]>>;
  readonly aliases?: Readonly<Record<string, string>>;
}

/** Every fault of a models file, in one message. */
export class ModelsFileError extends Error {}

const defaultVersion = '1';
const isModelsFile = new Ajv2020({ allErrors: true, verbose: true, strict: true, strictRequired: false }).compile<{
  readonly models: readonly ModelEntry[];
}>(schema);

/** Rejects with ModelsFileError. Relative paths are taken from the file's own folder. */
export async function readModelsFile(file: string): Promise<ModelSource[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ModelsFileError(`cannot read ${file}: ${reasonOf(error)}`);
  });
  return modelSources(text, file);
}

/** Throws ModelsFileError. */
export function modelSources(text: string, file: string): ModelSource[] {
  const value = parse(text, file);
  if (!isModelsFile(value)) {
    // What each branch of a oneOf misses says less than the oneOf itself.
    const faults = (isModelsFile.errors ?? []).filter((error) => !error.schemaPath.includes('/oneOf/'));
    throw new ModelsFileError(`${file}: ${[...new Set(faults.map(faultText))].join('; ')}`);
  }
  const sources = value.models.map((entry) => sourceOf(entry, dirname(resolve(file))));
  const seen = new Map<string, number>();
  for (const [index, { name, version }] of sources.entries()) {
    const key = JSON.stringify([name, version]);
    const first = seen.get(key);
    if (first !== undefined) {
      throw new ModelsFileError(
        `${file}: /models/${index} repeats model "${name}" version "${version}" of /models/${first}`,
      );
    }
    seen.set(key, index);
  }
  return sources;
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ModelsFileError(`${file} is not JSON: ${reasonOf(error)}`);
  }
}

function sourceOf(entry: ModelEntry, folder: string): ModelSource {
  return {
    name: entry.name,
    version: entry.version ?? defaultVersion,
    location: entry.uri ?? resolve(folder, entry.path ?? ''),
    ...(entry.sha256 === undefined ? {} : { sha256: entry.sha256.toLowerCase() }),
    labels: entry.labels ?? {},
    aliases: entry.aliases ?? {},
  };
}

function faultText(error: ErrorObject): string {
  const place = error.instancePath || '/';
  const quoted = JSON.stringify(error.data)?.slice(0, 80);
  if (error.keyword === 'additionalProperties')
    return `${place} has unknown member "${error.params['additionalProperty']}"`;
  if (error.keyword === 'required') return `${place} lacks "${error.params['missingProperty']}"`;
  if (error.keyword === 'oneOf') return `${place} must have exactly one of "uri" and "path"`;
  return `${place} is ${quoted}: ${error.message}`;
}
