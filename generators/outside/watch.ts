/** Waiting for people: edits of files, and signals. */
import { join, relative } from 'node:path';
import { watch } from 'chokidar';

export interface Edits {
  /**
   * Calls `onEdit` with the changed paths, also for edits since the watch began. Edits during a call are gathered and
   * handled after it.
   */
  handle(onEdit: (files: string[]) => Promise<void>): void;
  close(): Promise<void>;
}

/** Editors write in several steps; what comes within this time counts as one edit. */
const SETTLE_MS = 150;

/** Files that this very program writes, and drafts of editors. */
const NOT_PEOPLES = /^clusters\/[^/]+\/(argocd|aws)(\/|$)|\.tmp$|~$|\.sw[a-z]$/;

/** Watches files and folders below `root`; resolves once no edit can be missed. */
export async function watchFiles(root: string, paths: readonly string[]): Promise<Edits> {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let handler: ((files: string[]) => Promise<void>) | undefined;
  const run = async () => {
    while (changed.size > 0 && handler !== undefined) {
      const files = [...changed].sort();
      changed.clear();
      await handler(files);
    }
    running = undefined;
  };
  const schedule = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running ??= run();
    }, SETTLE_MS);
  };
  const watcher = watch(
    paths.map((path) => join(root, path)),
    { ignoreInitial: true, ignored: (path) => NOT_PEOPLES.test(relative(root, path)) },
  );
  watcher.on('all', (event, path) => {
    if (event === 'addDir' || event === 'unlinkDir') return;
    changed.add(relative(root, path));
    schedule();
  });
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  return {
    handle(onEdit) {
      handler = onEdit;
      if (changed.size > 0) schedule();
    },
    async close() {
      clearTimeout(timer);
      handler = undefined;
      await watcher.close();
      await running;
    },
  };
}

/** Resolves at the first of the signals; a second one ends the program at once, as usual. */
export function waitForSignal(signals: readonly NodeJS.Signals[]): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of signals) process.once(signal, () => resolve(signal));
  });
}
