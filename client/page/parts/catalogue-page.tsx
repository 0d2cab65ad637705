/** Every model at a glance: search, cards, and what to say when there are none. */

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { ModelSummary } from '../../contract.ts';
import { shortNumber } from '../model/history.ts';
import { modelUrl } from '../state/address.ts';
import { catalogue, catalogueError, copy, loadCatalogue } from '../state/site.ts';
import { texts } from '../texts.ts';
import { Icon } from './icon.tsx';
import { Empty, Trouble } from './notice.tsx';
import { ReadinessChip } from './readiness.tsx';

export function CataloguePage(): JSX.Element {
  const query = useSignal('');
  const all = catalogue.value;
  const title = all?.title ?? texts.title;
  useEffect(() => {
    document.title = title;
  }, [title]);
  if (all === undefined) {
    const error = catalogueError.value;
    return error === undefined ? <Waiting /> : <Trouble error={error} retry={loadCatalogue} page />;
  }
  if (all.models.length === 0) return <Empty title={texts.catalogue.none} text={texts.catalogue.noneText} />;
  const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = all.models.filter((model) => words.every((word) => searchText(model).includes(word)));
  return (
    <>
      <div class="head">
        <div>
          <h1>{title}</h1>
          <p class="lead">
            {texts.catalogue.lead(
              all.models.length,
              all.models.filter((one) => one.readiness.state === 'ready').length,
            )}
          </p>
        </div>
        <label class="search">
          <span class="sr">{texts.catalogue.search}</span>
          <Icon name="search" />
          <input
            type="search"
            placeholder={texts.catalogue.search}
            value={query.value}
            onInput={(event) => {
              query.value = event.currentTarget.value;
            }}
          />
        </label>
      </div>
      {catalogueError.value === undefined ? null : <Trouble error={catalogueError.value} retry={loadCatalogue} />}
      <p class="sr" role="status">
        {words.length === 0 ? '' : texts.catalogue.found(found.length)}
      </p>
      {found.length === 0 ? (
        <div class="empty">
          <h2>{texts.catalogue.noMatch(query.value)}</h2>
          <button
            type="button"
            onClick={() => {
              query.value = '';
            }}
          >
            {texts.catalogue.clear}
          </button>
        </div>
      ) : (
        <ul class="cards">
          {found.map((model) => (
            <Card key={model.name} model={model} />
          ))}
        </ul>
      )}
    </>
  );
}

function searchText({ name, title, description = '', owner = '', version = '', readiness }: ModelSummary): string {
  return [name, title, description, owner, version, readiness.state].join(' ').toLowerCase();
}

function Card({ model }: { readonly model: ModelSummary }): JSX.Element {
  const metrics = Object.entries(model.versions.find(({ version }) => version === model.version)?.metrics ?? {}).slice(
    0,
    3,
  );
  return (
    <li class="card">
      <div class="card-top">
        <h2>
          <a href={modelUrl(model.name)} data-route class="stretched">
            {model.title}
          </a>
        </h2>
        <ReadinessChip readiness={model.readiness} />
      </div>
      <p class="what">{model.description ?? texts.catalogue.noDescription}</p>
      {metrics.length === 0 ? null : (
        <dl class="metrics">
          {metrics.map(([name, value]) => (
            <div key={name}>
              <dt>{texts.metric(name)}</dt>
              <dd>{shortNumber(value)}</dd>
            </div>
          ))}
        </dl>
      )}
      <Traffic model={model} />
      <p class="facts">
        <code>{model.name}</code>
        {model.version === undefined ? null : <span>{texts.version(model.version)}</span>}
        {model.owner === undefined ? null : <span>{texts.owner(model.owner)}</span>}
      </p>
      {model.publicUrl === undefined ? null : <Endpoint title={model.title} url={model.publicUrl} />}
    </li>
  );
}

function Endpoint({ title, url }: { readonly title: string; readonly url: string }): JSX.Element {
  return (
    <p class="endpoint">
      <code title={url}>{url.replace(/^https?:\/\//, '')}</code>
      <button type="button" class="quiet icon" aria-label={texts.catalogue.copyUrl(title)} onClick={() => copy(url)}>
        <Icon name="copy" />
      </button>
    </p>
  );
}

export function Traffic({ model }: { readonly model: ModelSummary }): JSX.Element | null {
  if (model.traffic.length < 2) return null;
  const said = model.traffic.map(({ version, weight }) => texts.share(version, weight)).join(', ');
  return (
    <div class="traffic" role="img" aria-label={texts.traffic(said)}>
      {model.traffic.map(({ version, weight }) => (
        <span key={version} style={{ flexGrow: weight }}>
          {texts.shareShort(version, weight)}
        </span>
      ))}
    </div>
  );
}

function Waiting(): JSX.Element {
  return (
    <div aria-busy="true">
      <h1>{texts.title}</h1>
      <p class="sr" role="status">
        {texts.loading}
      </p>
      <div class="cards" aria-hidden="true">
        {[0, 1, 2, 3].map((index) => (
          <div key={index} class="card ghost" />
        ))}
      </div>
    </div>
  );
}
