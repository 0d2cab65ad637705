/** What a FileDescriptorProto declares, read off the wire: reflection needs its names and nothing else. */
import { type Cursor, cursorOver, readKey, readMessage, readText, skip } from './wire/read.ts';

export interface FileSummary {
  readonly name: string;
  readonly dependencies: readonly string[];
  /** Full names of services. */
  readonly services: readonly string[];
  /** Full names of everything that can be asked for. */
  readonly symbols: readonly string[];
}

/** Fields of the messages of descriptor.proto that hold others, by number. */
interface Shape {
  readonly name: number;
  /** Whether what is inside has the name of this one before its own: values of an enum do not. */
  readonly isScope: boolean;
  readonly inner: Readonly<Record<number, Shape>>;
}

const leaf: Shape = { name: 1, isScope: true, inner: {} };
const enumeration: Shape = { name: 1, isScope: false, inner: { 2: leaf } };
const service: Shape = { name: 1, isScope: true, inner: { 2: leaf } };
const messageInner: Record<number, Shape> = { 2: leaf, 4: enumeration, 8: leaf };
const message: Shape = { name: 1, isScope: true, inner: messageInner };
messageInner[3] = message;

const SERVICE_FIELD = 6;
const declarations: Readonly<Record<number, Shape>> = { 4: message, 5: enumeration, [SERVICE_FIELD]: service };

/** Throws WireError. */
export function summarize(file: Buffer): FileSummary {
  const cursor = cursorOver(file);
  const dependencies: string[] = [];
  const found: { readonly field: number; readonly at: Cursor }[] = [];
  let name = '';
  let scope = '';
  while (cursor.at < cursor.end) {
    const key = readKey(cursor);
    const field = key >>> 3;
    if (field === 1) name = readText(cursor);
    else if (field === 2) scope = readText(cursor);
    else if (field === 3) dependencies.push(readText(cursor));
    else if (declarations[field] !== undefined) found.push({ field, at: readMessage(cursor) });
    else skip(cursor, key);
  }
  const symbols: string[] = [];
  const services: string[] = [];
  for (const { field, at } of found) {
    const own = collect(at, scope, declarations[field] as Shape, symbols);
    if (field === SERVICE_FIELD) services.push(own);
  }
  return { name, dependencies, services, symbols };
}

/** Full name of a declaration, which it adds to `into` with those inside it. */
function collect(cursor: Cursor, scope: string, shape: Shape, into: string[]): string {
  const inside: { readonly shape: Shape; readonly at: Cursor }[] = [];
  let name = '';
  while (cursor.at < cursor.end) {
    const key = readKey(cursor);
    const inner = shape.inner[key >>> 3];
    if (key >>> 3 === shape.name) name = readText(cursor);
    else if (inner !== undefined) inside.push({ shape: inner, at: readMessage(cursor) });
    else skip(cursor, key);
  }
  const full = scope === '' ? name : `${scope}.${name}`;
  into.push(full);
  for (const { shape: inner, at } of inside) collect(at, shape.isScope ? full : scope, inner, into);
  return full;
}
