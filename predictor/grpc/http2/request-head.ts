/** What makes fields a request (RFC 9113 section 8.3.1). */
import { errorCode } from './constants.ts';
import { StreamFault } from './fault.ts';
import { type Field, type FieldKind, fieldKind } from './field.ts';

export interface RequestHead {
  readonly method: string;
  readonly path: string;
  readonly fields: readonly Field[];
  /** Bytes of content that the request says it has. */
  readonly contentLength: number | undefined;
}

const pseudo: readonly FieldKind[] = [fieldKind.method, fieldKind.scheme, fieldKind.path, fieldKind.authority];
const digits = /^\d{1,15}$/;

/** Throws StreamFault PROTOCOL_ERROR: a malformed request must not be worked on (section 8.1.1). */
export function readHead(fields: readonly Field[]): RequestHead {
  let method = '';
  let path = '';
  let scheme = '';
  let hasAuthority = false;
  let inOrdinary = false;
  let contentLength: number | undefined;
  for (const { kind, name, value } of fields) {
    if (kind === fieldKind.ordinary || kind === fieldKind.te) {
      inOrdinary = true;
      continue;
    }
    if (kind === fieldKind.forbidden) throw malformed(`field '${name}'`);
    if (kind === fieldKind.contentLength) {
      inOrdinary = true;
      if (!digits.test(value) || (contentLength ?? Number(value)) !== Number(value)) throw malformed('content-length');
      contentLength = Number(value);
      continue;
    }
    if (inOrdinary) throw malformed(`'${name}' behind other fields`);
    if (kind === fieldKind.method && method === '') method = value;
    else if (kind === fieldKind.path && path === '') path = value;
    else if (kind === fieldKind.scheme && scheme === '') scheme = value;
    else if (kind === fieldKind.authority && !hasAuthority) hasAuthority = true;
    else throw malformed(`'${name}' twice`);
  }
  if (method === '' || path === '' || scheme === '') throw malformed('no method, scheme or path');
  return { method, path, fields, contentLength };
}

/** Fields behind the content: as others, but without any that begin with a colon. Throws StreamFault. */
export function checkTrailers(fields: readonly Field[]): void {
  for (const { kind, name } of fields) {
    if (kind === fieldKind.forbidden || pseudo.includes(kind)) throw malformed(`field '${name}' behind the content`);
  }
}

function malformed(what: string): StreamFault {
  return new StreamFault(errorCode.protocol, `malformed request: ${what}`);
}
