/** A model's page: who and what it is, its input, its answer, and the tools below. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { ModelDetail } from '../../contract.ts';
import { prefix } from '../state/address.ts';
import { createModelState, type ModelState } from '../state/model.ts';
import { catalogue, copy, say, site } from '../state/site.ts';
import { texts } from '../texts.ts';
import { AnswerPanel } from './answer-panel.tsx';
import { Traffic } from './catalogue-page.tsx';
import { Icon } from './icon.tsx';
import { InputForm } from './input-form.tsx';
import { ReadinessChip } from './readiness.tsx';
import { Switch } from './switch.tsx';
import { Tools } from './tools.tsx';
import { useVersus, VersusSelect } from './versus.tsx';

export function ModelPage({ model }: { readonly model: ModelDetail }): JSX.Element {
  const state = useMemo(() => createModelState(model), []);
  useEffect(() => () => state.stop(), [state]);
  useVersus(state);
  return (
    <article class="model">
      <Head state={state} />
      <div class="work">
        <section class="panel" aria-labelledby="input-title">
          <div class="panel-top">
            <h2 id="input-title">{texts.input.title}</h2>
            <InputTools state={state} />
          </div>
          <InputForm state={state} />
        </section>
        <AnswerPanel state={state} />
      </div>
      <Tools state={state} />
    </article>
  );
}

function Head({ state }: { readonly state: ModelState }): JSX.Element {
  const { model } = state;
  const now = catalogue.value?.models.find(({ name }) => name === model.name) ?? model;
  const target = state.target.value;
  const readiness = now.targets.find(({ name }) => name === target.name)?.readiness ?? now.readiness;
  return (
    <header class="head">
      <div>
        {site.value?.model === undefined ? (
          <a class="up" href={`${prefix}/`} data-route>
            <Icon name="back" />
            {texts.model.all}
          </a>
        ) : null}
        <h1>{model.title}</h1>
        {model.description === undefined ? null : <p class="lead">{model.description}</p>}
        <p class="chips">
          <ReadinessChip readiness={readiness} />
          {target.version === undefined ? null : <span class="chip">{texts.version(target.version)}</span>}
          {model.owner === undefined ? null : <span class="chip">{texts.owner(model.owner)}</span>}
        </p>
        {readiness.state === 'ready' || readiness.reason === undefined ? null : (
          <p class="reason">{readiness.reason}</p>
        )}
        <Traffic model={now} />
      </div>
      <div class="choose">
        {model.targets.length < 2 ? null : (
          <label>
            {texts.model.target}
            <select
              value={target.name}
              onChange={(event) => {
                const name = event.currentTarget.value;
                state.target.value = model.targets.find((one) => one.name === name) ?? target;
              }}
            >
              {model.targets.map((one) => (
                <option key={one.name} value={one.name}>
                  {texts.targetOption(one.label, one.version)}
                </option>
              ))}
            </select>
          </label>
        )}
        <VersusSelect state={state} />
      </div>
    </header>
  );
}

function InputTools({ state }: { readonly state: ModelState }): JSX.Element {
  const shareable = useSignal(true);
  const share = async (): Promise<void> => {
    const address = state.address();
    shareable.value = address !== undefined;
    if (address === undefined) {
      say(texts.input.tooLong);
      return;
    }
    history.replaceState(null, '', address);
    await copy(address);
  };
  return (
    <div class="row">
      <label class="check" for="live">
        <Switch
          id="live"
          on={state.live.value === 'on'}
          set={(on) => {
            state.live.value = on ? 'on' : 'off';
          }}
        />
        {texts.input.live}
      </label>
      {state.live.value === 'on' ? null : (
        <button type="button" class="primary" onClick={() => askAll(state)}>
          {texts.input.predict}
        </button>
      )}
      <button type="button" class="quiet icon" title={texts.input.share} aria-label={texts.input.share} onClick={share}>
        <Icon name="share" />
      </button>
      <button
        type="button"
        class="quiet icon"
        title={texts.input.reset}
        aria-label={texts.input.reset}
        onClick={() => state.reset()}
      >
        <Icon name="reset" />
      </button>
    </div>
  );
}

function askAll(state: ModelState): void {
  const { request } = state.built.value;
  if (request === undefined) {
    document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    return;
  }
  state.side.value.ask(request);
  state.other.value?.ask(request);
}
