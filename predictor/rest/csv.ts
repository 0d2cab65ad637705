/** Comma-separated values (RFC 4180) with a header line, to a frame whose elements suit the datatype of the model. */
import type { Datatype } from '../protocol/datatype.ts';
import { ServeError } from '../protocol/error.ts';
import type { Frame } from '../protocol/frame.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Throws ServeError REQUEST_SYNTAX or INPUT_DATA. */
export function csvFrame(body: Buffer, datatypeOf: (column: string) => Datatype): Frame {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    throw new ServeError('REQUEST_SYNTAX', 'request body is not UTF-8');
  }
  const [columns = [], ...lines] = records(text);
  if (lines.length === 0)
    throw new ServeError('REQUEST_SYNTAX', 'CSV has no rows, expected a line of column names and at least one row');
  const rows = lines.map((values, row) => {
    if (values.length !== columns.length) {
      const message = `row ${row} of the CSV has ${values.length} values, expected ${columns.length}`;
      throw new ServeError('INPUT_DATA', message);
    }
    return values.map((value, column) => element(value, datatypeOf(columns[column] ?? '')));
  });
  return { columns, rows, place: (row, column) => ['rows', row, columns[column] ?? column] };
}

/** Text for BYTES; else a number, truth value or null (missing) where it is one, and the text to be refused. */
function element(text: string, datatype: Datatype): unknown {
  if (datatype === 'BYTES') return text;
  const trimmed = text.trim();
  if (trimmed === '') return null;
  if (/^true$/i.test(trimmed)) return true;
  if (/^false$/i.test(trimmed)) return false;
  if (/^nan$/i.test(trimmed)) return null;
  if (datatype.endsWith('INT64') && /^[+-]?\d{16,}$/.test(trimmed)) return BigInt(trimmed);
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed) : text;
}

function records(text: string): string[][] {
  const found: string[][] = [];
  let record: string[] = [];
  let at = 0;
  while (at < text.length) {
    const { value, end } = text[at] === '"' ? quoted(text, at) : bare(text, at);
    record.push(value);
    const stop = text[end];
    at = end + 1;
    if (stop === ',' && at < text.length) continue;
    if (stop === ',') record.push('');
    if (stop === '\r' && text[at] === '\n') at += 1;
    if (record.length > 1 || record[0] !== '') found.push(record);
    record = [];
  }
  return found;
}

interface Value {
  readonly value: string;
  /** Index of what stands after it: a comma, the end of a line or of the text. */
  readonly end: number;
}

function bare(text: string, start: number): Value {
  let end = start;
  while (end < text.length && text[end] !== ',' && text[end] !== '\n' && text[end] !== '\r') end += 1;
  return { value: text.slice(start, end), end };
}

function quoted(text: string, start: number): Value {
  let value = '';
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1)
      throw new ServeError('REQUEST_SYNTAX', `CSV has a quote at character ${start} that nothing closes`);
    value += text.slice(at, quote);
    at = quote + 1;
    if (text[at] !== '"') break;
    value += '"';
    at += 1;
  }
  if (at < text.length && !',\n\r'.includes(text[at] ?? ''))
    throw new ServeError('REQUEST_SYNTAX', `CSV has text after the closing quote at character ${at}`);
  return { value, end: at };
}
