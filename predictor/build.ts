/**
 * `npm run build:predictor [-- --out dist --arch x64|arm64]`: the predictor as JavaScript in a folder, with the packages that it
 * runs on and nothing else: `node dist/predictor/main.js` needs no npm, no TypeScript and no write access.
 *
 * Packages are found by what the compiled files import, and by what those packages depend on.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '..');

/** Dependencies that a package names but does not load when it serves; without a reason here all are taken. */
const notLoaded: Readonly<Record<string, readonly string[]>> = {
  // Both are for the install script, which fetches GPU libraries.
  'onnxruntime-node': ['adm-zip', 'global-agent'],
  // Only for its command line.
  '@grpc/proto-loader': ['yargs'],
  // Only types.
  protobufjs: ['@types/node'],
};

interface PackageJson {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

function build(out: string, arch: string): void {
  rmSync(out, { recursive: true, force: true });
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const compiled = spawnSync(
    process.execPath,
    [tsc, '-p', join(import.meta.dirname, 'tsconfig.build.json'), '--outDir', out],
    {
      stdio: 'inherit',
    },
  );
  if (compiled.status !== 0) throw new Error('tsc failed');
  for (const file of filesBelow(join(root, 'predictor/grpc')).filter((path) => path.endsWith('.proto')))
    cpSync(file, join(out, relative(root, file)));
  for (const folder of packagesOf(filesBelow(out))) copyPackage(folder, out, arch);
  cpSync(join(root, 'LICENSE'), join(out, 'LICENSE'));
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Folders of all packages that these files need, directly or not. */
function packagesOf(files: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (name: string, from: string) => {
    const folder = folderOf(name, from);
    if (folder === undefined || found.has(folder)) return;
    found.add(folder);
    const { dependencies, peerDependencies } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    ) as PackageJson;
    const skipped = notLoaded[name] ?? [];
    for (const next of Object.keys({ ...dependencies, ...peerDependencies }))
      if (!skipped.includes(next)) visit(next, folder);
  };
  for (const file of files.filter((path) => path.endsWith('.js'))) {
    const text = readFileSync(file, 'utf8');
    for (const [, name = ''] of text.matchAll(
      /(?:\bfrom |\bimport\(|\bimport )'((?:@[\w.-]+\/)?[\w-][\w.-]*)(?:\/[^']*)?'/g,
    ))
      visit(name, root);
  }
  return found;
}

/** As Node looks for it: from the innermost `node_modules` outwards. */
function folderOf(name: string, from: string): string | undefined {
  for (let folder = from; folder.startsWith(root); folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
  }
  return undefined;
}

/** Without what is only for people, for compilers or for other machines. */
function copyPackage(folder: string, out: string, arch: string): void {
  const isWanted = (path: string) => {
    const inside = relative(folder, path).split(sep);
    if (inside.includes('node_modules')) return false;
    if (inside[0] === 'bin' && inside[1] === 'napi-v6' && basename(folder) === 'onnxruntime-node')
      return isOwnBinary(inside, arch);
    return !/(\.d\.[cm]?ts|\.map|\.md)$/.test(path);
  };
  cpSync(folder, join(out, relative(root, folder)), { recursive: true, filter: isWanted });
}

function isOwnBinary([, , platform, machine]: readonly string[], arch: string): boolean {
  return (platform === undefined || platform === 'linux') && (machine === undefined || machine === arch);
}

const { values } = parseArgs({
  options: { out: { type: 'string', default: join(root, 'dist') }, arch: { type: 'string', default: process.arch } },
});
build(values.out, { amd64: 'x64' }[values.arch] ?? values.arch);
