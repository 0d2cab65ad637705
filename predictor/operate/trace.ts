/**
 * W3C trace context: which trace a call belongs to. Without an exporter the caller's `traceparent` is handed back as it
 * came; with one, each call is a span of its own below it.
 */

export interface Span {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** For the answer's header. */
  readonly traceparent: string;
  /** `fault` is told for failed calls. */
  end(attributes: Readonly<Record<string, string | number>>, fault?: string): void;
}

/** Undefined when there is neither a caller's trace nor one of our own. Must not throw. */
export type Tracer = (operation: string, traceparent: string | undefined) => Span | undefined;

export interface TraceParent {
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: number;
}

/** Version 00 as it is, later ones by the members that they share with it; undefined for anything else. */
export function parseTraceparent(text: string | undefined): TraceParent | undefined {
  const [, version, traceId = '', spanId = '', flags = '', rest = ''] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(text ?? '') ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && rest !== '')) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) };
}

/** Hands the caller's context back and records nothing. */
export const echoTracer: Tracer = (_, traceparent) => {
  const parent = traceparent === undefined ? undefined : parseTraceparent(traceparent);
  if (parent === undefined || traceparent === undefined) return undefined;
  return { traceId: parent.traceId, traceparent, end: () => {} };
};
