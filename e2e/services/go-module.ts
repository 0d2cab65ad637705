/** Files that a project releases within its Go module. */
import { run } from '../processes.ts';

/** Folder of a module's files, read-only, fetched if Go's cache lacks it. `module` is `path@version`. Throws with what `go` said. */
export async function goModule(module: string): Promise<string> {
  const { out } = await run('go', ['mod', 'download', '-json', module], { seconds: 300 });
  const { Dir } = JSON.parse(out) as { Dir: string };
  return Dir;
}
