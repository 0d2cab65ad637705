/** Addresses of the page: the prefix from its document, the route from the browser, and moving between routes. */
import { signal } from '@preact/signals';

/** P of the contract; it never ends in "/". */
export const prefix = document.querySelector<HTMLMetaElement>('meta[name="prefix"]')?.content ?? '';

export type Route =
  | { readonly page: 'first' }
  | { readonly page: 'model'; readonly name: string }
  | { readonly page: 'unknown' };

export const route = signal(routeOf(location.pathname));

export function apiUrl(path: string): string {
  return `${prefix}/api/${path}`;
}

export function modelUrl(name: string): string {
  return `${prefix}/models/${encodeURIComponent(name)}`;
}

export function signInUrl(): string {
  const back = location.pathname.slice(prefix.length) || '/';
  return `${prefix}/auth/login?return=${encodeURIComponent(back)}`;
}

export function routeOf(pathname: string): Route {
  const path = pathname.startsWith(prefix) ? pathname.slice(prefix.length) : pathname;
  if (path === '' || path === '/') return { page: 'first' };
  const name = /^\/models\/([^/]+)\/?$/.exec(path)?.[1];
  try {
    return name === undefined ? { page: 'unknown' } : { page: 'model', name: decodeURIComponent(name) };
  } catch {
    // "%" without its two digits: an address that nobody was given.
    return { page: 'unknown' };
  }
}

export function go(url: string): void {
  history.pushState(null, '', url);
  route.value = routeOf(location.pathname);
  scrollTo(0, 0);
}

/** Clicks on links to this page's own routes stay in it; new tabs and downloads are the browser's. */
export function followLinks(): void {
  addEventListener('popstate', () => {
    const next = routeOf(location.pathname);
    if (JSON.stringify(next) !== JSON.stringify(route.value)) route.value = next;
  });
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (link === null || !plain || link.dataset['route'] === undefined) return;
    event.preventDefault();
    go(link.href);
  });
}
