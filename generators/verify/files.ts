/** The files in memory against those on disk: byte for byte, and nothing beside them. */
import { fault, type Problem } from '../problem.ts';

const REPAIR = 'Run "npm run generate" and commit what it writes';

/** `disk` holds every file of the made folders, by path. */
export function checkFiles(made: ReadonlyMap<string, string>, disk: ReadonlyMap<string, string>): Problem[] {
  const problems: Problem[] = [];
  let present = 0;
  for (const [file, text] of made) {
    const found = disk.get(file);
    if (found !== undefined) present += 1;
    if (found === undefined) {
      problems.push(fault('FILE_ABSENT', { file }, `Cannot find "${file}", which the registry asks for`, REPAIR));
    } else if (found !== text) {
      const message = `Cannot accept "${file}": it differs from what the registry gives`;
      problems.push(fault('FILE_DRIFT', { file, offset: firstDifference(found, text) }, message, REPAIR));
    }
  }
  if (present === disk.size) return problems;
  for (const file of disk.keys()) {
    if (made.has(file)) continue;
    const message = `Cannot keep "${file}": nothing in the registry asks for it`;
    problems.push(fault('FILE_ORPHAN', { file }, message, `${REPAIR}; what people write belongs in another folder`));
  }
  return problems;
}

function firstDifference(a: string, b: string): number {
  let index = 0;
  while (index < a.length && a.charCodeAt(index) === b.charCodeAt(index)) index += 1;
  return index;
}
