/** The state of a model's page in its address: after `#`, so that it never reaches a server or its log. */
import type { Form, Values } from './form.ts';
import { initialValues } from './form.ts';
import { parseTensors, type RawTensor } from './raw.ts';

export interface Shared {
  readonly values: Values;
  /** Tensors that people name themselves; absent where they are as at the beginning. */
  readonly tensors?: readonly RawTensor[];
  readonly target?: string;
  /** `model` or `model@target` shown beside. */
  readonly versus?: string;
}

/** Addresses longer than this are cut by mail programs and chats. */
export const LONGEST = 8000;

/** Only what differs from the form's beginning; empty where nothing does. */
export function toHash(form: Form, { values, tensors, target, versus }: Shared): string {
  const initial = initialValues(form);
  const pairs = Object.entries(initial).flatMap(([key, first]) => {
    const value = values[key];
    return value === undefined || value === first ? [] : [[`v.${key}`, value] as [string, string]];
  });
  if (tensors !== undefined) pairs.push(['tensors', JSON.stringify(tensors)]);
  if (target !== undefined) pairs.push(['target', target]);
  if (versus !== undefined) pairs.push(['versus', versus]);
  return pairs.length === 0 ? '' : `#${new URLSearchParams(pairs).toString()}`;
}

/** What an address says; keys that the form does not have are left out. */
export function fromHash(form: Form, hash: string): Shared {
  const params = new URLSearchParams(hash.replace(/^#/, ''));
  const known = initialValues(form);
  const values = Object.fromEntries(
    [...params].flatMap(([name, value]) => {
      const key = name.startsWith('v.') ? name.slice(2) : undefined;
      return key !== undefined && Object.hasOwn(known, key) ? [[key, value] as const] : [];
    }),
  );
  const tensors = parseTensors(params.get('tensors'));
  const target = params.get('target');
  const versus = params.get('versus');
  return {
    values,
    ...(tensors === undefined ? {} : { tensors }),
    ...(target === null ? {} : { target }),
    ...(versus === null ? {} : { versus }),
  };
}
