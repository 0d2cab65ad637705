/** A table in, the same table with the model's answers out. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { guessMapping, type Need, needsOf, type Row } from '../model/csv.ts';
import type { CsvFiles } from '../state/csv-file.ts';
import { type CsvJob, startJob } from '../state/csv-job.ts';
import type { ModelState } from '../state/model.ts';
import { texts } from '../texts.ts';
import { CsvProgress } from './csv-progress.tsx';
import { FileButton } from './file-button.tsx';
import { Scroll } from './scroll.tsx';

interface Table {
  readonly file: File;
  readonly csv: CsvFiles;
  readonly rows: readonly Row[];
  readonly header: boolean;
  readonly mapping: readonly number[];
}

export function CsvPanel({ state }: { readonly state: ModelState }): JSX.Element {
  const table = useSignal<Table | undefined>(undefined);
  const problem = useSignal('');
  const job = useSignal<CsvJob | undefined>(undefined);
  const over = useSignal(false);
  const needs = needsOf(state.form.value);
  useEffect(() => () => job.peek()?.cancel(), [job]);
  if (needs === undefined) return <p class="waiting">{texts.csv.notBatch}</p>;
  const take = async (file: File): Promise<void> => {
    job.peek()?.cancel();
    job.value = undefined;
    table.value = undefined;
    problem.value = '';
    try {
      const csv = await import('../state/csv-file.ts');
      const rows = await csv.previewFile(file);
      table.value = { file, csv, rows, ...guessMapping(needs, rows[0] ?? []) };
    } catch (error) {
      problem.value = texts.file.unreadable(file.name, error instanceof Error ? error.message : String(error));
    }
  };
  const ready = table.value;
  const running = job.value?.phase.value === 'running' || job.value?.phase.value === 'waiting';
  return (
    <div class="csv">
      <p class="about">{texts.csv.about}</p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is for the mouse; the button inside is for all. */}
      <div
        class={over.value ? 'drop over' : 'drop'}
        onDragOver={(event) => {
          event.preventDefault();
          over.value = true;
        }}
        onDragLeave={() => {
          over.value = false;
        }}
        onDrop={(event) => {
          event.preventDefault();
          over.value = false;
          const [file] = event.dataTransfer?.files ?? [];
          if (file !== undefined) void take(file);
        }}
      >
        <FileButton label={texts.csv.choose} accept=".csv,.tsv,.txt,text/csv" take={take} />
        <span>{ready === undefined ? texts.csv.drop : texts.csv.file(ready.file.name, ready.file.size)}</span>
      </div>
      {problem.value === '' ? null : (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      {ready === undefined ? null : (
        <>
          <Preview table={ready} />
          <Mapping
            needs={needs}
            table={ready}
            disabled={running}
            change={(next) => {
              table.value = { ...ready, ...next };
            }}
          />
          <button
            type="button"
            class="primary"
            disabled={running || ready.mapping.includes(-1)}
            onClick={() => {
              job.value = startJob({ state, needs, ...ready });
            }}
          >
            {texts.csv.start}
          </button>
        </>
      )}
      {job.value === undefined || ready === undefined ? null : <CsvProgress job={job.value} name={ready.file.name} />}
    </div>
  );
}

function Preview({ table }: { readonly table: Table }): JSX.Element {
  const [first = [], ...rest] = table.rows;
  const body = table.header ? rest : table.rows;
  return (
    <Scroll label={texts.csv.preview}>
      <table>
        <caption>{texts.csv.preview}</caption>
        <thead>
          <tr>
            {first.map((cell, index) => (
              <th scope="col" key={index}>
                {table.header ? cell : texts.csv.column(index + 1)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {body.slice(0, 4).map((row, at) => (
            <tr key={at}>
              {row.map((cell, index) => (
                <td key={index}>{cell.length > 40 ? `${cell.slice(0, 40)}…` : cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

interface MappingProps {
  readonly needs: readonly Need[];
  readonly table: Table;
  readonly disabled: boolean;
  readonly change: (part: Partial<Table>) => void;
}

/** More fields than this are mapped by order or name alone. */
const MOST_SELECTS = 40;

function Mapping({ needs, table, disabled, change }: MappingProps): JSX.Element {
  const [first = []] = table.rows;
  const missing = needs.filter((_, at) => table.mapping[at] === -1);
  return (
    <fieldset class="mapping" disabled={disabled}>
      <legend>{texts.csv.mapping}</legend>
      <label class="check">
        <input
          type="checkbox"
          checked={table.header}
          onChange={(event) => change({ header: event.currentTarget.checked })}
        />
        {texts.csv.header}
      </label>
      {missing.length === 0 ? null : (
        <p class="problem" role="alert">
          {texts.csv.missing(
            missing
              .slice(0, 5)
              .map(({ field }) => field.title)
              .join(', '),
            missing.length,
          )}
        </p>
      )}
      {needs.length > MOST_SELECTS ? (
        <p class="about">{texts.csv.many(needs.length)}</p>
      ) : (
        <div class="maps">
          {needs.map(({ field }, at) => (
            <label key={field.key}>
              {field.title}
              <select
                value={table.mapping[at]}
                onChange={(event) => change({ mapping: table.mapping.with(at, Number(event.currentTarget.value)) })}
              >
                <option value={-1}>{texts.csv.unmapped}</option>
                {first.map((cell, index) => (
                  <option key={index} value={index}>
                    {table.header ? cell : texts.csv.column(index + 1)}
                  </option>
                ))}
              </select>
            </label>
          ))}
        </div>
      )}
    </fieldset>
  );
}
