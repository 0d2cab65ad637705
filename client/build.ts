/**
 * `npm run build:client [-- --out client/dist]`: the client in a folder that needs neither npm nor write access: the
 * server as one file, `node client/dist/main.mjs`, beside it the page, and the licences of everything that went into both.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { build, type Metafile, type Plugin } from 'esbuild';
import { bundlePage } from './bundle.ts';

const root = join(import.meta.dirname, '..');

/** Packages written for CommonJS ask for Node's own modules in its way. */
const REQUIRE = "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);";

async function buildClient(out: string): Promise<void> {
  rmSync(out, { recursive: true, force: true });
  const used: Metafile[] = [];
  await bundleServer(join(out, 'main.mjs'), used);
  for (const [path, bytes] of await bundlePage(undefined, [remember(used)])) {
    const file = join(out, 'page-built', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
  cpSync(join(root, 'LICENSE'), join(out, 'LICENSE'));
  writeFileSync(join(out, 'THIRD-PARTY-LICENSES.txt'), licences(used));
}

async function bundleServer(outfile: string, used: Metafile[]): Promise<void> {
  await build({
    entryPoints: [join(import.meta.dirname, 'main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    banner: { js: REQUIRE },
    // Asked for only where no built page lies beside the program.
    external: ['./bundle.ts'],
    metafile: true,
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [remember(used)],
  });
}

function remember(used: Metafile[]): Plugin {
  return {
    name: 'remember',
    setup(one) {
      one.onEnd(({ metafile }) => {
        if (metafile !== undefined) used.push(metafile);
      });
    },
  };
}

/** The text of every licence, one package after the other. Throws for a package that has none. */
function licences(used: readonly Metafile[]): string {
  const folders = new Set(
    used.flatMap(({ inputs }) => Object.keys(inputs)).flatMap((path) => packageOf(resolve(path))),
  );
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
        string,
        string
      >;
      const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|copying|notice)\b/i.test(file));
      if (files.length === 0) throw new Error(`${folder} has no licence: it cannot be passed on`);
      const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
      return `${name} ${version}\n\n${texts.join('\n\n')}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** The folder of the package that a file is of; nothing for files of this repository. */
function packageOf(path: string): string[] {
  const parts = path.split(sep);
  const at = parts.lastIndexOf('node_modules');
  if (at < 0) return [];
  return [parts.slice(0, at + (parts[at + 1]?.startsWith('@') === true ? 3 : 2)).join(sep)];
}

const { values } = parseArgs({ options: { out: { type: 'string', default: join(import.meta.dirname, 'dist') } } });
await buildClient(values.out);
