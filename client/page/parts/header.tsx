import type { JSX } from 'preact';
import { prefix, signInUrl } from '../state/address.ts';
import { postSignOut, token } from '../state/api.ts';
import { catalogue, loadCatalogue, site, theme } from '../state/site.ts';
import { texts } from '../texts.ts';
import { Icon } from './icon.tsx';

export function Header(): JSX.Element {
  const title = catalogue.value?.title ?? site.value?.title ?? texts.title;
  const cluster = catalogue.value?.cluster ?? site.value?.cluster;
  return (
    <header class="top">
      <a class="brand" href={`${prefix}/`} data-route>
        <Icon name="mark" />
        <span>{title}</span>
      </a>
      {cluster === undefined ? null : (
        <span class="chip quiet" title={texts.cluster}>
          <span class="sr">{texts.cluster}: </span>
          {cluster}
        </span>
      )}
      <span class="grow" />
      <Person />
      <ThemeSwitch />
    </header>
  );
}

function Person(): JSX.Element | null {
  const auth = catalogue.value?.auth;
  if (auth?.mode === 'token' && token.value !== '') {
    return (
      <button
        type="button"
        class="quiet"
        onClick={() => {
          token.value = '';
        }}
      >
        {texts.auth.forgetToken}
      </button>
    );
  }
  if (auth?.mode !== 'oidc') return null;
  if (auth.user === undefined) {
    return (
      <a class="button quiet" href={signInUrl()}>
        {texts.auth.signIn}
      </a>
    );
  }
  const signOut = async (): Promise<void> => {
    await postSignOut().catch(() => undefined);
    await loadCatalogue();
  };
  return (
    <span class="person">
      <span title={auth.user.email}>{auth.user.name}</span>
      <button type="button" class="quiet" onClick={signOut}>
        {texts.auth.signOut}
      </button>
    </span>
  );
}

const THEMES = ['system', 'light', 'dark'] as const;

function ThemeSwitch(): JSX.Element {
  const now = THEMES.find((one) => one === theme.value) ?? 'system';
  const next = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length] ?? 'system';
  return (
    <button
      type="button"
      class="quiet icon"
      aria-label={texts.theme.button(now, next)}
      title={texts.theme.button(now, next)}
      onClick={() => {
        theme.value = next;
      }}
    >
      <Icon name={now} />
    </button>
  );
}
