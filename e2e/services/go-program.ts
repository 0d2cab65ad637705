/** Programs that exist as Go modules, built once into the user's cache. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { goModule } from './go-module.ts';

export interface GoProgram {
  readonly module: string;
  /** Folder of its main package in the module. */
  readonly folder: string;
  /** A released version, with its v. */
  readonly version: string;
}

export function cacheFolder(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  return join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kserve-gitops-e2e');
}

/** Name of the program's file in its folder. */
export function programFile({ module, folder, version }: GoProgram): string {
  return `${module.split('/').at(-1)}-${folder.split('/').at(-1)}-${version}`;
}

/** Path of the program, built if the cache lacks it. Throws with what `go` said. */
export async function goProgram(program: GoProgram, log: (line: string) => void): Promise<string> {
  const { module, folder: main, version } = program;
  const name = programFile(program);
  const bin = join(cacheFolder(), 'bin');
  const file = join(bin, name);
  if (existsSync(file)) return file;
  mkdirSync(bin, { recursive: true });
  const folder = mkdtempSync(join(bin, '.building-'));
  const begun = performance.now();
  log(`${name}: building`);
  try {
    // Static, so that it runs in an image of any distribution.
    const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-trimpath', GOWORK: 'off' };
    // In its own folder: `go install` takes no module that replaces others.
    const args = ['build', '-ldflags=-s -w', '-o', join(folder, name), `./${main}`];
    await promisify(execFile)('go', args, { env, cwd: await goModule(`${module}@${version}`), maxBuffer: 1 << 26 });
    renameSync(join(folder, name), file);
  } catch (error) {
    const said = (error as { stderr?: string }).stderr ?? String(error);
    throw new Error(`${module}/${main}@${version} could not be built (Go 1.26 is needed):\n${said.slice(-2000)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  log(`${name}: built in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
  return file;
}
