/** What the model says, beside what another says, and where the time went. */
import type { JSX } from 'preact';
import { type OutputTensor, rowCount, type Share, usualError } from '../model/answer.ts';
import { type Json, printExact } from '../model/exact.ts';
import { headlineOf, shortNumber } from '../model/history.ts';
import type { ModelState } from '../state/model.ts';
import type { Got, Side } from '../state/side.ts';
import { texts } from '../texts.ts';
import { Latency } from './latency.tsx';
import { Trouble } from './notice.tsx';
import { Code } from './scroll.tsx';

export function AnswerPanel({ state }: { readonly state: ModelState }): JSX.Element {
  const other = state.other.value;
  const problems = Object.keys(state.built.value.problems).length;
  return (
    <section class="panel answer" aria-labelledby="answer-title">
      <div class="panel-top">
        <h2 id="answer-title">{texts.answer.title}</h2>
      </div>
      {problems === 0 ? null : <p class="waiting">{texts.answer.problems(problems)}</p>}
      <div class={other === undefined ? 'sides' : 'sides two'}>
        <SideView side={state.side.value} alone={other === undefined} invalid={problems > 0} />
        {other === undefined ? null : <SideView side={other} alone={false} invalid={problems > 0} />}
      </div>
      {other === undefined ? null : <Agreement one={state.side.value.got.value} other={other.got.value} />}
    </section>
  );
}

function SideView({
  side,
  alone,
  invalid,
}: {
  readonly side: Side;
  readonly alone: boolean;
  readonly invalid: boolean;
}): JSX.Element {
  const got = side.got.value;
  const error = side.error.value;
  const busy = side.busy.value;
  const old = invalid || error !== undefined;
  const title = side.model.targets.length > 1 ? '' : side.model.title;
  return (
    <div class="side" aria-busy={busy} data-target={side.target.name}>
      {alone ? null : <h3>{texts.sideTitle(title, side.target.label, got?.answer.version ?? side.target.version)}</h3>}
      {error === undefined ? null : <Trouble error={error} retry={side.again} />}
      {got === undefined ? (
        error === undefined ? (
          <p class="waiting">{busy ? texts.answer.waiting : texts.answer.none}</p>
        ) : null
      ) : (
        <div class={old ? 'got old' : 'got'}>
          {old ? <p class="remark">{texts.answer.before}</p> : null}
          <Result got={got} side={side} />
          <Latency timing={got.timing} />
        </div>
      )}
      <p class="sr" role="status">
        {got === undefined || busy || old ? '' : said(got)}
      </p>
    </div>
  );
}

function said({ reading }: Got): string {
  const { headline, share } = headlineOf(reading);
  return texts.answer.said(headline, share);
}

function Result({ got, side }: { readonly got: Got; readonly side: Side }): JSX.Element {
  const { reading, answer } = got;
  const rows = rowCount(answer);
  if (rows > 1) return <Tensors outputs={answer.outputs} note={texts.answer.rows(rows)} />;
  const share = reading.shares?.find(({ label }) => label === reading.label)?.share;
  return (
    <>
      {reading.label === undefined ? null : (
        <p class="headline">
          <strong>{reading.label}</strong>
          {share === undefined ? null : <span class="sure">{texts.percent(share)}</span>}
        </p>
      )}
      {reading.numbers.map(({ name, value }) => (
        <NumberResult key={name} name={name} value={value} side={side} version={answer.version} />
      ))}
      {reading.shares === undefined ? null : <Bars shares={reading.shares} label={reading.label} />}
      {reading.rest.length === 0 ? null : <Tensors outputs={reading.rest} />}
    </>
  );
}

interface NumberProps {
  readonly name: string;
  readonly value: unknown;
  readonly side: Side;
  readonly version: string | undefined;
}

