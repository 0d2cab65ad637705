/** What the whole page shares: the site, the catalogue with its readiness, who is signed in, and the colours. */
import { effect, signal } from '@preact/signals';
import type { CatalogueAnswer, Site } from '../../contract.ts';
import { texts } from '../texts.ts';
import { ApiError, getJson } from './api.ts';
import { kept } from './kept.ts';

export const site = signal<Site | undefined>(undefined);
export const catalogue = signal<CatalogueAnswer | undefined>(undefined);
/** Why there is no newer catalogue. */
export const catalogueError = signal<ApiError | undefined>(undefined);
export const online = signal(navigator.onLine);
/** A short sentence for a moment: "copied". */
export const toast = signal('');

/** `system` follows the computer. */
export const theme = kept('local', 'theme', 'system');

/** Milliseconds between looks at readiness; a page in the background does not look. */
const POLL = 10_000;

let loading: Promise<void> | undefined;

/** Once at a time, however many ask. */
export function loadCatalogue(): Promise<void> {
  loading ??= load().finally(() => {
    loading = undefined;
  });
  return loading;
}

async function load(): Promise<void> {
  try {
    // Side by side: who is signed out gets the site, and is told of the catalogue.
    const answer = getJson<CatalogueAnswer>('catalogue');
    answer.catch(() => undefined);
    site.value ??= await getJson<Site>('site');
    catalogue.value = await answer;
    catalogueError.value = undefined;
  } catch (error) {
    catalogueError.value =
      error instanceof ApiError ? error : new ApiError('INTERNAL', texts.failure.unknown(String(error)));
  }
}

export function startSite(): void {
  effect(() => {
    const root = document.documentElement;
    if (theme.value === 'system') delete root.dataset['theme'];
    else root.dataset['theme'] = theme.value;
  });
  addEventListener('online', () => {
    online.value = true;
    void loadCatalogue();
  });
  addEventListener('offline', () => {
    online.value = false;
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void loadCatalogue();
  });
  setInterval(() => {
    if (document.visibilityState === 'visible') void loadCatalogue();
  }, POLL);
  void loadCatalogue();
}

let toastTimer: ReturnType<typeof setTimeout> | undefined;
export function say(text: string): void {
  toast.value = text;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => {
    toast.value = '';
  }, 4000);
}

export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(texts.copied);
  } catch {
    // Clipboards need https or a permission; the text is on the screen to select.
    say(texts.notCopied);
  }
}
