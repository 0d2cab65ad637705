/** What-if curves: each column goes through its range while the others stay, all in one request. */
import { type Answer, readRow, rowCount } from './answer.ts';
import { isInteger, type Scalar } from './datatype.ts';
import { type Field, type Form, isBatch, rowShape, type Values } from './form.ts';
import { buildRequest, type InferInput, type InferRequest } from './request.ts';
import { atStep } from './step.ts';

export const POINTS = 50;
/** More columns than this would be more curves than anyone reads. */
const MOST_COLUMNS = 40;

export interface Sweep {
  readonly request: InferRequest;
  readonly axes: readonly Axis[];
}

export interface Axis {
  readonly field: Field;
  readonly xs: readonly number[];
}

export interface Curve {
  readonly field: Field;
  readonly xs: readonly number[];
  readonly series: readonly { readonly label: string; readonly ys: readonly number[] }[];
}

/** Undefined where no field has a range, rows cannot be sent together, or a value is wrong. */
export function sweepOf(form: Form, values: Values, points = POINTS): Sweep | undefined {
  const { request } = buildRequest(form, values);
  if (request === undefined || !isBatch(form)) return undefined;
  const axes = form
    .flatMap((one) => (one.kind === 'fields' ? one.fields : []))
    .filter((field) => field.kind === 'number' && field.minimum !== undefined && field.maximum !== undefined)
    .slice(0, MOST_COLUMNS)
    .map((field) => ({ field, xs: pointsOf(field, points) }));
  if (axes.length === 0) return undefined;
  const rows = axes.reduce((sum, { xs }) => sum + xs.length, 0);
  const inputs = request.inputs.map((input, at): InferInput => {
    const one = form[at];
    const size = input.data.length;
    const data: Scalar[] = [];
    for (const { field, xs } of axes) {
      const column = one?.kind === 'fields' ? one.fields.findIndex(({ key }) => key === field.key) : -1;
      for (const x of xs) {
        const row = [...input.data];
        if (column >= 0) row[column] = x;
        data.push(...row);
      }
    }
    return { ...input, shape: [rows, ...rowShape(one?.shape ?? [-1, size])], data };
  });
  return { request: { inputs }, axes };
}

function pointsOf({ minimum = 0, maximum = 0, datatype, step = 0 }: Field, points: number): number[] {
  const at = (index: number): number => minimum + ((maximum - minimum) * index) / (points - 1);
  const all = Array.from({ length: points }, (_, index) =>
    isInteger(datatype) ? Math.round(at(index)) : Number(at(index).toPrecision(7)),
  );
  return step > 0 ? [...new Set(all)] : all;
}

/** The answer to a sweep, cut into curves: one line per class, or one for a number. */
export function curvesOf({ axes }: Sweep, answer: Answer): Curve[] {
  const rows = rowCount(answer);
  const readings = Array.from({ length: rows }, (_, row) => readRow(answer, row, rows));
  let from = 0;
  return axes.flatMap(({ field, xs }) => {
    const mine = readings.slice(from, from + xs.length);
    from += xs.length;
    const labels = mine[0]?.shares?.map(({ label }) => label);
    const series =
      labels === undefined
        ? [
            {
              label: mine[0]?.numbers[0]?.name ?? '',
              ys: mine.map(({ numbers }) => Number(numbers[0]?.value ?? Number.NaN)),
            },
          ]
        : labels.map((label, index) => ({ label, ys: mine.map(({ shares }) => shares?.[index]?.share ?? Number.NaN) }));
    return series.every(({ ys }) => ys.every(Number.isNaN)) ? [] : [{ field, xs, series }];
  });
}

/** A place on a curve as the text of its field. */
export function valueAt({ minimum = 0, maximum = 0, step = 0.1, datatype }: Field, share: number): string {
  const value = minimum + (maximum - minimum) * Math.min(1, Math.max(0, share));
  const stepped = minimum + Math.round((value - minimum) / step) * step;
  return isInteger(datatype) ? String(Math.round(value)) : atStep(Math.min(maximum, stepped), step);
}
