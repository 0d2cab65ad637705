/** Whether what a model server says is an answer of the Open Inference Protocol V2, and what its refusals say. */
import { ClientFailure } from './failure.ts';

/** Longest text of a model server that is passed on. */
const LONGEST = 4000;

export function nonsense(model: string, what: string): ClientFailure {
  return new ClientFailure(
    'MODEL_NONSENSE',
    `The answer for "${model}" is not one of the Open Inference Protocol: ${what}.`,
  );
}

/**
 * Throws ClientFailure unless the body holds outputs. With `headerBytes` it is the binary form, whose JSON is so long.
 */
export function checkAnswer(model: string, body: Buffer, headerBytes: number | undefined): void {
  if (headerBytes !== undefined && headerBytes > body.length)
    throw nonsense(model, `it has ${body.length} bytes, its JSON alone should have ${headerBytes}`);
  const value = parse(body.subarray(0, headerBytes ?? body.length));
  if (value === undefined) throw nonsense(model, 'it is not JSON');
  const outputs = isRecord(value) ? value['outputs'] : undefined;
  if (!Array.isArray(outputs)) throw nonsense(model, 'it has no list "outputs"');
  outputs.forEach((output: unknown, index) => {
    const fault = outputFault(output, headerBytes !== undefined);
    if (fault !== undefined) throw nonsense(model, `/outputs/${index} ${fault}`);
  });
}

function outputFault(output: unknown, binary: boolean): string | undefined {
  if (!isRecord(output)) return 'is not an object';
  if (typeof output['name'] !== 'string') return 'has no "name"';
  if (typeof output['datatype'] !== 'string') return 'has no "datatype"';
  const { shape, data, parameters } = output;
  if (!Array.isArray(shape) || !shape.every((size) => Number.isInteger(size) && Number(size) >= 0))
    return 'has no "shape" of whole numbers';
  const raw = binary && isRecord(parameters) && Number.isInteger(parameters['binary_data_size']);
  return Array.isArray(data) || raw ? undefined : 'has no "data"';
}

/** What a model server says in an answer that is no success: its `error` or `detail`, else the text itself. */
export function refusalText(body: Buffer): string {
  const value = parse(body);
  const said = isRecord(value) ? (value['error'] ?? value['detail'] ?? value['message']) : undefined;
  if (typeof said === 'string') return said.slice(0, LONGEST);
  // FastAPI: a list of places and what is wrong there.
  if (Array.isArray(said)) return said.map(detailText).join('; ').slice(0, LONGEST);
  const text = said === undefined ? body.toString('utf8') : JSON.stringify(said);
  return text
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST);
}

function detailText(detail: unknown): string {
  if (!isRecord(detail)) return String(detail);
  const place = Array.isArray(detail['loc']) ? `${detail['loc'].join('.')}: ` : '';
  return `${place}${String(detail['msg'] ?? JSON.stringify(detail))}`;
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
