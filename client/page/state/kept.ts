/** Values that outlive a reload. Storage may be full, forbidden or hold something else: then the value lives in memory. */
import { effect, type Signal, signal } from '@preact/signals';

const PREFIX = 'kserve-client:';

/** `session` is one tab; `local` this browser, and other tabs are followed. */
export function kept(where: 'session' | 'local', key: string, initial: string): Signal<string> {
  const value = signal(load(where, key) ?? initial);
  let first = true;
  effect(() => {
    const text = value.value;
    if (!first) save(where, key, text);
    first = false;
  });
  if (where === 'local') {
    addEventListener('storage', (event) => {
      if (event.key === PREFIX + key && event.newValue !== null) value.value = event.newValue;
    });
  }
  return value;
}

export function load(where: 'session' | 'local', key: string): string | undefined {
  try {
    return storage(where).getItem(PREFIX + key) ?? undefined;
  } catch {
    // Storage is forbidden here.
    return undefined;
  }
}

export function save(where: 'session' | 'local', key: string, text: string): void {
  try {
    storage(where).setItem(PREFIX + key, text);
  } catch {
    // Full or forbidden: what is on the screen stays, only a reload forgets it.
  }
}

function storage(where: 'session' | 'local'): Storage {
  return where === 'session' ? sessionStorage : localStorage;
}
