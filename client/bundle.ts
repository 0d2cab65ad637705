/** client/page → the files that a browser loads. Used from a checkout at start, and by the build of the image. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { texts } from './page/texts.ts';

const PAGE = join(import.meta.dirname, 'page');

/** Browsers of the last few years: those with `:has()` and `AbortSignal.any`. */
const TARGET = ['chrome116', 'edge116', 'firefox124', 'safari17.4'];

/** Files by path; `index.html` is the document, with `{{prefix}}` where the prefix belongs. `folder` holds `main.tsx`. */
export async function bundlePage(
  folder = PAGE,
  plugins: readonly Plugin[] = [],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const entry = join(folder, 'main.tsx');
  if (!existsSync(entry)) throw new Error(`Cannot bundle the page: there is no ${entry}`);
  const result = await build({
    entryPoints: { main: entry },
    outdir: 'assets',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    target: TARGET,
    minify: true,
    write: false,
    metafile: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.svg': 'file', '.png': 'file', '.woff2': 'file' },
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    logLevel: 'silent',
    plugins: [...plugins],
  });
  const files = new Map<string, Uint8Array>();
  for (const { path, contents } of result.outputFiles) files.set(`assets/${basename(path)}`, contents);
  const main = Object.values(result.metafile.outputs).find(
    ({ entryPoint }) => entryPoint?.endsWith('main.tsx') === true,
  );
  const script = Object.entries(result.metafile.outputs).find(([, output]) => output === main)?.[0] ?? '';
  const shared = (main?.imports ?? [])
    .filter(({ kind }) => kind === 'import-statement')
    .map(({ path }) => basename(path));
  files.set(
    'index.html',
    Buffer.from(documentOf(folder, basename(script), main?.cssBundle && basename(main.cssBundle), shared)),
  );
  return files;
}

const DOCUMENT = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>{{title}}</title>
  </head>
  <body>
    <div id="app"></div>
    <noscript>{{noScript}}</noscript>
  </body>
</html>
`;

/** The page's own `index.html` where it has one, with the words of `texts.ts`; what it must load goes to the end of its head. */
function documentOf(folder: string, script: string, style: string | undefined, shared: readonly string[]): string {
  const own = join(folder, 'index.html');
  const text = existsSync(own) ? readFileSync(own, 'utf8') : DOCUMENT;
  const at = '{{prefix}}/assets/';
  const lines = [
    '<meta name="prefix" content="{{prefix}}">',
    ...(style === undefined ? [] : [`<link rel="stylesheet" href="${at}${style}">`]),
    ...shared.map((chunk) => `<link rel="modulepreload" href="${at}${chunk}">`),
    `<script type="module" src="${at}${script}"></script>`,
  ];
  return text
    .replaceAll('{{title}}', texts.title)
    .replaceAll('{{noScript}}', texts.noScript)
    .replace('</head>', `  ${lines.join('\n    ')}\n  </head>`);
}
