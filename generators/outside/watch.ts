/** Waiting for people: edits of files, and signals. */
import { join, relative } from 'node:path';
import { watch } from 'chokidar';

export interface Watch {
  close(): Promise<void>;
}

/** Editors write in several steps; what comes within this time counts as one edit. */
const SETTLE_MS = 150;

/**
 * Calls `onEdit` with the changed paths. Edits during a call are gathered and handled after it; `clusters/*` is watched
 * for people's files only, since this very program writes the made ones.
 */
export function watchFiles(root: string, paths: readonly string[], onEdit: (files: string[]) => Promise<void>): Watch {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  const run = async () => {
    while (changed.size > 0) {
      const files = [...changed].sort();
      changed.clear();
      await onEdit(files);
    }
    running = undefined;
  };
  const made = /^clusters\/[^/]+\/(argocd|aws)(\/|$)/;
  const watcher = watch(
    paths.map((path) => join(root, path)),
    {
      ignoreInitial: true,
      ignored: (path) => made.test(relative(root, path)) || path.endsWith('.tmp') || path.endsWith('~'),
    },
  );
  watcher.on('all', (event, path) => {
    if (event === 'addDir' || event === 'unlinkDir') return;
    changed.add(relative(root, path));
    clearTimeout(timer);
    timer = setTimeout(() => {
      running ??= run();
    }, SETTLE_MS);
  });
  return {
    async close() {
      clearTimeout(timer);
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
