/** The `data` of one input: nested in the tensor's shape or flat, to elements in row-major order. */
import { allocate, type Datatype, type TensorData } from '../protocol/datatype.ts';
import { elementRule, integerOf, type Reader, type TextForm } from '../protocol/elements.ts';
import { ServeError } from '../protocol/error.ts';
import { pointer } from '../protocol/pointer.ts';
import { countElements, shapeText } from '../protocol/tensor.ts';
import type { Step } from './fields.ts';
import { fillPlain, isNested } from './fill.ts';
import { numberTexts } from './json.ts';

export interface DataPlace {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly form: TextForm;
  /** Position in `inputs`. */
  readonly index: number;
  /** The whole request as text; without it integers that JSON.parse has rounded are refused. */
  readonly text?: string;
  /** Where the data stands, if not in `/inputs/<index>/data`. */
  readonly at?: readonly Step[];
}

/** Throws ServeError INPUT_DATA, naming the element. Storage is taken only for elements that are there. */
export function decodeData(data: readonly unknown[], place: DataPlace): TensorData {
  const nested = place.shape.length > 1 && Array.isArray(data[0]);
  const count = countElements(place.shape);
  if (!nested) checkLength(data.length, count, place, []);
  else if (!isNested(data, place.shape, 0)) checkNesting(data, place, 0, []);
  const storage = allocate(place.datatype, count);
  const levels = nested ? place.shape.length - 1 : 0;
  const plain = place.form === 'text' && fillPlain(storage, data, levels, 0, place.datatype) !== -1;
  if (!plain) fillByRule(storage, data, levels, place);
  return storage;
}

/** Every element by its datatype's rule; throws at the first that breaks it. */
function fillByRule(storage: TensorData, data: readonly unknown[], levels: number, place: DataPlace): void {
  const rule = elementRule(place.datatype, place.form);
  const long = place.datatype === 'INT64' || place.datatype === 'UINT64';
  let rounded = false;
  const read: Reader = (value) => {
    if (!long || typeof value !== 'number' || Math.abs(value) <= Number.MAX_SAFE_INTEGER) return rule.read(value);
    rounded = true;
    return 0n;
  };
  const nested = levels > 0;
  fill(storage, data, levels, 0, { read, wanted: rule.wanted }, place, nested);
  if (rounded) fillExactly(storage, rule.read, rule.wanted, place, nested);
}

function placeOf(place: DataPlace, path: readonly number[]): string {
  return place.at === undefined ? pointer('inputs', place.index, 'data', ...path) : pointer(...place.at, ...path);
}

function checkNesting(level: unknown, place: DataPlace, axis: number, path: readonly number[]): void {
  if (!Array.isArray(level)) {
    const message = `data of input '${place.name}' is nested unevenly: expected an array of ${place.shape[axis]} here`;
    throw new ServeError('INPUT_DATA', message, { pointer: placeOf(place, path) });
  }
  checkLength(level.length, place.shape[axis] ?? 0, place, path);
  if (axis + 1 >= place.shape.length) return;
  for (const [index, inner] of level.entries()) checkNesting(inner, place, axis + 1, [...path, index]);
}

function checkLength(found: number, wanted: number, place: DataPlace, path: readonly number[]): void {
  if (found === wanted) return;
  const shape = shapeText(place.shape);
  const message = `unexpected number of elements in data of input '${place.name}' with shape ${shape}. Expected ${wanted}, got ${found}`;
  throw new ServeError('INPUT_DATA', message, { pointer: placeOf(place, path) });
}

interface Rule {
  readonly read: Reader;
  readonly wanted: string;
}

/** Fills from `offset` on and returns the offset after the last element. */
function fill(
  storage: TensorData,
  values: readonly unknown[],
  levels: number,
  offset: number,
  rule: Rule,
  place: DataPlace,
  nested: boolean,
): number {
  let at = offset;
  if (levels > 0) {
    for (const inner of values) at = fill(storage, inner as unknown[], levels - 1, at, rule, place, nested);
    return at;
  }
  // The rule belongs to the storage's datatype, so what it reads is what this array takes.
  const target = storage as unknown[];
  for (const value of values) {
    const element = rule.read(value);
    if (element === undefined) throw badElement(value, at, rule.wanted, place, nested);
    target[at] = element;
    at += 1;
  }
  return at;
}

/** Second reading, from the text: some integer was beyond what a JavaScript number holds. */
function fillExactly(storage: TensorData, read: Reader, wanted: string, place: DataPlace, nested: boolean): void {
  if (place.text === undefined) {
    const message = `input '${place.name}' of ${place.datatype} has an integer beyond 2^53, whose digits only the V2 protocol keeps`;
    throw new ServeError('INPUT_DATA', message, { pointer: placeOf(place, []) });
  }
  const target = storage as unknown[];
  for (const [at, text] of numberTexts(place.text, place.index).entries()) {
    const element = read(integerOf(text));
    if (element === undefined) throw badElement(text, at, wanted, place, nested);
    target[at] = element;
  }
}

function badElement(value: unknown, at: number, wanted: string, place: DataPlace, nested: boolean): ServeError {
  const shown = Array.isArray(value)
    ? 'an array'
    : (typeof value === 'string' && place.datatype.endsWith('INT64') ? value : JSON.stringify(value)).slice(0, 40);
  const message = `input '${place.name}' of ${place.datatype} cannot take ${shown}: expected ${wanted}`;
  const path = nested ? unravel(at, place.shape) : [at];
  return new ServeError('INPUT_DATA', message, { pointer: placeOf(place, path) });
}

/** Indices of the element at this row-major position. */
function unravel(at: number, shape: readonly number[]): number[] {
  const path: number[] = [];
  let rest = at;
  for (const dimension of shape.toReversed()) {
    path.unshift(rest % dimension);
    rest = Math.floor(rest / dimension);
  }
  return path;
}
