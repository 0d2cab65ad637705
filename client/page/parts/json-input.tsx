/** A tensor as JSON text, or from a file: .json, .csv or NumPy's .npy. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { type Json, printExact } from '../model/exact.ts';
import type { TensorForm } from '../model/form.ts';
import { readNpy } from '../model/npy.ts';
import { fitShape, rowsAsText } from '../model/tensor-text.ts';
import { catalogue } from '../state/site.ts';
import { texts } from '../texts.ts';
import { idOf } from './field.tsx';
import { FileButton } from './file-button.tsx';

interface JsonProps {
  readonly id: string;
  readonly label: string;
  readonly form: Pick<TensorForm, 'datatype' | 'shape'>;
  readonly value: string;
  readonly problem: string | undefined;
  readonly set: (text: string) => void;
}

/** Longer text would make typing slow: it is summed up instead. */
const LONGEST = 60_000;

export function JsonInput({ id, label, form, value, problem, set }: JsonProps): JSX.Element {
  const fileProblem = useSignal('');
  const name = useSignal('');
  const key = idOf(id);
  const load = async (file: File): Promise<void> => {
    const read = await readTensorFile(file, form).catch((error: unknown) => ({
      problem: texts.file.unreadable(file.name, String(error)),
    }));
    fileProblem.value = 'problem' in read ? read.problem : '';
    if ('problem' in read) return;
    name.value = file.name;
    set(read.text);
  };
  const wrong = fileProblem.value === '' ? problem : fileProblem.value;
  return (
    <div class="field json" data-field={id}>
      <div class="field-top">
        <label for={key}>
          {label} <span class="unit">{texts.input.tensor(form.datatype, form.shape)}</span>
        </label>
        <FileButton label={texts.input.upload} accept=".json,.csv,.npy" take={load} />
      </div>
      {value.length > LONGEST ? (
        <p class="row">
          <span id={key}>{texts.input.longText(name.value, value.length)}</span>
          <button type="button" onClick={() => set('')}>
            {texts.input.clear}
          </button>
        </p>
      ) : (
        <textarea
          id={key}
          rows={Math.min(12, Math.max(3, value.split('\n').length))}
          spellcheck={false}
          aria-invalid={wrong === undefined ? undefined : 'true'}
          aria-describedby={`${key}-problem`}
          value={value}
          onInput={(event) => set(event.currentTarget.value)}
        />
      )}
      <p class="problem" id={`${key}-problem`} aria-live="polite">
        {wrong}
      </p>
    </div>
  );
}

type Read = { readonly text: string } | { readonly problem: string };

async function readTensorFile(file: File, form: JsonProps['form']): Promise<Read> {
  const most = catalogue.value?.limits.bodyBytes ?? Number.POSITIVE_INFINITY;
  if (file.size > most) return { problem: texts.file.tooLarge(file.name, file.size, most) };
  if (/\.npy$/i.test(file.name)) {
    const flat = readNpy(await file.arrayBuffer());
    if ('problem' in flat) return { problem: texts.file.wrong(file.name, flat.problem) };
    if (fitShape(flat.shape, flat.data.length, form.shape) === undefined) {
      return { problem: texts.file.wrong(file.name, texts.field.shape(form.shape, flat.shape)) };
    }
    return { text: printExact(nest(flat.data as readonly Json[], flat.shape)) };
  }
  const text = await file.text();
  if (!/\.csv$/i.test(file.name)) return { text };
  const { parseRows } = await import('../state/csv-file.ts');
  return { text: rowsAsText(parseRows(text), form.datatype) };
}

function nest(flat: readonly Json[], shape: readonly number[]): Json {
  const [, ...rest] = shape;
  if (rest.length === 0) return flat;
  const size = rest.reduce((product, one) => product * one, 1);
  return Array.from({ length: shape[0] ?? 0 }, (_, index) => nest(flat.slice(index * size, (index + 1) * size), rest));
}
