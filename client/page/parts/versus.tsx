/** Another model, version or target beside this one, with the same input. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { ModelDetail } from '../../contract.ts';
import { getJson } from '../state/api.ts';
import { type ModelState, suits } from '../state/model.ts';
import { asApiError, createSide } from '../state/side.ts';
import { catalogue, say } from '../state/site.ts';
import { texts } from '../texts.ts';

/** Choices are `model` or `model@target`. */
export function VersusSelect({ state }: { readonly state: ModelState }): JSX.Element | null {
  const { model } = state;
  const own = model.targets.filter(({ name }) => name !== state.target.value.name);
  const others = (catalogue.value?.models ?? []).filter(({ name }) => name !== model.name);
  if (own.length + others.length === 0) return null;
  return (
    <label>
      {texts.versus.label}
      <select
        value={state.versus.value}
        onChange={(event) => {
          state.versus.value = event.currentTarget.value;
        }}
      >
        <option value="">{texts.versus.none}</option>
        {own.length === 0 ? null : (
          <optgroup label={texts.versus.same}>
            {own.map((one) => (
              <option key={one.name} value={`${model.name}@${one.name}`}>
                {texts.targetOption(one.label, one.version)}
              </option>
            ))}
          </optgroup>
        )}
        {others.length === 0 ? null : (
          <optgroup label={texts.versus.others}>
            {others.map((one) => (
              <option key={one.name} value={one.name}>
                {texts.targetOption(one.title, one.version)}
              </option>
            ))}
          </optgroup>
        )}
      </select>
    </label>
  );
}

/** Keeps `state.other` what `state.versus` says. */
export function useVersus(state: ModelState): void {
  const wanted = state.versus.value;
  useEffect(() => {
    if (wanted === '') return undefined;
    const abort = new AbortController();
    const at = wanted.lastIndexOf('@');
    const [name, targetName] = at < 0 ? [wanted, undefined] : [wanted.slice(0, at), wanted.slice(at + 1)];
    const detail =
      name === state.model.name
        ? Promise.resolve(state.model)
        : getJson<ModelDetail>(`models/${encodeURIComponent(name)}`, abort.signal);
    const refuse = (why: string): void => {
      say(why);
      state.versus.value = '';
    };
    detail.then(
      (model) => {
        if (abort.signal.aborted) return;
        const target =
          targetName === undefined ? model.targets[0] : model.targets.find((one) => one.name === targetName);
        if (target === undefined) return refuse(texts.versus.gone(wanted));
        if (
          state.raw === undefined &&
          target.signature.inputs.length > 0 &&
          !suits(state.target.peek().signature, target.signature)
        ) {
          return refuse(texts.versus.unlike(model.title));
        }
        state.other.value = createSide(model, target, () => undefined);
      },
      (error: unknown) => {
        if (!abort.signal.aborted) refuse(asApiError(error).message);
      },
    );
    return () => {
      abort.abort();
      state.other.value?.stop();
      state.other.value = undefined;
    };
  }, [wanted, state]);
}
