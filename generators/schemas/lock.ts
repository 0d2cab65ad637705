/** `schemas/kubernetes/lock.json`: where each vendored schema comes from, and the sums by which a change is noticed. */
import { createHash } from 'node:crypto';
import type { Source } from './sources.ts';

/** One file under `schemas/kubernetes`. Every schema also holds ObjectMeta from the Kubernetes release. */
export interface LockRow {
  readonly file: string;
  readonly sha256: string;
  readonly project: string;
  readonly version: string;
  /** Path inside the release. */
  readonly source: string;
  readonly sourceSha256: string;
}

export function lockRow(file: string, text: string, source: Source, sourceText: string): LockRow {
  const { project, version, path } = source;
  return { file, sha256: sha256(text), project, version, source: path, sourceSha256: sha256(sourceText) };
}

export function printLock(rows: readonly LockRow[]): string {
  const sorted = [...rows].sort((a, b) => (a.file < b.file ? -1 : 1));
  return `${JSON.stringify(sorted, null, 1)}\n`;
}

export function readLock(text: string): readonly LockRow[] {
  return JSON.parse(text) as LockRow[];
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
