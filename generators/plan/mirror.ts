/** A cluster without the public internet takes the same charts and CRDs from a mirror; nothing else about an App changes. */
import type { Site } from '../resolve/platform.ts';
import type { App } from './app.ts';

export function mirrored(app: App, { mirror }: Site): App {
  const { source } = app;
  if (source.kind === 'chart' && mirror?.charts !== undefined)
    return { ...app, source: { ...source, repoURL: mirror.charts } };
  if (source.kind === 'git' && mirror?.gatewayApi !== undefined)
    return { ...app, source: { ...source, repoURL: mirror.gatewayApi } };
  return app;
}
