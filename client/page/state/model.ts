/** One model's page: what is typed, who is asked, what came back. Nothing typed is lost by an error or a reload. */
import { computed, effect, type ReadonlySignal, type Signal, signal, untracked } from '@preact/signals';
import type { ModelDetail, Signature, TargetDetail } from '../../contract.ts';
import { type Form, formOf, initialValues, type Values } from '../model/form.ts';
import { type Entry, headlineOf, parseEntries, remember } from '../model/history.ts';
import { asTensors, FIRST_TENSORS, parseTensors, type RawTensor, rawForm } from '../model/raw.ts';
import { type Built, buildRequest } from '../model/request.ts';
import { fromHash, LONGEST, type Shared, toHash } from '../model/share.ts';
import { kept, load, save } from './kept.ts';
import { createSide, type Got, type Side } from './side.ts';
import { catalogue } from './site.ts';

export interface ModelState {
  readonly model: ModelDetail;
  readonly target: Signal<TargetDetail>;
  /** `model` or `model@target`; empty for none. */
  readonly versus: Signal<string>;
  readonly form: ReadonlySignal<Form>;
  readonly values: Signal<Values>;
  /** Tensors that people name themselves, where nobody knows the signature; undefined where it is known. */
  readonly raw: Signal<readonly RawTensor[]> | undefined;
  readonly built: ReadonlySignal<Built>;
  readonly live: Signal<string>;
  readonly side: ReadonlySignal<Side>;
  readonly other: Signal<Side | undefined>;
  readonly history: ReadonlySignal<readonly Entry[]>;
  set(key: string, value: string): void;
  reset(): void;
  restore(values: Values): void;
  forget(): void;
  /** The page's address with everything in it; undefined where that would be too long. */
  address(): string | undefined;
  stop(): void;
}

/** An answer becomes history when nobody has changed it for this long (milliseconds). */
const SETTLED = 900;

export function createModelState(model: ModelDetail): ModelState {
  const first = model.targets[0];
  if (first === undefined) throw new Error(`model "${model.name}" has no target`);
  const known = first.signature.inputs.length > 0;
  const shared = sharedFor(model, known ? formOf(first.signature, model) : []);
  const target = signal(model.targets.find(({ name }) => name === shared.target) ?? first);
  const raw = known ? undefined : keptRaw(model, shared.tensors);
  const form = computed(() => (raw === undefined ? formOf(target.value.signature, model) : rawForm(raw.value)));
  const before = load('session', `values:${model.name}`);
  const values = signal<Values>({ ...initialValues(form.peek()), ...parseValues(before), ...shared.values });
  const versus = signal(shared.versus ?? '');
  const built = computed(() => (raw === undefined ? buildRequest(form.value, values.value) : asTensors(raw.value)));
  const live = kept('local', 'live', 'on');
  const stored = kept('local', `history:${model.name}`, '[]');
  const history = computed(() => parseEntries(stored.value));
  let settling: ReturnType<typeof setTimeout> | undefined;
  const arrived = (got: Got): void => {
    clearTimeout(settling);
    const snapshot = raw === undefined ? values.peek() : { raw: JSON.stringify(raw.peek()) };
    settling = setTimeout(() => {
      const entry: Entry = {
        at: new Date().toISOString(),
        target: target.peek().name,
        ...(got.answer.version === undefined ? {} : { version: got.answer.version }),
        values: snapshot,
        ...headlineOf(got.reading),
      };
      stored.value = JSON.stringify(remember(parseEntries(stored.peek()), entry));
    }, SETTLED);
  };
  const side = computed(() => createSide(model, target.value, arrived));
  const other = signal<Side | undefined>(undefined);
  let saving: ReturnType<typeof setTimeout> | undefined;
  const stops = [
    effect(() => {
      const text = JSON.stringify(values.value);
      clearTimeout(saving);
      saving = setTimeout(() => keep(model, 'values', text), 150);
    }),
    // A side that is left stops asking.
    effect(() => {
      const current = side.value;
      return () => current.stop();
    }),
    // A catalogue that arrives shows that this site is there again: what it could not be asked is asked now.
    effect(() => {
      if (catalogue.value === undefined) return;
      untracked(() => {
        for (const one of [side.value, other.value]) if (one?.error.value?.code === 'OFFLINE') one.again();
      });
    }),
    effect(() => {
      const { request } = built.value;
      const sides = [side.value, other.value];
      if (live.value === 'on' || request === undefined) {
        untracked(() => {
          for (const one of sides) one?.ask(request);
        });
      }
    }),
  ];
  const restore = (next: Values): void => {
    if (raw !== undefined) raw.value = parseTensors(next['raw']) ?? raw.peek();
    else values.value = { ...initialValues(form.peek()), ...next };
  };
  return {
    model,
    target,
    versus,
    form,
    values,
    raw,
    built,
    live,
    side,
    other,
    history,
    set: (key, value) => {
      values.value = { ...values.peek(), [key]: value };
    },
    reset: () => {
      if (raw === undefined) restore({});
      else raw.value = firstTensors(model);
    },
    restore,
    forget: () => {
      stored.value = '[]';
    },
    address: () => {
      const beside = versus.peek() === '' ? {} : { versus: versus.peek() };
      const where = target.peek() === first ? {} : { target: target.peek().name };
      const typed = raw === undefined ? { values: values.peek() } : { values: {}, ...changed(model, raw.peek()) };
      const hash = toHash(raw === undefined ? form.peek() : [], { ...typed, ...where, ...beside });
      return hash.length > LONGEST ? undefined : `${location.origin}${location.pathname}${hash}`;
    },
    stop: () => {
      clearTimeout(settling);
      clearTimeout(saving);
      keep(model, 'values', JSON.stringify(values.peek()));
      for (const stop of stops) stop();
      other.peek()?.stop();
    },
  };
}

