/** One small chart for each column: what the model would say if only this value were another. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { createLatest, type Latest } from '../model/latest.ts';
import { type Curve, curvesOf, POINTS, type Sweep, sweepOf, valueAt } from '../model/whatif.ts';
import type { ApiError } from '../state/api.ts';
import type { ModelState } from '../state/model.ts';
import { asApiError, askModel } from '../state/side.ts';
import { texts } from '../texts.ts';
import { Chart } from './chart.tsx';
import { Trouble } from './notice.tsx';

const DELAY = 180;
const PATIENCE = 600;
/** More lines than this in one chart are a tangle: the classes that matter most here. */
const MOST_SERIES = 5;

export function WhatIfPanel({ state }: { readonly state: ModelState }): JSX.Element {
  const curves = useSignal<readonly Curve[]>([]);
  const error = useSignal<ApiError | undefined>(undefined);
  const latest = useSignal<Latest<Sweep> | undefined>(undefined);
  const target = state.target.value;
  useEffect(() => {
    const asking = createLatest<Sweep, readonly Curve[]>({
      delay: DELAY,
      patience: PATIENCE,
      run: async (sweep, abort) => curvesOf(sweep, (await askModel(state.model, target, sweep.request, abort)).answer),
      done: (_sweep, found) => {
        curves.value = found;
        error.value = undefined;
      },
      failed: (_sweep, reason) => {
        error.value = asApiError(reason);
      },
    });
    latest.value = asking;
    return () => asking.stop();
  }, [state, target, curves, error, latest]);
  const form = state.form.value;
  const values = state.values.value;
  const ask = (): void => {
    const sweep = sweepOf(form, values);
    if (sweep !== undefined) latest.peek()?.ask(sweep);
  };
  useEffect(ask, [form, values, latest.value]);
  const shown = curves.value;
  const names = legendOf(shown);
  return (
    <div class="whatif">
      <p class="about">{texts.whatif.about(POINTS)}</p>
      {error.value === undefined ? null : <Trouble error={error.value} retry={ask} />}
      {shown.length === 0 && error.value === undefined ? (
        <p class="waiting">{sweepOf(form, values) === undefined ? texts.whatif.none : texts.loading}</p>
      ) : null}
      {names.length < 2 ? null : (
        <ul class="legend" aria-hidden="true">
          {names.map((name, index) => (
            <li key={name}>
              <span class={`line s${index}`} />
              {name}
            </li>
          ))}
        </ul>
      )}
      <div class="charts">
        {shown.map((curve) => (
          <Chart
            key={curve.field.key}
            curve={{ ...curve, series: names.flatMap((name) => curve.series.filter(({ label }) => label === name)) }}
            value={Number(values[curve.field.key] ?? curve.field.initial)}
            set={(share) => state.set(curve.field.key, valueAt(curve.field, share))}
          />
        ))}
      </div>
    </div>
  );
}

/** The classes whose curves move most, in the model's order, the same in every chart. */
function legendOf(curves: readonly Curve[]): readonly string[] {
  const labels = curves[0]?.series.map(({ label }) => label) ?? [];
  if (labels.length <= MOST_SERIES) return labels;
  const height = (label: string): number =>
    Math.max(...curves.map(({ series }) => Math.max(...(series.find((one) => one.label === label)?.ys ?? [0]))));
  const highest = [...labels].sort((a, b) => height(b) - height(a)).slice(0, MOST_SERIES);
  return labels.filter((label) => highest.includes(label));
}
