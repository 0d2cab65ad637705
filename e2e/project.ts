/** The working copy of this repository that a run changes, as people do: files, then the project's own commands. */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isMap, isSeq, parseDocument } from 'yaml';
import { createBare, type GitServer, push } from './git.ts';
import { type RunOptions, run } from './processes.ts';
import { CLUSTER, type Settings } from './settings.ts';

const REPOSITORY = 'kserve-gitops';

export interface Project {
  /** Root of the working copy. */
  readonly root: string;
  readonly url: string;
  read(file: string): string;
  write(file: string, text: string): void;
  /** `npm run <script> -- <args>`; rejects when it fails, unless its exit code is fine. */
  npm(script: string, args: readonly string[], options?: RunOptions): Promise<string>;
  /** Generates, verifies, commits and pushes; resolves to the revision. */
  release(message: string): Promise<string>;
}

/** Copies what git knows of this checkout, with its uncommitted changes, into `<folder>/work`, pushed to the git server. */
export async function openProject(settings: Settings, server: GitServer): Promise<Project> {
  const root = join(settings.folder, 'work');
  if (!existsSync(join(root, '.git'))) await copy(settings, server, root);
  return {
    root,
    url: server.url(REPOSITORY),
    read: (file) => readFileSync(join(root, file), 'utf8'),
    write(file, text) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    },
    npm: (script, args, options) => npm(root, script, args, options),
    async release(message) {
      await npm(root, 'generate', ['--cluster', CLUSTER]);
      await npm(root, 'verify', ['--cluster', CLUSTER]);
      return push(root, message);
    },
  };
}

async function copy({ source }: Settings, server: GitServer, root: string): Promise<void> {
  const bare = server.path(REPOSITORY);
  rmSync(bare, { recursive: true, force: true });
  rmSync(root, { recursive: true, force: true });
  await createBare(bare);
  await run('git', ['clone', '--quiet', bare, root]);
  const { out } = await run('git', ['-C', source, 'ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  for (const file of out.split('\0').filter((path) => path !== '' && existsSync(join(source, path))))
    cpSync(join(source, file), join(root, file), { recursive: true });
  // Argo CD takes no repository with a link that leads out of it.
  writeFileSync(join(root, '.git/info/exclude'), 'node_modules\n');
  symlinkSync(join(source, 'node_modules'), join(root, 'node_modules'));
  await push(root, 'the project as it is');
}

async function npm(root: string, script: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { out } = await run('npm', ['run', '--silent', script, '--', ...args], { seconds: 300, ...options, cwd: root });
  return out;
}

/** Replaces where models are served: only these are, on the test's cluster, as `serve` says. */
export function serveOnly(project: Project, serve: Readonly<Record<string, object>>): void {
  const document = parseDocument(project.read('models.yaml'));
  const models = document.get('models');
  if (!isSeq(models)) throw new Error('models.yaml has no list of models');
  for (const model of models.items) {
    if (!isMap(model)) continue;
    const wanted = serve[String(model.get('name'))];
    const existing = model.get('serve');
    if (wanted !== undefined) document.setIn(['models', models.items.indexOf(model), 'serve', CLUSTER], wanted);
    else if (isMap(existing)) existing.delete(CLUSTER);
  }
  project.write('models.yaml', document.toString({ lineWidth: 0 }));
}
