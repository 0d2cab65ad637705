/** The real kubeseal, where this machine has it: named by KUBESEAL, on the PATH, or in the test cluster's cache. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const folders = [...(process.env['PATH'] ?? '').split(delimiter), join(homedir(), '.cache/kserve-cluster/bin')];
const places = [process.env['KUBESEAL'] ?? '', ...folders.map((folder) => join(folder, 'kubeseal'))];
const binary = places.find((place) => place !== '' && runs(place));

/** For `node:test`: why tests with kubeseal are skipped, or false. */
export const withoutKubeseal: string | false =
  binary === undefined ? 'kubeseal is not installed (set KUBESEAL to its path)' : false;

/** Runs kubeseal; throws with its own words when it fails. */
export function kubeseal(args: readonly string[], input: string): string {
  const { status, stderr, stdout } = spawnSync(binary ?? 'kubeseal', args, { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`kubeseal ${args.join(' ')}: ${stderr}`);
  return stdout;
}

function runs(place: string): boolean {
  try {
    accessSync(place, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
