/** JSON text of a request: parsed within limits, and read again where numbers need all their digits. */
import { isAscii, isUtf8 } from 'node:buffer';
import { limits } from '../operate/limits.ts';
import { ServeError } from '../protocol/error.ts';

const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const comma = 0x2c;
const colon = 0x3a;
/** Below this size no structure can do harm. */
const harmlessBytes = 65_536;

export interface JsonBody {
  readonly text: string;
  readonly value: unknown;
}

/** Throws ServeError REQUEST_SYNTAX or REQUEST_TOO_LARGE. */
export function parseJson(body: Buffer): JsonBody {
  if (body.length === 0) throw new ServeError('REQUEST_SYNTAX', 'request body is empty, expected a JSON object');
  if (body.length > harmlessBytes) checkStructure(body);
  const text = decodeText(body);
  try {
    return { text, value: JSON.parse(text) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServeError('REQUEST_SYNTAX', `request body is not JSON: ${reason}`);
  }
}

function decodeText(body: Buffer): string {
  if (isAscii(body)) return body.toString('latin1');
  if (!isUtf8(body)) throw new ServeError('REQUEST_SYNTAX', 'request body is not UTF-8');
  const hasMark = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
  return body.toString('utf8', hasMark ? 3 : 0);
}

/** Counts before parsing: 64 MiB of brackets would become gigabytes of objects. */
function checkStructure(body: Uint8Array): void {
  let depth = 0;
  let structures = 0;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at];
    if (byte === quote) at = endOfString(body, at);
    else if (byte === closeBracket || byte === closeBrace) depth -= 1;
    else if (byte === openBracket || byte === openBrace || byte === colon) {
      if (byte !== colon) depth += 1;
      structures += 1;
      if (depth > limits.jsonDepth) tooMuch(`nesting deeper than ${limits.jsonDepth}`);
      if (structures > limits.jsonStructures) tooMuch(`more than ${limits.jsonStructures} arrays, objects and members`);
    }
  }
}

function tooMuch(what: string): never {
  throw new ServeError('REQUEST_TOO_LARGE', `request body has ${what}`);
}

/** Index of the closing quote; the end of the body when there is none. */
function endOfString(body: Uint8Array, start: number): number {
  let at = start + 1;
  for (; at < body.length && body[at] !== quote; at++) if (body[at] === backslash) at += 1;
  return at;
}

/**
 * The numbers of `/inputs/<index>/data` as written, in order. `text` is valid JSON in which that place is an array of
 * nothing but numbers, to any depth. JSON.parse has rounded integers beyond 2^53; their digits are only here.
 */
export function numberTexts(text: string, index: number): string[] {
  const inputs = member(text, skipSpace(text, 0), 'inputs');
  const data = member(text, element(text, inputs, index), 'data');
  return text.slice(data, endOfValue(text, data)).match(/-?\d[\d.eE+-]*/g) ?? [];
}

/** Start of the value of the last member with this name, which is the one that JSON.parse keeps. */
function member(text: string, object: number, name: string): number {
  let found = -1;
  let at = skipSpace(text, object + 1);
  while (text.charCodeAt(at) === quote) {
    const end = endOfValue(text, at);
    const key: unknown = JSON.parse(text.slice(at, end));
    const value = skipSpace(text, skipSpace(text, end) + 1);
    if (key === name) found = value;
    at = afterComma(text, endOfValue(text, value));
  }
  return found;
}

function element(text: string, array: number, index: number): number {
  let at = skipSpace(text, array + 1);
  for (let passed = 0; passed < index; passed++) at = afterComma(text, endOfValue(text, at));
  return at;
}

function afterComma(text: string, end: number): number {
  const at = skipSpace(text, end);
  return text.charCodeAt(at) === comma ? skipSpace(text, at + 1) : at;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) <= 0x20) at += 1;
  return at;
}

/** Index after the value that starts here. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      for (at += 1; text.charCodeAt(at) !== quote; at++) if (text.charCodeAt(at) === backslash) at += 1;
      if (depth === 0) return at + 1;
    } else if (code === openBracket || code === openBrace) depth += 1;
    else if (code === closeBracket || code === closeBrace) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (code === comma || code <= 0x20)) return at;
  }
  return text.length;
}
