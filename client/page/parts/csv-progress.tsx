/** How far a table is, what stands in its way, and the file at the end. */
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { CsvJob } from '../state/csv-job.ts';
import { texts } from '../texts.ts';
import { Trouble } from './notice.tsx';

export function CsvProgress({ job, name }: { readonly job: CsvJob; readonly name: string }): JSX.Element {
  const phase = job.phase.value;
  const running = phase === 'running' || phase === 'waiting';
  const rows = job.rows.value;
  const failed = job.failed.value;
  const said = running ? texts.csv.progress(rows, failed) : texts.csv.ended[phase](rows, failed);
  return (
    <div class="progress" data-phase={phase}>
      <label>
        <span class="sr">{texts.csv.progressLabel}</span>
        <progress max={1} value={job.share.value} />
      </label>
      <p class="row">
        <span aria-live={running ? 'off' : 'polite'} role="status">
          {said}
        </span>
        {running ? (
          <button type="button" onClick={job.cancel}>
            {texts.csv.cancel}
          </button>
        ) : null}
      </p>
      {phase === 'running' && job.error.value !== undefined ? (
        <p class="remark" role="status">
          {texts.csv.waitingFor(job.error.value.message)}
        </p>
      ) : null}
      {phase !== 'running' && job.error.value !== undefined ? (
        <Trouble error={job.error.value} retry={job.again} />
      ) : null}
      {job.result.value === undefined ? null : <Download blob={job.result.value} name={name} />}
      {job.faults.value.length === 0 ? null : (
        <details open>
          <summary>{texts.csv.faults(failed)}</summary>
          <ul>
            {job.faults.value.map(({ row, problem }) => (
              <li key={row}>
                {texts.csv.row(row)}: {problem}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function Download({ blob, name }: { readonly blob: Blob; readonly name: string }): JSX.Element {
  const url = useMemo(() => URL.createObjectURL(blob), [blob]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  return (
    <a class="button primary" href={url} download={`${name.replace(/\.[^.]*$/, '')}-answers.csv`}>
      {texts.csv.download}
    </a>
  );
}
