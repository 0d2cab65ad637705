/** What this process and a model process say to each other. One answer per request, in any order of ids. */
import type { NamedTensor } from '../protocol/tensor.ts';
import type { Probe } from './probe.ts';
import type { Description, Run, SessionOptions } from './session.ts';

export interface OpenRequest {
  readonly file: string;
  /** Lower-case hex; another file is refused. */
  readonly sha256?: string;
  readonly options: SessionOptions;
}

export interface Opened {
  readonly description: Description;
  readonly sha256: string;
  /** Of the processor, that opening took, without reading the file. */
  readonly milliseconds: number;
}

/** Each kind of request with what it asks and what it is answered. */
export interface Conversation {
  open: { readonly ask: OpenRequest; readonly answer: Opened };
  probe: { readonly ask: { readonly feeds: readonly NamedTensor[] }; readonly answer: Probe };
  run: {
    readonly ask: { readonly feeds: readonly NamedTensor[]; readonly outputs: readonly string[] };
    readonly answer: Run;
  };
  release: { readonly ask: Readonly<Record<string, never>>; readonly answer: true };
}

export type Kind = keyof Conversation;

export type Question = { [K in Kind]: { readonly id: number; readonly kind: K } & Conversation[K]['ask'] }[Kind];

export type Reply =
  | { readonly id: number; readonly answer: Conversation[Kind]['answer'] }
  | { readonly id: number; readonly error: string };
