/** The last answers on this computer: back to one, or two beside each other. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { differing, type Entry } from '../model/history.ts';
import type { ModelState } from '../state/model.ts';
import { say } from '../state/site.ts';
import { texts } from '../texts.ts';
import { Scroll } from './scroll.tsx';

export function HistoryPanel({ state }: { readonly state: ModelState }): JSX.Element {
  const chosen = useSignal<readonly string[]>([]);
  const entries = state.history.value;
  if (entries.length === 0) return <p class="waiting">{texts.history.none}</p>;
  const pair = entries.filter(({ at }) => chosen.value.includes(at));
  return (
    <div class="history">
      <div class="row">
        <p class="about">{texts.history.about}</p>
        <button type="button" class="quiet" onClick={() => state.forget()}>
          {texts.history.forget}
        </button>
      </div>
      {pair.length === 2 && pair[0] !== undefined && pair[1] !== undefined ? (
        <Pair one={pair[1]} other={pair[0]} state={state} />
      ) : null}
      <ul class="entries">
        {entries.map((entry) => (
          <li key={entry.at}>
            <label class="check">
              <input
                type="checkbox"
                checked={chosen.value.includes(entry.at)}
                onChange={(event) => {
                  const others = chosen.value.filter((at) => at !== entry.at);
                  // The third choice takes the place of the oldest.
                  chosen.value = event.currentTarget.checked ? [...others.slice(-1), entry.at] : others;
                }}
              />
              <span class="sr">{texts.history.compare(entry.headline, timeOf(entry))}</span>
            </label>
            <strong>{entry.headline}</strong>
            {entry.share === undefined ? null : <span>{texts.percent(entry.share)}</span>}
            <span class="unit">
              {entry.version === undefined ? entry.target : texts.version(entry.version)} ·{' '}
              <time dateTime={entry.at}>{timeOf(entry)}</time>
            </span>
            <button
              type="button"
              class="quiet"
              aria-label={texts.history.restoreThis(entry.headline, timeOf(entry))}
              onClick={() => {
                state.restore(entry.values);
                say(texts.history.restored);
              }}
            >
              {texts.history.restore}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function timeOf({ at }: Entry): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? at : date.toLocaleString('en', { dateStyle: 'medium', timeStyle: 'medium' });
}

function Pair({
  one,
  other,
  state,
}: {
  readonly one: Entry;
  readonly other: Entry;
  readonly state: ModelState;
}): JSX.Element {
  const titles = new Map(
    state.form.value.flatMap((form) =>
      form.kind === 'fields' ? form.fields.map(({ key, title }) => [key, title] as const) : [],
    ),
  );
  return (
    <Scroll label={texts.history.pair}>
      <table>
        <caption>{texts.history.pair}</caption>
        <thead>
          <tr>
            <th scope="col">{texts.history.field}</th>
            <th scope="col">{timeOf(one)}</th>
            <th scope="col">{timeOf(other)}</th>
          </tr>
        </thead>
        <tbody>
          <tr class="strong">
            <th scope="row">{texts.answer.title}</th>
            <td>{one.headline}</td>
            <td>{other.headline}</td>
          </tr>
          {differing(one.values, other.values).map((key) => (
            <tr key={key}>
              <th scope="row">{titles.get(key) ?? key}</th>
              <td>{short(one.values[key])}</td>
              <td>{short(other.values[key])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function short(value: string | undefined): string {
  return value === undefined ? '' : value.length > 60 ? `${value.slice(0, 60)}…` : value;
}