/** What is typed, and the address under which it was. */
function keep({ name }: ModelDetail, what: 'values' | 'raw', text: string): void {
  save('session', `${what}:${name}`, text);
  save('session', `hash:${name}`, location.hash);
}

/** What the address says; of its values nothing where this tab has shown them before and comes back: they were changed since. */
function sharedFor({ name }: ModelDetail, form: Form): Shared {
  const shared = fromHash(form, location.hash);
  const [visit] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  if (visit?.type === 'navigate' || load('session', `hash:${name}`) !== location.hash) return shared;
  const { target, versus } = shared;
  return { values: {}, ...(target === undefined ? {} : { target }), ...(versus === undefined ? {} : { versus }) };
}

/** What an address says comes before what was typed here, and that before the example. */
function keptRaw(model: ModelDetail, shared: readonly RawTensor[] | undefined): Signal<readonly RawTensor[]> {
  const raw = signal(shared ?? parseTensors(load('session', `raw:${model.name}`)) ?? firstTensors(model));
  effect(() => keep(model, 'raw', JSON.stringify(raw.value)));
  return raw;
}

function firstTensors({ example }: ModelDetail): readonly RawTensor[] {
  return (
    example?.inputs.map(
      ({ name, datatype, shape, data }): RawTensor => ({
        name,
        datatype,
        shape: shape.join(', '),
        data: JSON.stringify(data),
      }),
    ) ?? FIRST_TENSORS
  );
}

function changed(model: ModelDetail, tensors: readonly RawTensor[]): { readonly tensors?: readonly RawTensor[] } {
  return JSON.stringify(tensors) === JSON.stringify(firstTensors(model)) ? {} : { tensors };
}

function parseValues(text: string | undefined): Values {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    if (value === null || typeof value !== 'object') return {};
    return Object.fromEntries(Object.entries(value).filter(([, one]) => typeof one === 'string'));
  } catch {
    // Not written by this page.
    return {};
  }
}

/** Whether the same input suits another signature. */
export function suits(one: Signature, other: Signature): boolean {
  return (
    one.inputs.length === other.inputs.length &&
    one.inputs.every(({ shape, datatype }, index) => {
      const beside = other.inputs[index];
      return (
        beside?.datatype === datatype &&
        beside.shape.length === shape.length &&
        shape.every((size, at) => size === -1 || beside.shape[at] === -1 || size === beside.shape[at])
      );
    })
  );
}
