/** What a smoke check asks, and what it finds wrong with an answer. */

/** One model to ask, in the names of its graph. */
export interface SmokeCheck {
  readonly model: string;
  /** Address without a final slash. */
  readonly url: string;
  /** Inputs as they are sent. */
  readonly inputs: readonly unknown[];
  /** Outputs that must come; `data` (nested or flat) is compared where it is there. */
  readonly outputs: readonly { readonly name: string; readonly data?: readonly unknown[] }[];
  /** Largest absolute difference of floating-point values. */
  readonly tolerance: number;
}

/** One model without an example: it is enough that anything answers, as a Service does when a pod behind it is ready. */
export type ReadyCheck = Pick<SmokeCheck, 'model' | 'url'>;

export interface SmokeFile {
  /** How long to try. */
  readonly seconds: number;
  readonly checks: readonly (SmokeCheck | ReadyCheck)[];
}

/** Reads the file; throws with the field that is wrong. */
export function smokeCheck(text: string): SmokeFile {
  const value = JSON.parse(text) as Partial<SmokeFile>;
  const fail = (what: string): never => {
    throw new Error(what);
  };
  if (typeof value.seconds !== 'number') fail('"seconds" is not a number');
  if (!Array.isArray(value.checks) || value.checks.length === 0) fail('"checks" is not a list with an entry');
  for (const one of value.checks ?? []) {
    const check: Partial<SmokeCheck> = one;
    for (const field of ['model', 'url'] as const) {
      if (typeof check[field] !== 'string') fail(`"${field}" of a check is not a text`);
    }
    if (!asks(one)) continue;
    for (const field of ['inputs', 'outputs'] as const) {
      if (!Array.isArray(check[field])) fail(`"${field}" of a check is not a list`);
    }
    if (typeof check.tolerance !== 'number') fail('"tolerance" of a check is not a number');
  }
  return value as SmokeFile;
}

/** Whether the check sends an example. */
export function asks(check: SmokeCheck | ReadyCheck): check is SmokeCheck {
  return 'inputs' in check;
}

interface Output {
  readonly name?: unknown;
  readonly datatype?: unknown;
  readonly data?: unknown;
}

/** Sentences on how the body of an answer differs; only the first difference of each output is told. */
export function answerFaults(check: SmokeCheck, body: string): string[] {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return [`the answer is not JSON: ${body.slice(0, 200)}`];
  }
  const { outputs } = (answer ?? {}) as { outputs?: unknown };
  if (!Array.isArray(outputs)) return [`the answer has no outputs: ${body.slice(0, 200)}`];
  return check.outputs.flatMap(({ name, data }) => {
    const output = (outputs as Output[]).find((candidate) => candidate.name === name);
    if (output === undefined) return [`output "${name}" is missing`];
    return data === undefined ? [] : valueFaults(name, data.flat(Infinity), output, check.tolerance);
  });
}

function valueFaults(name: string, expected: readonly unknown[], output: Output, tolerance: number): string[] {
  const found: readonly unknown[] = Array.isArray(output.data) ? output.data.flat(Infinity) : [];
  if (found.length !== expected.length) {
    return [`output "${name}" has ${found.length} values, expected ${expected.length}`];
  }
  const allowed = /^(?:FP|BF)/.test(String(output.datatype)) ? tolerance : 0;
  const index = expected.findIndex((value, at) => !isNear(value, found[at], allowed));
  if (index < 0) return [];
  const within = allowed > 0 ? ` within ${allowed}` : '';
  const [was, wanted] = [JSON.stringify(found[index]), JSON.stringify(expected[index])];
  return [`output "${name}" [${index}] is ${was}, expected ${wanted}${within}`];
}

function isNear(expected: unknown, found: unknown, tolerance: number): boolean {
  if (expected === found) return true;
  return typeof expected === 'number' && typeof found === 'number' && Math.abs(expected - found) <= tolerance;
}
