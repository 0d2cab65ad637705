/** The request on the screen as a program of one's own. */
import type { ModelDetail, TargetDetail } from '../../contract.ts';
import { texts } from '../texts.ts';
import type { Scalar } from './datatype.ts';
import { type Json, printExact } from './exact.ts';
import { type InferInput, type InferRequest, printRequest } from './request.ts';

export type Language = 'curl' | 'python' | 'triton' | 'typescript' | 'grpcurl';
export const LANGUAGES: readonly Language[] = ['curl', 'python', 'triton', 'typescript', 'grpcurl'];

export interface Place {
  /** Where REST requests go: the model's own address, or this page's. */
  readonly url: string;
  /** Base of the addresses of V2 of which `url` is one; absent where it is the page's. */
  readonly base?: string;
  /** Name of the model there. */
  readonly model: string;
  /** `host:port`. */
  readonly grpc?: string;
}

/** `site` is the page's own address of the API, `https://host/prefix/api/`. */
export function placeOf(model: ModelDetail, target: TargetDetail, site: string): Place {
  const name = encodeURIComponent(target.model);
  const own = `${site}models/${encodeURIComponent(model.name)}/infer?target=${encodeURIComponent(target.name)}`;
  const first = target.name === model.targets[0]?.name;
  // The public address spreads its requests over targets: one that is not the first is asked through this page.
  const useful = model.publicUrl !== undefined && model.protocol === 'v2' && (first || model.traffic.length === 0);
  const base = useful ? model.publicUrl?.replace(/\/$/, '') : undefined;
  return {
    ...(base === undefined ? { url: own } : { url: `${base}/v2/models/${name}/infer`, base }),
    model: target.model,
    ...(model.grpc === undefined ? {} : { grpc: model.grpc }),
  };
}

export function snippetOf(language: Language, request: InferRequest, place: Place): string {
  return writers[language](request, place);
}

const writers: Readonly<Record<Language, (request: InferRequest, place: Place) => string>> = {
  curl: (request, { url }) =>
    `curl -sS --fail-with-body ${shell(url)} \\\n  -H 'Content-Type: application/json' \\\n  --data-raw ${shell(printRequest(request))}`,
  python: (request, { url }) =>
    [
      'import requests',
      '',
      `url = ${JSON.stringify(url)}`,
      `request = ${python(request as unknown as Json)}`,
      'response = requests.post(url, json=request, timeout=30)',
      'response.raise_for_status()',
      'for output in response.json()["outputs"]:',
      '    print(output["name"], output["data"])',
    ].join('\n'),
  triton: (request, { base, model }) => {
    if (base === undefined) return `# ${texts.snippets.noTriton}`;
    const { protocol, host, pathname } = new URL(base);
    const place = `${host}${pathname.replace(/\/$/, '')}`;
    const known = protocol === 'https:' ? ', ssl=True' : '';
    const halves = request.inputs.some(({ datatype }) => datatype === 'BF16');
    return [
      ...(halves ? ['import ml_dtypes'] : []),
      'import numpy as np',
      'import tritonclient.http as triton',
      '',
      `client = triton.InferenceServerClient(${JSON.stringify(place)}${known})`,
      'inputs = []',
      ...request.inputs.flatMap(tritonInput),
      `result = client.infer(${JSON.stringify(model)}, inputs)`,
      'for output in result.get_response()["outputs"]:',
      '    print(output["name"], result.as_numpy(output["name"]))',
    ].join('\n');
  },
  typescript: (request, { url }) =>
    [
      '// As text, so that 64-bit integers stay exact.',
      `const body = ${JSON.stringify(printRequest(request))};`,
      `const response = await fetch(${JSON.stringify(url)}, {`,
      "  method: 'POST',",
      "  headers: { 'Content-Type': 'application/json' },",
      '  body,',
      '});',
      'if (!response.ok) throw new Error(await response.text());',
      'const { outputs } = (await response.json()) as { outputs: { name: string; data: unknown[] }[] };',
      'for (const { name, data } of outputs) console.log(name, data);',
    ].join('\n'),
  grpcurl: (request, { grpc, model }) => {
    if (grpc === undefined) return `# ${texts.snippets.noGrpc}`;
    const raw = request.inputs.find(({ datatype }) => contentsOf(datatype) === undefined);
    if (raw !== undefined) return `# ${texts.snippets.rawOnly(raw.datatype)}`;
    const message = { model_name: model, inputs: request.inputs.map(grpcInput) };
    const plain = /^(?:localhost|127\.0\.0\.1)(?::|$)/.test(grpc) ? ' -plaintext' : '';
    return `grpcurl${plain} -d ${shell(printExact(message as unknown as Json))} \\\n  ${shell(grpc)} inference.GRPCInferenceService/ModelInfer`;
  },
};

/** One word for a POSIX shell. */
export function shell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A JSON value as a literal of Python. A JSON string is one of Python's; the constants have other names. */
function python(value: Json): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(python).join(', ')}]`;
  if (typeof value !== 'object') return printExact(value);
  return `{${Object.entries(value)
    .map(([name, item]) => `${JSON.stringify(name)}: ${python(item)}`)
    .join(', ')}}`;
}

/** Type of NumPy from which tritonclient makes a tensor; it takes BF16 from a package of its own, and texts as objects. */
function numpyOf(datatype: string): string {
  if (datatype === 'BOOL') return 'np.bool_';
  if (datatype === 'BYTES') return 'np.object_';
  if (datatype === 'BF16') return 'ml_dtypes.bfloat16';
  return `np.${datatype.toLowerCase().replace('fp', 'float')}`;
}

function tritonInput({ name, datatype, shape, data }: InferInput): string[] {
  const values = python(data as unknown as Json);
  const sizes = python(shape as unknown as Json);
  return [
    `values = np.array(${values}, dtype=${numpyOf(datatype)}).reshape(${sizes})`,
    `inputs.append(triton.InferInput(${JSON.stringify(name)}, ${sizes}, ${JSON.stringify(datatype)}))`,
    'inputs[-1].set_data_from_numpy(values)',
  ];
}

/** Member of InferTensorContents for a datatype; 16-bit floats have none. */
function contentsOf(datatype: string): string | undefined {
  if (datatype === 'BOOL') return 'bool_contents';
  if (datatype === 'BYTES') return 'bytes_contents';
  if (datatype === 'FP32') return 'fp32_contents';
  if (datatype === 'FP64') return 'fp64_contents';
  if (datatype === 'INT64') return 'int64_contents';
  if (datatype === 'UINT64') return 'uint64_contents';
  if (datatype.startsWith('INT')) return 'int_contents';
  return datatype.startsWith('UINT') ? 'uint_contents' : undefined;
}

function grpcInput({ name, datatype, shape, data }: InferInput): unknown {
  const member = contentsOf(datatype) ?? '';
  // In protobuf's JSON 64-bit integers are strings (so that readers need no bigint), and bytes are base64.
  const element = (value: Scalar): unknown =>
    datatype === 'BYTES' ? base64(String(value)) : datatype.endsWith('INT64') ? String(value) : value;
  return { name, datatype, shape, contents: { [member]: data.map(element) } };
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
