/** Request and answer as they went over the wire. */
import type { JSX } from 'preact';
import { parseExact, printExact } from '../model/exact.ts';
import { printRequest } from '../model/request.ts';
import type { ModelState } from '../state/model.ts';
import { copy } from '../state/site.ts';
import { texts } from '../texts.ts';
import { Icon } from './icon.tsx';
import { Code } from './scroll.tsx';

/** Longer texts are cut on the screen; copying gives them whole. */
const LONGEST = 100_000;

export function RawPanel({ state }: { readonly state: ModelState }): JSX.Element {
  const got = state.side.value.got.value;
  const { request } = state.built.value;
  const asked = got?.requestText ?? (request === undefined ? '' : printRequest(request));
  return (
    <div class="two">
      <Text title={texts.rawPanel.request} text={asked} />
      <Text title={texts.rawPanel.answer} text={got?.text ?? ''} note={got?.id ?? null} />
    </div>
  );
}

function Text({
  title,
  text,
  note,
}: {
  readonly title: string;
  readonly text: string;
  readonly note?: string | null;
}): JSX.Element {
  const pretty = text === '' ? texts.rawPanel.none : printExact(parseExact(text), 2);
  return (
    <section>
      <div class="row">
        <h3>{title}</h3>
        <button
          type="button"
          class="quiet"
          disabled={text === ''}
          aria-label={texts.rawPanel.copy(title)}
          onClick={() => copy(text)}
        >
          <Icon name="copy" />
          {texts.copy}
        </button>
      </div>
      <Code label={title}>{pretty.length > LONGEST ? `${pretty.slice(0, LONGEST)}\n…` : pretty}</Code>
      {note === undefined || note === null ? null : <p class="remark">{texts.rawPanel.id(note)}</p>}
    </section>
  );
}
