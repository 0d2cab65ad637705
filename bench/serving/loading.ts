/** The load generator as a process on its own core, and what a load cost the server. */
import { join } from 'node:path';
import { run } from '../measure.ts';
import type { Measured } from './findings.ts';
import type { Load, LoadReport } from './load.ts';
import { CORES, type Server } from './server.ts';

export interface Place {
  readonly root: string;
  readonly folder: string;
  /** Compiled programs. */
  readonly out: string;
}

export async function load(place: Place, what: Load): Promise<LoadReport> {
  const args = ['-c', CORES.load, process.execPath, join(place.out, 'bench/load.js'), JSON.stringify(what)];
  const ran = await run('taskset', args, { cwd: place.folder });
  if (ran.code !== 0) throw new Error(`the load generator ended with ${ran.code}: ${ran.errors.slice(0, 2000)}`);
  return JSON.parse(ran.output) as LoadReport;
}

export async function measure(place: Place, server: Server, what: Load): Promise<Measured> {
  const before = server.cpu();
  const found = await load(place, what);
  return { ...found, connections: what.connections, cpu: (server.cpu() - before) / found.requests };
}
