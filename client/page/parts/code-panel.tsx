/** The request on the screen as a program. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { LANGUAGES, type Language, placeOf, snippetOf } from '../model/snippets.ts';
import { apiUrl } from '../state/address.ts';
import type { ModelState } from '../state/model.ts';
import { copy } from '../state/site.ts';
import { texts } from '../texts.ts';
import { Icon } from './icon.tsx';
import { Code } from './scroll.tsx';

export function CodePanel({ state }: { readonly state: ModelState }): JSX.Element {
  const language = useSignal<Language>('curl');
  const { request } = state.built.value;
  const site = new URL(apiUrl(''), location.origin).href;
  const place = placeOf(state.model, state.target.value, site);
  const text = request === undefined ? texts.snippets.invalid : snippetOf(language.value, request, place);
  return (
    <div class="code">
      <div class="row">
        <fieldset class="segments">
          <legend class="sr">{texts.snippets.language}</legend>
          {LANGUAGES.map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="language"
                value={one}
                checked={language.value === one}
                onChange={() => {
                  language.value = one;
                }}
              />
              <span>{texts.snippets[one]}</span>
            </label>
          ))}
        </fieldset>
        <button type="button" disabled={request === undefined} onClick={() => copy(text)}>
          <Icon name="copy" />
          {texts.copy}
        </button>
      </div>
      <Code label={texts.snippets[language.value]} language={language.value}>
        {text}
      </Code>
    </div>
  );
}