function NumberResult({ name, value, side, version }: NumberProps): JSX.Element {
  const { outputs, versions } = side.model;
  const tensor = side.target.signature.outputs.find((one) => one.name === name || one.alias === name);
  const about = outputs[name] ?? outputs[tensor?.name ?? ''] ?? outputs[tensor?.alias ?? ''];
  const error = usualError(versions, version ?? side.target.version);
  const { minimum, maximum } = about ?? {};
  return (
    <div class="amount">
      <p class="headline">
        <strong title={String(value)}>{shortNumber(value)}</strong>
        <span class="unit">{about?.unit ?? ''}</span>
      </p>
      <p class="remark">
        {about?.title ?? name}
        {error === undefined ? null : ` · ${texts.answer.usualError(shortNumber(error))}`}
      </p>
      {minimum === undefined || maximum === undefined ? null : (
        <Scale minimum={minimum} maximum={maximum} value={Number(value)} />
      )}
    </div>
  );
}

interface ScaleProps {
  readonly minimum: number;
  readonly maximum: number;
  readonly value: number;
}

/** Where the number lies in what the model was trained on; outside of that it stands at the end. */
function Scale({ minimum, maximum, value }: ScaleProps): JSX.Element {
  const share = Math.min(1, Math.max(0, (value - minimum) / (maximum - minimum)));
  const outside = value < minimum || value > maximum;
  return (
    <>
      <div class="scale" aria-hidden="true">
        <span style={{ left: `${(share * 100).toFixed(2)}%` }} />
      </div>
      <div class="scale-ends" aria-hidden="true">
        <span>{shortNumber(minimum)}</span>
        <span>{shortNumber(maximum)}</span>
      </div>
      <p class="remark">{outside ? texts.answer.outside(minimum, maximum) : texts.answer.scale(minimum, maximum)}</p>
    </>
  );
}

/** More classes than this: the likeliest, in order. */
const MOST_BARS = 12;

function Bars({
  shares,
  label,
}: {
  readonly shares: readonly Share[];
  readonly label: string | undefined;
}): JSX.Element {
  const shown = shares.length <= MOST_BARS ? shares : [...shares].sort((a, b) => b.share - a.share).slice(0, MOST_BARS);
  return (
    <>
      <ul class="bars" aria-label={texts.answer.probabilities}>
        {shown.map((one) => (
          <li key={one.label} class={one.label === label ? 'likeliest' : ''}>
            <span class="bar-label">{one.label}</span>
            <span class="track" aria-hidden="true">
              <span style={{ transform: `scaleX(${one.share})` }} />
            </span>
            <span class="bar-value">{texts.percent(one.share)}</span>
          </li>
        ))}
      </ul>
      {shown.length === shares.length ? null : <p class="remark">{texts.answer.more(shares.length - shown.length)}</p>}
    </>
  );
}

/** Longer tensors are cut on the screen; the raw answer has them whole. */
const MOST_ELEMENTS = 400;

function Tensors({
  outputs,
  note,
}: {
  readonly outputs: readonly OutputTensor[];
  readonly note?: string;
}): JSX.Element {
  return (
    <>
      {note === undefined ? null : <p class="remark">{note}</p>}
      {outputs.map(({ name, datatype, shape, data }) => (
        <div key={name} class="tensor">
          <p>
            <code>{name}</code> <span class="unit">{texts.input.tensor(datatype, shape)}</span>
          </p>
          <Code
            label={name}
          >{`${printExact(data.slice(0, MOST_ELEMENTS) as Json)}${data.length > MOST_ELEMENTS ? ' …' : ''}`}</Code>
        </div>
      ))}
    </>
  );
}

function Agreement({
  one,
  other,
}: {
  readonly one: Got | undefined;
  readonly other: Got | undefined;
}): JSX.Element | null {
  if (one === undefined || other === undefined) return null;
  const [first, second] = [headlineOf(one.reading), headlineOf(other.reading)];
  const same = first.headline === second.headline;
  return (
    <p class={same ? 'agree' : 'agree not'} role="status">
      {same ? texts.versus.agree(first.headline) : texts.versus.differ(first.headline, second.headline)}
    </p>
  );
}
