/** The server describes itself: OpenAPI for programs, a page for people. */
import { type Answer, type Call, json, type Route } from './call.ts';
import { docsPage, docsPolicy } from './docs.ts';
import { openApi } from './openapi.ts';
import { perModel } from './v2.ts';

export const descriptionRoutes: readonly Route[] = [
  { method: 'GET', address: '/openapi.json', handler: everything },
  ...perModel('GET', '/openapi.json', ({ services: { plane }, path }) =>
    json(200, openApi(plane.metadata(), [plane.modelMetadata(path.model, path.version)], path.version)),
  ),
  { method: 'GET', address: '/docs', handler: docs },
];

function everything({ services: { plane } }: Call): Answer {
  return json(
    200,
    openApi(
      plane.metadata(),
      plane.models().map((name) => plane.modelMetadata(name)),
    ),
  );
}

function docs({ services: { plane }, headers: { host = '' } }: Call): Answer {
  const origin = `http://${/^[\w.:[\]-]+$/.test(host) ? host : 'localhost:8080'}`;
  const models = plane.models().map((name) => plane.modelMetadata(name));
  const headers = { 'content-security-policy': docsPolicy, 'x-content-type-options': 'nosniff' };
  return {
    status: 200,
    contentType: 'text/html; charset=utf-8',
    headers,
    body: docsPage(plane.metadata(), models, origin),
  };
}
