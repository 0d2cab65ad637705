/** What `import` takes, as a person writes or copies it: an MLflow name, a page of MLflow, a folder in S3. */
import type { Reading } from './reading.ts';

export type ImportSource =
  | { readonly kind: 'alias'; readonly name: string; readonly alias: string }
  | { readonly kind: 'version'; readonly name: string; readonly version: string }
  | { readonly kind: 'loggedModel'; readonly id: string }
  /** `path` is the name under which the run logged the model; empty when only the run is known. */
  | { readonly kind: 'run'; readonly run: string; readonly path: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };

export interface ParsedSource {
  readonly source: ImportSource;
  /** Address of the MLflow server, where the page that was copied says it. */
  readonly trackingUri?: string;
}

const FORMS =
  'write models:/<name>@<alias>, models:/<name>/<version>, models:/m-<id>, runs:/<run>/<path>, s3://<bucket>/<prefix>/ or the address of an MLflow page';

export function parseSourceName(text: string): Reading<ParsedSource> {
  const models = /^models:\/+(.+)$/.exec(text)?.[1];
  if (models !== undefined) return named(models);
  const [, run, path] = /^runs:\/+([0-9a-f]{32})(?:\/(.*))?$/.exec(text) ?? [];
  if (run !== undefined) return found({ kind: 'run', run, path: trimmed(path ?? '') });
  const [, bucket, prefix] = /^s3:\/\/([^/\s]+)\/(\S+)$/.exec(text) ?? [];
  if (bucket !== undefined && prefix !== undefined) {
    return found({ kind: 's3', bucket, prefix: `${trimmed(prefix)}/` });
  }
  if (/^https?:\/\//.test(text)) return page(text);
  return { fault: `it is no name of a model: ${FORMS}` };
}

function named(rest: string): Reading<ParsedSource> {
  if (/^m-[0-9a-f]{32}$/.test(rest)) return found({ kind: 'loggedModel', id: rest });
  const [, name, alias] = /^([^/@]+)@([^/@]+)$/.exec(rest) ?? [];
  if (name !== undefined && alias !== undefined) return found({ kind: 'alias', name, alias });
  const [, model, version] = /^([^/@]+)\/(\d+)$/.exec(rest) ?? [];
  if (model !== undefined && version !== undefined) return found({ kind: 'version', name: model, version });
  const stage = /^[^/@]+\/[^/@]+$/.test(rest);
  const why = stage ? 'stages and "latest" change under the same name' : 'it names no version';
  return { fault: `${why}: ${FORMS}` };
}

/** Pages of MLflow 2 and 3, which keep their route behind `#`. */
function page(text: string): Reading<ParsedSource> {
  const [address = '', route = ''] = text.split('#');
  const trackingUri = address.replace(/\/+$/, '');
  const steps =
    route
      .split('?')[0]
      ?.split('/')
      .filter((step) => step !== '') ?? [];
  let parts: string[];
  try {
    parts = steps.map(decodeURIComponent);
  } catch {
    return { fault: 'its address is not encoded as addresses are' };
  }
  const [room, first = '', kind, last = ''] = parts;
  const at = (source: ImportSource): Reading<ParsedSource> => ({ value: { source, trackingUri } });
  if (room === 'models' && kind === 'versions' && /^\d+$/.test(last))
    return at({ kind: 'version', name: first, version: last });
  if (room === 'experiments' && kind === 'models' && /^m-[0-9a-f]{32}$/.test(last))
    return at({ kind: 'loggedModel', id: last });
  if (room === 'experiments' && kind === 'runs' && /^[0-9a-f]{32}$/.test(last))
    return at({ kind: 'run', run: last, path: '' });
  if (room === 'models' && kind === undefined && first !== '') {
    return { fault: `it is the page of all versions of "${first}": open one version and copy its address` };
  }
  return { fault: `it is no page of a registered version, a logged model or a run: ${FORMS}` };
}

function found(source: ImportSource): Reading<ParsedSource> {
  return { value: { source } };
}

function trimmed(path: string): string {
  return path.replace(/^\/+|\/+$/g, '');
}
