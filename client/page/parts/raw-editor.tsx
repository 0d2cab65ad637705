/** Tensors by hand, for servers that do not tell what they take. */
import type { JSX } from 'preact';
import { DATATYPES } from '../model/datatype.ts';
import type { RawTensor } from '../model/raw.ts';
import type { ModelState } from '../state/model.ts';
import { texts } from '../texts.ts';
import { idOf } from './field.tsx';
import { Icon } from './icon.tsx';
import { JsonInput } from './json-input.tsx';

export function RawEditor({ state }: { readonly state: ModelState }): JSX.Element {
  const tensors = state.raw?.value ?? [];
  const change = (next: readonly RawTensor[]): void => {
    if (state.raw !== undefined) state.raw.value = next;
  };
  return (
    <form class="form" onSubmit={(event) => event.preventDefault()} noValidate>
      <p class="about">{texts.raw.why}</p>
      {tensors.map((tensor, index) => (
        // A tensor's name is what is being typed here: its place is what stays.
        <fieldset key={index}>
          <legend>{texts.raw.tensor(index)}</legend>
          <TensorEditor
            tensor={tensor}
            index={index}
            problems={state.built.value.problems}
            set={(part) => change(tensors.with(index, { ...tensor, ...part }))}
          />
          {tensors.length < 2 ? null : (
            <button type="button" class="quiet" onClick={() => change(tensors.toSpliced(index, 1))}>
              <Icon name="close" />
              {texts.raw.remove}
            </button>
          )}
        </fieldset>
      ))}
      <button
        type="button"
        class="add"
        onClick={() =>
          change([...tensors, { name: `input-${tensors.length}`, datatype: 'FP32', shape: '', data: '[0]' }])
        }
      >
        <Icon name="plus" />
        {texts.raw.add}
      </button>
    </form>
  );
}

interface EditorProps {
  readonly tensor: RawTensor;
  readonly index: number;
  readonly problems: Readonly<Record<string, string>>;
  readonly set: (part: Partial<RawTensor>) => void;
}

function TensorEditor({ tensor, index, problems, set }: EditorProps): JSX.Element {
  return (
    <>
      <div class="raw-head">
        <TextCell
          label={texts.raw.name}
          id={`${index}.name`}
          value={tensor.name}
          problem={problems[`${index}.name`]}
          set={(name) => set({ name })}
        />
        <label>
          {texts.raw.datatype}
          <select value={tensor.datatype} onChange={(event) => set({ datatype: event.currentTarget.value })}>
            {DATATYPES.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
        <TextCell
          label={texts.raw.shape}
          id={`${index}.shape`}
          value={tensor.shape}
          problem={problems[`${index}.shape`]}
          set={(shape) => set({ shape })}
        />
      </div>
      <JsonInput
        id={`${index}.data`}
        label={texts.raw.data}
        form={{ datatype: DATATYPES.find((one) => one === tensor.datatype) ?? 'FP32', shape: [] }}
        value={tensor.data}
        problem={problems[`${index}.data`]}
        set={(data) => set({ data })}
      />
    </>
  );
}

interface CellProps {
  readonly label: string;
  readonly id: string;
  readonly value: string;
  readonly problem: string | undefined;
  readonly set: (text: string) => void;
}

function TextCell({ label, id, value, problem, set }: CellProps): JSX.Element {
  const key = idOf(id);
  return (
    <div data-field={id}>
      <label for={key}>{label}</label>
      <input
        id={key}
        type="text"
        autoComplete="off"
        spellcheck={false}
        value={value}
        aria-invalid={problem === undefined ? undefined : 'true'}
        aria-describedby={`${key}-problem`}
        onInput={(event) => set(event.currentTarget.value)}
      />
      <p class="problem" id={`${key}-problem`} aria-live="polite">
        {problem}
      </p>
    </div>
  );
}
