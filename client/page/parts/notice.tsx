/** What went wrong, where it went wrong, and the way on. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { signInUrl } from '../state/address.ts';
import { type ApiError, token } from '../state/api.ts';
import { catalogue } from '../state/site.ts';
import { texts } from '../texts.ts';
import { Icon } from './icon.tsx';

interface TroubleProps {
  readonly error: ApiError;
  readonly retry: () => void;
  /** It stands for a whole page: its title is the page's. */
  readonly page?: boolean;
}

export function Trouble({ error, retry, page = false }: TroubleProps): JSX.Element {
  const Title = page ? 'h1' : 'h3';
  const asksToken = error.code === 'SIGNED_OUT' && catalogue.value?.auth.mode === 'token';
  const { title, advice } = asksToken
    ? texts.auth.wanted
    : (texts.failure.codes[error.code] ?? texts.failure.codes.INTERNAL);
  return (
    <div class={page ? 'trouble page' : 'trouble'} role="alert" data-code={error.code}>
      <Icon name="alert" />
      <div>
        <Title>{title}</Title>
        <p class="said">{error.message}</p>
        {error.field === undefined ? null : <p class="said">{texts.failure.at(error.field)}</p>}
        <p>{advice}</p>
        {asksToken ? <TokenForm done={retry} /> : <Ways error={error} retry={retry} />}
      </div>
    </div>
  );
}

function Ways({ error, retry }: TroubleProps): JSX.Element | null {
  if (error.code === 'SIGNED_OUT' && catalogue.value?.auth.mode !== 'none') {
    return (
      <a class="button" href={signInUrl()}>
        {texts.auth.signIn}
      </a>
    );
  }
  return (
    <p class="row">
      <button type="button" onClick={retry}>
        {texts.retry}
      </button>
      {error.code === 'RATE_LIMITED' ? <Countdown key={error} seconds={error.retryAfterSeconds ?? 5} /> : null}
    </p>
  );
}

function Countdown({ seconds }: { readonly seconds: number }): JSX.Element {
  const [left, setLeft] = useState(Math.ceil(seconds));
  useEffect(() => {
    const timer = setInterval(() => setLeft((now) => Math.max(0, now - 1)), 1000);
    return () => clearInterval(timer);
  }, []);
  return <span aria-hidden="true">{texts.failure.again(left)}</span>;
}

function TokenForm({ done }: { readonly done: () => void }): JSX.Element {
  const [text, setText] = useState('');
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault();
        token.value = text.trim();
        done();
      }}
    >
      <label>
        {texts.auth.token}
        <input
          type="password"
          autoComplete="off"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button type="submit">{texts.auth.useToken}</button>
    </form>
  );
}

export function Empty({
  title,
  text,
  children,
}: {
  title: string;
  text: string;
  children?: ComponentChildren;
}): JSX.Element {
  return (
    <div class="empty">
      <h1>{title}</h1>
      <p>{text}</p>
      {children}
    </div>
  );
}
