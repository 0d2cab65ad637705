/** Programs that exist as Go modules, built once into the user's cache. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface GoProgram {
  /** Path of its main package. */
  readonly path: string;
  /** A released version, with its v. */
  readonly version: string;
}

export function cacheFolder(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  return join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kserve-gitops-e2e');
}

/** Name of the program's file in its folder. */
export function programFile({ path, version }: GoProgram): string {
  return `${path.split('/').at(-1)}-${version}`;
}

/** Path of the program, built if the cache lacks it. Throws with what `go` said. */
export async function goProgram({ path, version }: GoProgram, log: (line: string) => void): Promise<string> {
  const name = path.split('/').at(-1) ?? path;
  const bin = join(cacheFolder(), 'bin');
  const file = join(bin, programFile({ path, version }));
  if (existsSync(file)) return file;
  mkdirSync(bin, { recursive: true });
  const folder = mkdtempSync(join(bin, '.building-'));
  const begun = performance.now();
  log(`${name} ${version}: building`);
  try {
    // Static, so that it runs in an image of any distribution.
    const env = { ...process.env, GOBIN: folder, CGO_ENABLED: '0', GOFLAGS: '-trimpath' };
    await promisify(execFile)('go', ['install', '-ldflags=-s -w', `${path}@${version}`], { env, maxBuffer: 1 << 26 });
    renameSync(join(folder, name), file);
  } catch (error) {
    const said = (error as { stderr?: string }).stderr ?? String(error);
    throw new Error(`${path}@${version} could not be built (Go 1.26 is needed):\n${said.slice(-2000)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  log(`${name} ${version}: built in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
  return file;
}
