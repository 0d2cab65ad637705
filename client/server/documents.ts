/** Documents that people see where the page itself is not: short, without script or style. */
import type { Call } from './call.ts';

export function notFoundText(prefix: string): string {
  return documentText('Not found', `<p>There is no such page here. <a href="${prefix}/">See all models</a>.</p>`);
}

/** `reason` may hold what the identity provider says. */
export function signInFailedText(prefix: string, reason: string): string {
  return documentText(
    'You are not signed in',
    `<p>${escaped(reason)}</p>\n<p><a href="${prefix}/auth/login">Sign in again</a></p>`,
  );
}

/** Browsers that follow a link ask for HTML, programs and the page's own calls do not. */
export function takesHtml({ request }: Call): boolean {
  return /\btext\/html\b/.test(request.headers.accept ?? '');
}

export function sendDocument({ request, response }: Call, status: number, text: string): void {
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-length': Buffer.byteLength(text) };
  response
    .writeHead(status, { ...headers, 'cache-control': 'no-store' })
    .end(request.method === 'HEAD' ? undefined : text);
}

function documentText(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<h1>${title}</h1>
${content}
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
