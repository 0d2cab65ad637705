/** What a change means for an entry itself, whatever the clusters serve. */
import type { Model } from '../../schemas/types/models.d.ts';
import { diffValues } from './fields.ts';
import type { ModelChange } from './models.ts';

/** What changes of an entry without reaching any cluster. */
export function entryChange(before: Model | undefined, after: Model | undefined): ModelChange | undefined {
  if (after === undefined) {
    return before === undefined ? undefined : { model: before.name, change: 'removed', words: ['entry removed'] };
  }
  if (before === undefined) {
    const nowhere = Object.keys(after.serve ?? {}).length === 0 ? ['entry added, served nowhere'] : [];
    return nowhere.length === 0 ? undefined : { model: after.name, change: 'added', words: nowhere };
  }
  const words = [
    ...after.versions
      .filter(({ version }) => !before.versions.some((old) => old.version === version))
      .map(({ version }) => `version ${version} ${isServed(after, version) ? 'added' : 'added, served nowhere'}`),
    ...before.versions
      .filter(({ version }) => !after.versions.some((now) => now.version === version))
      .map(({ version }) => `version ${version} removed`),
    ...after.versions
      .filter(({ version, expect }) => {
        const old = before.versions.find((one) => one.version === version);
        return old !== undefined && diffValues(old.expect, expect).length > 0;
      })
      .map(({ version }) => `version ${version} expects another answer`),
    ...(['description', 'signature', 'example', 'client'] as const).flatMap((field) =>
      diffValues(before[field], after[field]).length > 0 ? [`${field} changed`] : [],
    ),
  ];
  return words.length === 0 ? undefined : { model: after.name, change: 'changed', words };
}

function isServed({ serve }: Model, version: string): boolean {
  return Object.values(serve ?? {}).some((one) => one.version === version);
}
