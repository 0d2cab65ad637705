/** Which values a run of `npm run seal` needs, and how each comes in. No plaintext in any problem. */

import type { SecretKeys } from '../kube/sealed-secret.ts';
import { looksLikeCredential, valueFault } from '../kube/secret-value.ts';
import { InputRefused, type SecretInput } from '../outside/secret-input.ts';
import { fault, type Problem, type Staged, type Where } from '../problem.ts';

/** How the command meets the world; `secretInput` and `process.env` in earnest. */
export interface SealIo extends SecretInput {
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** One value to read. */
export type ValueRequest =
  | { readonly key: string; readonly from: 'stdin' | 'prompt' }
  | { readonly key: string; readonly from: 'env'; readonly variable: string };

/** As given on the command line: names of keys, never values. */
export interface KeyArguments {
  readonly keys: readonly string[];
  /** `KEY` or `KEY=VARIABLE`. */
  readonly fromEnv: readonly string[];
  readonly stdin: boolean;
}

/** Stands for the command line in problems: it is no file. */
export const commandLine: Where = { file: 'npm run seal' };

const keyPattern = /^[-._A-Za-z0-9]{1,253}$/;

/** Turns arguments into requests; `defaults` are the keys when none is named. */
export function requestValues(
  { keys, fromEnv, stdin }: KeyArguments,
  defaults: readonly string[],
): Staged<ValueRequest[]> {
  const problems = [...keys.flatMap(positionalProblem), ...fromEnv.flatMap(variableProblem)];
  if (problems.length > 0) return { problems };
  const variables = new Map(fromEnv.map((given) => splitVariable(given)));
  const named = [...new Set([...keys, ...variables.keys()])];
  const all = named.length > 0 ? named : defaults;
  if (all.length === 0) {
    const message = 'Cannot seal this Secret: its keys are not known';
    return { problems: [fault('SECRET_KEYS', commandLine, message, 'Name the keys after the options')] };
  }
  const value = all.map((key): ValueRequest => {
    const variable = variables.get(key);
    return variable === undefined ? { key, from: stdin ? 'stdin' : 'prompt' } : { key, from: 'env', variable };
  });
  return { value, problems };
}

function splitVariable(given: string): [string, string] {
  const equals = given.indexOf('=');
  return equals < 0 ? [given, given] : [given.slice(0, equals), given.slice(equals + 1)];
}

/** The argument itself is not repeated: it may be a value. */
function positionalProblem(given: string, index: number): Problem[] {
  if (given.includes('=') || looksLikeCredential(given)) return [valueInArguments(index)];
  return keyPattern.test(given) ? [] : [badKey(index)];
}

function variableProblem(given: string, index: number): Problem[] {
  const [key, variable] = splitVariable(given);
  if (looksLikeCredential(key) || looksLikeCredential(variable)) return [valueInArguments(index)];
  return keyPattern.test(key) && variable !== '' ? [] : [badKey(index)];
}

function valueInArguments(index: number): Problem {
  const message = `Cannot take a value from the command line (key ${index + 1}): the shell's history and the process list keep it`;
  const repair = 'Treat that value as leaked; name the key alone and give its value by prompt, --stdin or --from-env';
  return fault('SECRET_PLAINTEXT', commandLine, message, repair);
}

function badKey(index: number): Problem {
  const message = `Cannot use the name given as key ${index + 1}`;
  return fault('SECRET_KEYS', commandLine, message, 'Keys are letters, digits, "-", "_" and "."');
}

/** Reads every requested value and checks it. The caller zeroes the values, also when there are problems. */
export async function readValues(
  requests: readonly ValueRequest[],
  expected: SecretKeys,
  io: SealIo,
  values: Map<string, Buffer>,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  try {
    problems.push(...fromEnvironment(requests, io, values));
    problems.push(...(await fromStdin(requests, io, values)));
    if (problems.length > 0) return problems;
    for (const { key, from } of requests) {
      if (from === 'prompt') values.set(key, await io.prompt(key));
    }
  } catch (error) {
    if (!(error instanceof InputRefused)) throw error;
    const message = `Cannot read the values: ${error.message}`;
    return [
      ...problems,
      fault('SECRET_KEYS', commandLine, message, 'Give them by --from-env, --stdin or at a terminal'),
    ];
  }
  return requests.flatMap(({ key }) => {
    const reason = valueFault(
      values.get(key) ?? Buffer.alloc(0),
      Object.hasOwn(expected, key) ? expected[key]?.bytes : undefined,
    );
    return reason === undefined ? [] : [badValue(key, reason)];
  });
}

function badValue(key: string, reason: string): Problem {
  const repair = 'Give the bare value: no quotes, no blanks, no line break (printf %s, not echo)';
  return fault('SECRET_LENGTH', commandLine, `Cannot seal the value of "${key}": ${reason}`, repair);
}

function fromEnvironment(requests: readonly ValueRequest[], io: SealIo, values: Map<string, Buffer>): Problem[] {
  return requests.flatMap((request) => {
    if (request.from !== 'env') return [];
    const text = io.env[request.variable];
    if (text !== undefined) {
      values.set(request.key, Buffer.from(text));
      return [];
    }
    const message = `Cannot seal "${request.key}": the environment variable named for it is not set`;
    return [fault('SECRET_KEYS', commandLine, message, 'Set and export it, or name another as KEY=VARIABLE')];
  });
}

async function fromStdin(
  requests: readonly ValueRequest[],
  io: SealIo,
  values: Map<string, Buffer>,
): Promise<Problem[]> {
  const keys = requests.filter(({ from }) => from === 'stdin').map(({ key }) => key);
  const [only] = keys;
  if (only === undefined) return [];
  const bytes = await io.readStdin();
  if (keys.length === 1) {
    values.set(only, bytes);
    return [];
  }
  try {
    const problems = splitStdin(bytes, keys, values);
    if (problems.length > 0) return problems;
  } finally {
    bytes.fill(0);
  }
  return keys.flatMap((key) =>
    values.has(key) ? [] : [stdinFault(`it holds no "${key}"`, 'Give a JSON object or KEY=VALUE lines with every key')],
  );
}

function stdinFault(reason: string, repair: string): Problem {
  return fault('SECRET_KEYS', { file: 'stdin' }, `Cannot read the values from stdin: ${reason}`, repair);
}

/** Several values: a JSON object, or KEY=VALUE lines. Faults name a place, not what stands there. */
function splitStdin(bytes: Buffer, keys: readonly string[], values: Map<string, Buffer>): Problem[] {
  const json = /^\s*\{/.test(bytes.subarray(0, 64).toString('latin1'));
  const entries = json ? jsonEntries(bytes) : lineEntries(bytes);
  if (typeof entries === 'string') return [stdinFault(entries, 'Give a JSON object of strings, or KEY=VALUE lines')];
  return entries.flatMap(([key, value], index) => {
    if (!keys.includes(key) || values.has(key)) {
      value.fill(0);
      const reason = values.has(key)
        ? `it holds "${key}" twice`
        : `entry ${index + 1} is a key that is not to be sealed`;
      return [stdinFault(reason, `Give exactly: ${keys.join(', ')}`)];
    }
    values.set(key, value);
    return [];
  });
}

function jsonEntries(bytes: Buffer): [string, Buffer][] | string {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    // The parser's own message quotes the text.
    return 'not JSON, although it begins with "{"';
  }
  const entries: [string, Buffer][] = [];
  for (const [key, text] of Object.entries(value as object)) {
    if (typeof text !== 'string') return `entry ${entries.length + 1} is not a string`;
    entries.push([key, Buffer.from(text)]);
  }
  return entries;
}

/** Splits bytes, not text, so that the values can be zeroed. */
function lineEntries(bytes: Buffer): [string, Buffer][] | string {
  const entries: [string, Buffer][] = [];
  for (let start = 0, line = 1; start < bytes.length; line += 1) {
    const newline = bytes.indexOf(0x0a, start);
    let end = newline < 0 ? bytes.length : newline;
    const next = end + 1;
    if (end > start && bytes[end - 1] === 0x0d) end -= 1;
    const equals = bytes.indexOf(0x3d, start);
    if (end > start && (equals <= start || equals >= end)) return `line ${line} is not KEY=VALUE`;
    if (end > start) {
      entries.push([bytes.toString('utf8', start, equals), Buffer.from(bytes.subarray(equals + 1, end))]);
    }
    start = next;
  }
  return entries;
}
