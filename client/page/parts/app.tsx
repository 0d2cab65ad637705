/** The frame around every route: header, notices, the route itself, and the short sentences at the bottom. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { modelUrl, prefix, route } from '../state/address.ts';
import { catalogue, catalogueError, loadCatalogue, online, site, toast } from '../state/site.ts';
import { texts } from '../texts.ts';
import { CataloguePage } from './catalogue-page.tsx';
import { Header } from './header.tsx';
import { ModelRoute } from './model-route.tsx';
import { Empty, Trouble } from './notice.tsx';

export function App(): JSX.Element {
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  const place = JSON.stringify(route.value);
  // Readers of the screen hear where a link has led; the first page is announced by the browser.
  useEffect(() => {
    if (!first.current) main.current?.focus();
    first.current = false;
  }, [place]);
  return (
    <>
      <a class="skip" href="#main">
        {texts.skip}
      </a>
      <Header />
      <main id="main" tabIndex={-1} ref={main}>
        {online.value ? null : (
          <p class="banner" role="status">
            {texts.offlineBanner}
          </p>
        )}
        <Page />
      </main>
      <footer class="foot">
        <span>{texts.footer}</span>
      </footer>
      <div class="toast" role="status" aria-live="polite">
        {toast.value === '' ? null : <span>{toast.value}</span>}
      </div>
    </>
  );
}

function Page(): JSX.Element {
  const now = route.value;
  if (now.page === 'unknown') return <NotFound />;
  if (now.page === 'model') return <ModelRoute key={now.name} name={now.name} />;
  const own = site.value?.model;
  if (own !== undefined) return <ModelRoute key={own} name={own} />;
  if (site.value === undefined && catalogueError.value !== undefined) {
    return <Trouble error={catalogueError.value} retry={loadCatalogue} page />;
  }
  return <CataloguePage />;
}

function NotFound(): JSX.Element {
  return (
    <Empty title={texts.notFound.title} text={texts.notFound.text}>
      <HomeLink>{texts.notFound.back}</HomeLink>
    </Empty>
  );
}

export function HomeLink({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return (
    <a class="button" href={`${prefix}/`} data-route>
      {children}
    </a>
  );
}

export function ModelLink({
  name,
  children,
  class: style,
}: {
  name: string;
  children: ComponentChildren;
  class?: string;
}): JSX.Element {
  return (
    <a class={style} href={modelUrl(name)} data-route>
      {children}
    </a>
  );
}

export function titleOf(name: string): string {
  return catalogue.value?.models.find((one) => one.name === name)?.title ?? name;
}
