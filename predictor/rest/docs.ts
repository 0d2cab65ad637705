/** A page for people: each model with its tensors and requests to copy. No script, nothing from elsewhere. */
import { createHash } from 'node:crypto';
import type { ModelMetadata, ServerMetadata, TensorMetadata } from '../protocol/messages.ts';
import { shapeText } from '../protocol/tensor.ts';
import { exampleInputs, exampleInstances } from './example-request.ts';

const style = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent);
  --soft: color-mix(in srgb, currentColor 6%, transparent); --accent: light-dark(#0b57a4, #8ab8f0); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1.5rem;
  background: light-dark(#fff, #16181b); color: light-dark(#1c1e21, #e4e6e9); }
h1 { font-size: 1.6rem; margin: 0; } h2 { margin: 0 0 .25rem; font-size: 1.25rem; } h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
a { color: var(--accent); } nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; list-style: none; }
section { border-top: 1px solid var(--line); padding: 1.25rem 0; }
table { border-collapse: collapse; width: 100%; } table.tensors { table-layout: fixed; } caption { text-align: left; font-weight: 600; padding-top: .75rem; }
th, td { text-align: left; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
code, pre { font: .875rem/1.45 ui-monospace, monospace; } td code { overflow-wrap: anywhere; }
pre { background: var(--soft); padding: .75rem; border-radius: .4rem; white-space: pre-wrap; overflow-wrap: anywhere; }
small { opacity: .75; }`;

/** Only this page's own style is let in. */
export const docsPolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`;

/** `origin` is where the examples send their requests. */
export function docsPage(server: ServerMetadata, models: readonly ModelMetadata[], origin: string): string {
  const title = html(server.name);
  const list = models.map(({ name }, index) => `<li><a href="#m${index}">${html(name)}</a></li>`).join('');
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<style>${style}</style></head>
<body>
<header><h1>${title} <small>${html(server.version)}</small></h1>
<p>Open Inference Protocol V2 and V1. <a href="/openapi.json">OpenAPI</a> describes every address and schema.</p>
<nav aria-label="Models"><ul>${list}</ul></nav></header>
<main>
${models.map((model, index) => modelSection(model, index, origin)).join('\n')}
<section><h2>Addresses</h2>${addressTable()}</section>
</main>
</body>
</html>
`;
}

function modelSection(model: ModelMetadata, index: number, origin: string): string {
  const path = encodeURIComponent(model.name);
  const inputs = exampleInputs(model);
  const instances = exampleInstances(model);
  const labels = Object.entries(model.properties).filter(([name]) => name.startsWith('labels.'));
  return `<section id="m${index}"><h2>${html(model.name)}</h2>
<p>Versions ${html(model.versions.join(', '))} · ${html(model.platform)} · <a href="/v2/models/${path}">metadata</a> · <a href="/v2/models/${path}/openapi.json">OpenAPI</a></p>
${tensorTable('Inputs', model.inputs)}${tensorTable('Outputs', model.outputs)}
${labels.map(([name, value]) => `<p>Classes of <code>${html(name.slice('labels.'.length))}</code>: ${html((JSON.parse(value) as string[]).join(', '))}</p>`).join('')}
${inputs === undefined ? '' : curl('Infer', `${origin}/v2/models/${path}/infer`, { inputs })}
${instances === undefined ? '' : curl('Predict (V1)', `${origin}/v1/models/${path}:predict`, { instances })}
</section>`;
}

function tensorTable(title: string, tensors: readonly TensorMetadata[]): string {
  const rows = tensors.map(
    ({ name, datatype, shape }) =>
      `<tr><td><code>${html(name)}</code></td><td>${datatype}</td><td><code>${shapeText(shape)}</code></td></tr>`,
  );
  return `<table class="tensors"><caption>${title}</caption><thead><tr><th>Name</th><th>Datatype</th><th>Shape</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

/** Quoted for a POSIX shell. */
function curl(title: string, url: string, body: object): string {
  const text = JSON.stringify(body).replaceAll("'", String.raw`'\''`);
  return `<h3>${title}</h3><pre><code>${html(`curl ${url} -d '${text}'`)}</code></pre>`;
}

const addresses = [
  ['GET', '/v2', 'server, version, extensions'],
  ['GET', '/v2/health/live · /v2/health/ready', 'health'],
  ['GET', '/v2/models', 'names of models'],
  ['GET', '/v2/models/{model}[/versions/{version}][/ready · /config · /stats · /openapi.json]', 'one model'],
  ['POST', '/v2/models/{model}[/versions/{version}]/infer', 'inference, JSON or binary tensors'],
  ['GET', '/v2/models/stats', 'statistics of every model'],
  ['POST', '/v2/repository/index', 'every version with its state'],
  ['POST', '/v2/repository/models/{model}/load · /unload', 'at the port that ADMIN_PORT names'],
  ['GET', '/v1/models[/{model}]', 'V1 names and readiness'],
  ['POST', '/v1/models/{model}:predict', 'V1 instances or inputs'],
  ['POST', '/invocations', 'MLflow: dataframe_split, dataframe_records, instances, inputs, text/csv'],
  ['GET', '/ping · /health · /version', 'MLflow'],
] as const;

function addressTable(): string {
  const rows = addresses.map(
    ([method, address, what]) =>
      `<tr><td>${method}</td><td><code>${html(address)}</code></td><td>${html(what)}</td></tr>`,
  );
  return `<table><thead><tr><th>Method</th><th>Address</th><th>What</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function html(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}
