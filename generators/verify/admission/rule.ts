/** What a rule of KServe's admission is made of (tier T3). */
import type { KubeObject } from '../../kube/object.ts';
import { fault, type Pointer, type Problem, type Where, warning } from '../../problem.ts';
import type { ProblemCode } from '../../problem-codes.ts';

/** One breach: where it stands, what is wrong there (the end of a sentence), and what to do. */
export interface Finding {
  readonly pointer: Pointer;
  /** True where the key is at fault, not the value. */
  readonly key?: boolean;
  readonly fault: string;
  readonly repair: string;
}

/**
 * A rule over one object. `source` is the file and function of KServe v0.16.0 that it follows; rules of the webhook are
 * held against the real one by `npm run test:admission`.
 */
export interface Rule<O> {
  readonly code: ProblemCode;
  readonly source: string;
  /** Absent: an error. */
  readonly severity?: 'warning';
  readonly find: (object: O) => readonly Finding[];
}

/** Runs every rule; `title` is the object as people call it, `file` where it stands. */
export function applyRules<O>(rules: readonly Rule<O>[], object: O, placed: PlacedTitle): Problem[] {
  const problems: Problem[] = [];
  for (const { code, severity, find } of rules) {
    for (const { pointer, key, fault: wrong, repair } of find(object)) {
      const where: Where = { file: placed.file, pointer, ...(key === true ? { key: true } : {}) };
      const make = severity === 'warning' ? warning : fault;
      const verb = severity === 'warning' ? 'Cannot keep' : 'Cannot apply';
      const end = severity === 'warning' ? ' as it is written' : '';
      problems.push(make(code, where, `${verb} ${placed.title}${end}: ${wrong}`, repair));
    }
  }
  return problems;
}

export interface PlacedTitle {
  readonly file: string;
  readonly title: string;
}

/** `InferenceService flowers/iris`. */
export function titleOf({ kind, metadata }: KubeObject): string {
  const { name, namespace }: Partial<KubeObject['metadata']> = metadata ?? {};
  return [kind, [namespace, name].filter((part) => part !== undefined).join('/')].join(' ').trimEnd();
}

/** `spec.predictor.containers[0].env`. */
export function pathOf(pointer: Pointer): string {
  return pointer
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .slice(1);
}
