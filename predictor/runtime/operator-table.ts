/**
 * Which ONNX operators the installed ONNX Runtime knows, found out by asking it: one model of a single node for each
 * operator and opset. `npm run operators` writes the table to `schemas/onnx-operators.json`, which the checks of model
 * artifacts read; a test holds the table to the runtime that is installed.
 *
 * The runtime refuses a node whose operator it has no schema for, or a deprecated one, before it looks at anything else;
 * any other refusal (too few inputs, for instance) says that it knows the operator. Which types its CPU kernels
 * take is in `schemas/onnx-kernels.json` (predictor/kernels.py), as far as a file tells its types; tier T7 loads the model.
 */
import { InferenceSession } from 'onnxruntime-node';
import { oneNode } from './one-node.ts';

/** `[first, last]` opsets, both included. */
export type OpsetRange = readonly [number, number];

export interface OperatorTable {
  /** Release of ONNX Runtime that was asked. */
  readonly runtime: string;
  readonly irVersion: number;
  /** Domain → newest opset; `ai.onnx` is the default domain. */
  readonly opsets: Readonly<Record<string, number>>;
  /** Domain of the standard → operator → opsets in which it may be used. */
  readonly operators: Readonly<Record<string, Readonly<Record<string, readonly OpsetRange[]>>>>;
}

/** The standard's own domains, and the runtime's, whose operators are not listed. */
export const DOMAINS = ['ai.onnx', 'ai.onnx.ml', 'com.microsoft'] as const;

/** Versions far above any that exist: the search for the newest stops here. */
const MOST = 64;
const UNKNOWN = /No Op registered for|is not a registered function\/op|is deprecated in domain_version/;

/** Newest opset of a domain that the runtime takes; 0 when it does not know the domain. */
export async function newestOpset(domain: string, operator: string, irVersion: number): Promise<number> {
  let newest = 0;
  for (let opset = 1; opset <= MOST; opset += 1) {
    if (await takesOpset(domain, operator, opset, irVersion)) newest = opset;
  }
  return newest;
}

export async function newestIrVersion(): Promise<number> {
  let newest = 0;
  for (let irVersion = 3; irVersion <= MOST; irVersion += 1) {
    const answer = await ask('ai.onnx', 'Relu', 13, irVersion);
    if (!/Unsupported model IR version/.test(answer)) newest = irVersion;
  }
  return newest;
}

async function takesOpset(domain: string, operator: string, opset: number, irVersion: number): Promise<boolean> {
  const answer = await ask(domain, operator, opset, irVersion);
  return !/only \*?guarantees\*? support|is under development|ValidateOpsetForDomain/.test(answer);
}

/** Opsets in which an operator may be used, as ranges. */
export async function rangesOf(
  domain: string,
  operator: string,
  newest: number,
  irVersion: number,
): Promise<OpsetRange[]> {
  const ranges: [number, number][] = [];
  for (let opset = 1; opset <= newest; opset += 1) {
    if (UNKNOWN.test(await ask(domain, operator, opset, irVersion))) continue;
    const last = ranges.at(-1);
    if (last?.[1] === opset - 1) last[1] = opset;
    else ranges.push([opset, opset]);
  }
  return ranges;
}

/** What the runtime says to a model of one node; empty when it takes it. */
async function ask(domain: string, operator: string, opset: number, irVersion: number): Promise<string> {
  try {
    const session = await InferenceSession.create(oneNode({ domain, operator, opset, irVersion }), {
      logSeverityLevel: 4,
    });
    await session.release();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
