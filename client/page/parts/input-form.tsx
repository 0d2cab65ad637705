/** The form: each tensor as what it is, or the raw editor where nobody knows. */
import type { JSX } from 'preact';
import type { Field, TensorForm } from '../model/form.ts';
import { listItems } from '../model/request.ts';
import type { ModelState } from '../state/model.ts';
import { texts } from '../texts.ts';
import { FieldRow } from './field.tsx';
import { Icon } from './icon.tsx';
import { ImageInput } from './image-input.tsx';
import { JsonInput } from './json-input.tsx';
import { RawEditor } from './raw-editor.tsx';

export function InputForm({ state }: { readonly state: ModelState }): JSX.Element {
  if (state.raw !== undefined) return <RawEditor state={state} />;
  const form = state.form.value;
  return (
    <form class="form" onSubmit={(event) => event.preventDefault()} noValidate>
      {form.map((one) =>
        form.length > 1 && (one.kind !== 'fields' || one.fields.length > 1) ? (
          <fieldset key={one.key}>
            <legend>{one.key}</legend>
            <TensorInput state={state} one={one} />
          </fieldset>
        ) : (
          <TensorInput key={one.key} state={state} one={one} />
        ),
      )}
    </form>
  );
}

function TensorInput({ state, one }: { readonly state: ModelState; readonly one: TensorForm }): JSX.Element {
  if (one.kind === 'fields') {
    return (
      <div class="fields">
        {one.fields.map((field) => (
          <Bound key={field.key} state={state} field={field} />
        ))}
      </div>
    );
  }
  const value = state.values.value[one.key] ?? one.initial;
  const problem = state.built.value.problems[one.key];
  const set = (text: string): void => state.set(one.key, text);
  if (one.kind === 'image') return <ImageInput form={one} value={value} set={set} />;
  if (one.kind === 'json')
    return <JsonInput id={one.key} label={one.key} form={one} value={value} problem={problem} set={set} />;
  return <ListInput state={state} form={one} value={value} set={set} />;
}

function Bound({ state, field }: { readonly state: ModelState; readonly field: Field }): JSX.Element {
  return (
    <FieldRow
      field={field}
      value={state.values.value[field.key] ?? field.initial}
      problem={state.built.value.problems[field.key]}
      set={(text) => state.set(field.key, text)}
    />
  );
}

interface ListProps {
  readonly state: ModelState;
  readonly form: TensorForm & { readonly kind: 'list' };
  readonly value: string;
  readonly set: (text: string) => void;
}

function ListInput({ state, form, value, set }: ListProps): JSX.Element {
  const items = listItems(value);
  const change = (next: readonly string[]): void => set(JSON.stringify(next));
  const { problems } = state.built.value;
  return (
    <div class="fields">
      {items.map((item, index) => (
        // The items have no names of their own: their place is what they are.
        <div class="listed" key={index}>
          <FieldRow
            field={{ ...form.item, key: `${form.key}.${index}`, title: `${form.item.title} [${index}]` }}
            value={item}
            problem={problems[`${form.key}.${index}`]}
            set={(text) => change(items.with(index, text))}
          />
          <button
            type="button"
            class="quiet icon"
            aria-label={texts.input.remove(index)}
            onClick={() => change(items.toSpliced(index, 1))}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      {problems[form.key] === undefined ? null : <p class="problem">{problems[form.key]}</p>}
      <button type="button" class="add" onClick={() => change([...items, form.item.initial])}>
        <Icon name="plus" />
        {texts.input.add}
      </button>
    </div>
  );
}
