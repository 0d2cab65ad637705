/** What is measured in a process of its own: `job.ts compile|edit|write <root>`. Prints one line of JSON. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Compiled, createCompiler } from '../../generators/commands/compile.ts';
import { REGISTRY } from '../../generators/commands/compile-files.ts';
import { generateWith } from '../../generators/commands/generate.ts';
import { changedFiles } from '../../generators/verify/changes.ts';
import { peakMemory } from '../measure.ts';

/** What a job reports. Seconds and bytes. */
export interface JobReport {
  readonly memory: number | undefined;
  readonly objects: number;
  /** Seconds of each edit, with the CPU time of the process meanwhile. */
  readonly edits?: readonly Edit[];
  /** Seconds of writing all files, and of finding nothing to write. */
  readonly writes?: readonly number[];
}

export interface Edit {
  readonly wall: number;
  readonly cpu: number;
  /** Files that differ from the result before. */
  readonly files: number;
}

const EDITS = 7;

function sound(compiled: Compiled): Compiled {
  const first = compiled.problems.find(({ severity }) => severity === 'error');
  if (first !== undefined) throw new Error(`bug: the sample has the fault ${first.code}: ${first.message}`);
  return compiled;
}

async function compileJob(root: string): Promise<Omit<JobReport, 'memory'>> {
  const compiled = sound(await createCompiler(root).compile({ now: new Date() }));
  return { objects: compiled.objects };
}

/** Changes one entry after another in the file, each time compiling anew and finding out which files differ. */
async function editJob(root: string): Promise<Omit<JobReport, 'memory'>> {
  const compiler = createCompiler(root);
  let before = sound(await compiler.compile({ now: new Date() }));
  const path = join(root, REGISTRY);
  let text = await readFile(path, 'utf8');
  const edits: Edit[] = [];
  for (let index = 0; index < EDITS; index += 1) {
    const place = text.indexOf('      memory: ', Math.floor((text.length * (index + 1)) / (EDITS + 2)));
    const end = text.indexOf('\n', place);
    text = `${text.slice(0, place)}      memory: ${700 + index}Mi${text.slice(end)}`;
    await writeFile(path, text);
    const start = performance.now();
    const cpu = process.cpuUsage();
    const compiled = sound(await compiler.compile({ now: new Date() }));
    const files = changedFiles(before.parts, compiled.parts).length;
    const used = process.cpuUsage(cpu);
    edits.push({ wall: (performance.now() - start) / 1000, cpu: (used.user + used.system) / 1e6, files });
    before = compiled;
  }
  return { objects: before.objects, edits };
}

async function writeJob(root: string): Promise<Omit<JobReport, 'memory'>> {
  const compiler = createCompiler(root);
  const { objects } = sound(await compiler.compile({ now: new Date() }));
  const writes: number[] = [];
  for (let turn = 0; turn < 2; turn += 1) {
    const start = performance.now();
    await generateWith(compiler, root, { now: new Date() });
    writes.push((performance.now() - start) / 1000);
  }
  return { objects, writes };
}

const jobs: Readonly<Record<string, (root: string) => Promise<Omit<JobReport, 'memory'>>>> = {
  compile: compileJob,
  edit: editJob,
  write: writeJob,
};

const [name = '', root = ''] = process.argv.slice(2);
const job = jobs[name];
if (job === undefined) throw new Error(`bug: there is no job "${name}"`);
const report: JobReport = { ...(await job(root)), memory: peakMemory('self') };
process.stdout.write(`${JSON.stringify(report)}\n`);
