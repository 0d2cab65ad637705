/** One value: a slider with its box, a select, a switch or text; what is wrong stands below it. */
import type { JSX } from 'preact';
import type { Field } from '../model/form.ts';
import { remarkOf } from '../model/request.ts';
import { atStep } from '../model/step.ts';
import { texts } from '../texts.ts';
import { Switch } from './switch.tsx';

interface FieldProps {
  readonly field: Field;
  readonly value: string;
  readonly problem: string | undefined;
  readonly set: (text: string) => void;
}

export function FieldRow(props: FieldProps): JSX.Element {
  const { field, value, problem } = props;
  const id = idOf(field.key);
  const remark = problem ?? remarkOf(field, value);
  const described = [field.description === undefined ? '' : `${id}-about`, remark === undefined ? '' : `${id}-problem`]
    .join(' ')
    .trim();
  return (
    <div class={`field ${field.kind}`} data-field={field.key}>
      <div class="field-top">
        <label for={id}>
          {field.title}
          {field.unit === undefined ? null : <span class="unit"> {field.unit}</span>}
        </label>
        <Control {...props} id={id} described={described} />
      </div>
      {field.kind === 'number' ? <Slider {...props} /> : null}
      {field.description === undefined ? null : (
        <p class="about" id={`${id}-about`}>
          {field.description}
        </p>
      )}
      <p class={problem === undefined ? 'remark' : 'problem'} id={`${id}-problem`} aria-live="polite">
        {remark}
      </p>
    </div>
  );
}

interface ControlProps extends FieldProps {
  readonly id: string;
  readonly described: string;
}

function Control({ field, value, problem, set, id, described }: ControlProps): JSX.Element {
  const common = {
    id,
    'aria-invalid': problem === undefined ? undefined : ('true' as const),
    ...(described === '' ? {} : { 'aria-describedby': described }),
  };
  if (field.kind === 'switch')
    return (
      <Switch
        id={id}
        {...(described === '' ? {} : { 'aria-describedby': described })}
        on={value === 'true'}
        set={(on) => set(String(on))}
      />
    );
  if (field.kind === 'choice') {
    const choices = field.choices ?? [];
    return (
      <select {...common} value={value} onChange={(event) => set(event.currentTarget.value)}>
        {choices.includes(value) ? null : <option value={value}>{value}</option>}
        {choices.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    );
  }
  const numeric = field.kind === 'number';
  return (
    <input
      {...common}
      type="text"
      inputMode={numeric ? 'decimal' : 'text'}
      autoComplete="off"
      spellcheck={false}
      value={value}
      onInput={(event) => set(event.currentTarget.value)}
      onKeyDown={(event) => {
        const next = numeric ? nudged(field, value, event) : undefined;
        if (next === undefined) return;
        event.preventDefault();
        set(next);
      }}
    />
  );
}

function Slider({ field, value, set }: FieldProps): JSX.Element | null {
  const { minimum, maximum, step = 0.1 } = field;
  const whole = Number(value);
  // A range input counts in doubles: what is beyond their exactness has its box alone.
  if (minimum === undefined || maximum === undefined || maximum <= minimum || !exactEnough(minimum, maximum))
    return null;
  const share = Number.isNaN(whole) ? 0 : Math.min(1, Math.max(0, (whole - minimum) / (maximum - minimum)));
  return (
    <div class="slide">
      <input
        type="range"
        min={minimum}
        max={maximum}
        step={step}
        value={Number.isNaN(whole) ? minimum : whole}
        aria-label={texts.input.slider(field.title)}
        aria-valuetext={`${value} ${field.unit ?? ''}`.trim()}
        style={{ '--share': `${share * 100}%` }}
        onInput={(event) => set(atStep(event.currentTarget.valueAsNumber, step))}
      />
      <span class="ends" aria-hidden="true">
        <span>{minimum}</span>
        <span>{maximum}</span>
      </span>
    </div>
  );
}

function exactEnough(minimum: number, maximum: number): boolean {
  return Math.abs(minimum) <= Number.MAX_SAFE_INTEGER && Math.abs(maximum) <= Number.MAX_SAFE_INTEGER;
}

/** Arrow keys in the box, as number boxes have them; ten steps with Shift. */
function nudged({ step = 1 }: Field, value: string, event: KeyboardEvent): string | undefined {
  const direction = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
  const now = Number(value);
  if (direction === 0 || value.trim() === '' || !Number.isFinite(now) || Math.abs(now) > Number.MAX_SAFE_INTEGER)
    return undefined;
  return atStep(now + direction * step * (event.shiftKey ? 10 : 1), step);
}

/** Names come from people: an id must have no spaces. */
export function idOf(key: string): string {
  return `field-${encodeURIComponent(key)}`;
}
