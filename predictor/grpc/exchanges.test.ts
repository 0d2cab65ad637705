/** Runs the recorded exchanges that ask for an inference through gRPC too: same tensors, same refusals. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { status } from '@grpc/grpc-js';
import { type Datatype, isDatatype } from '../protocol/datatype.ts';
import { type NarrowFloat, narrowFloat } from '../protocol/narrow-float.ts';
import { writeRaw } from '../protocol/raw.ts';
import { type GrpcRunning, serveGrpc } from '../testdata/grpc.ts';
import { type Running, serveTestModels } from '../testdata/models.ts';
import { fieldNames, fieldOf } from './typed.ts';

interface Tensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data?: unknown;
  readonly parameters?: unknown;
}

interface Exchange {
  readonly name: string;
  readonly model: string;
  readonly version?: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: unknown;
  readonly request?: {
    readonly id?: string;
    readonly parameters?: unknown;
    readonly inputs: readonly Tensor[];
    readonly outputs?: readonly { name: string }[];
  };
  readonly expect: {
    readonly status: number;
    readonly headers?: unknown;
    readonly body?: { readonly error?: string; readonly outputs?: readonly Tensor[] };
  };
}

/** Beyond these JSON's numbers are no numbers of the datatype. */
const largest: Readonly<Partial<Record<Datatype, number>>> = {
  FP16: 65504,
  BF16: 3.3895313892515355e38,
  FP32: 3.4028234663852886e38,
  FP64: Infinity,
};

const folder = join(import.meta.dirname, '../testdata/exchanges');
const recorded = readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Exchange);

/** What is about addresses, methods, headers or JSON's own forms has no counterpart here. */
const exchanges = recorded.filter(({ request, path, method, headers, expect }) => {
  if (request === undefined || path !== undefined || method !== undefined || headers !== undefined) return false;
  if (expect.headers !== undefined && expect.status < 400) return false;
  if (request.id !== undefined && typeof request.id !== 'string') return false;
  const { inputs, outputs = [] } = request;
  if (!Array.isArray(inputs) || !Array.isArray(outputs)) return false;
  return (
    (inputs as unknown[]).every(isPlainTensor) &&
    (outputs as unknown[]).every(isPlainOutput) &&
    hasCommonParameters(request)
  );
});

function isPlainOutput(value: unknown): boolean {
  return typeof (value as { name?: unknown } | null)?.name === 'string';
}

/** Only content types that both transports have: those of text and of binary data are JSON's own. */
function hasCommonParameters(request: object): boolean {
  const found = JSON.stringify(request).match(/"parameters":(\{[^}]*\}|.)/g) ?? [];
  return found.every((text) => /^"parameters":\{"content_type":"(pd|np|str)"\}$/.test(text));
}

const parametersOf = ({ parameters = {} }: { readonly parameters?: unknown }) =>
  Object.fromEntries(Object.entries(parameters as object).map(([name, value]) => [name, { string_param: value }]));

/** A tensor that proto3 can carry as it is: flat data of the field's own kind, shapes of integers. */
function isPlainTensor(value: unknown): boolean {
  const { name, datatype, shape, data } = (value ?? {}) as Partial<Tensor>;
  if (typeof name !== 'string' || !isDatatype(datatype) || !Array.isArray(shape) || !Array.isArray(data)) return false;
  if (!shape.every(Number.isInteger) || !regular(data, shape)) return false;
  return data.flat(Number.POSITIVE_INFINITY).every((element) => plainElement(datatype, element));
}

/** Flat, or nested exactly as the shape says. */
function regular(data: readonly unknown[], shape: readonly number[]): boolean {
  return !data.some(Array.isArray) || nested(data, shape);
}

function nested(data: unknown, [size, ...rest]: readonly number[]): boolean {
  if (size === undefined) return !Array.isArray(data);
  return Array.isArray(data) && data.length === size && data.every((inner) => nested(inner, rest));
}

/** Inside the datatype, too: the two transports word what is outside of it each in its own way. */
function plainElement(datatype: Datatype, element: unknown): boolean {
  if (datatype === 'BYTES') return typeof element === 'string';
  if (datatype === 'BOOL') return typeof element === 'boolean';
  if (typeof element !== 'number') return false;
  const float = largest[datatype];
  if (float !== undefined) return Math.abs(element) <= float;
  const bits = Number(/\d+$/.exec(datatype)?.[0]);
  const [low, high] = datatype.startsWith('U') ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
  return Number.isSafeInteger(element) && element >= low && element <= high;
}

/** gRPC's counterparts of the HTTP statuses in the recordings. */
const statusFor: Readonly<Record<number, status>> = {
  400: status.INVALID_ARGUMENT,
  404: status.NOT_FOUND,
  500: status.INTERNAL,
  503: status.UNAVAILABLE,
};

let rest: Running;
let grpc: GrpcRunning;
before(async () => {
  rest = await serveTestModels(1_000_000);
  grpc = await serveGrpc(rest.plane);
});
after(async () => {
  await grpc.stop();
  await rest.stop();
});

test('most of the inferences can be asked for over gRPC', () =>
  assert.ok(exchanges.length >= 30, `${exchanges.length}`));

for (const exchange of exchanges) {
  test(exchange.name, async () => {
    const { model, version = '', request, expect } = exchange;
    const raw = request?.inputs.some(isNarrow) === true;
    const message = {
      model_name: model,
      model_version: version,
      id: request?.id ?? '',
      parameters: parametersOf(request ?? {}),
      inputs: request?.inputs.map((input) => ({
        ...input,
        parameters: parametersOf(input),
        ...(raw ? {} : { contents: contents(input) }),
      })),
      outputs: request?.outputs ?? [],
      raw_input_contents: raw ? request?.inputs.map(rawContents) : [],
    };
    if (expect.status === 200) {
      const answer = await grpc.call('ModelInfer', message);
      const { outputs = [], ...head } = expect.body as Record<string, unknown> & { outputs?: readonly Tensor[] };
      for (const [name, value] of Object.entries(head)) assert.deepEqual(answer[name], value, name);
      assert.deepEqual(
        tensorsOf(answer),
        outputs.map((tensor) => tensorOf(tensor, raw)),
      );
      return;
    }
    await assert.rejects(grpc.call('ModelInfer', message), (error: { code: status; details: string }) => {
      assert.equal(error.code, statusFor[expect.status]);
      const wanted = expect.body?.error;
      if (wanted !== undefined && wanted !== '*') assert.equal(placeless(error.details), placeless(wanted));
      return true;
    });
  });
}

/** The message without the pointer into the request, which differs. */
function placeless(message: string): string {
  return message.replace(/ \(\/[^)]*\)$/, '');
}

function contents({ datatype, data }: Tensor): object {
  const field = fieldOf[datatype as Exclude<Datatype, NarrowFloat>];
  const flat = (data as unknown[]).flat(Number.POSITIVE_INFINITY);
  return { [fieldNames[field]]: datatype === 'BYTES' ? flat.map((text) => Buffer.from(String(text))) : flat };
}

/** Floats of 16 bits go as raw bytes only, and so do the answers to them. */
function isNarrow({ datatype }: Tensor): boolean {
  return narrowFloat(datatype as Datatype) !== undefined;
}

function rawContents({ datatype, data }: Tensor): Buffer {
  if (datatype === 'BYTES') return writeRaw(data as string[]);
  const flat = (data as number[]).flat(Number.POSITIVE_INFINITY) as number[];
  return Buffer.from(Uint16Array.from(flat, (value) => narrowFloat(datatype as Datatype)?.to(value) ?? 0).buffer);
}

interface Comparable {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly string[];
  readonly data: unknown;
}

function tensorOf(tensor: Tensor, raw: boolean): Comparable {
  const { name, datatype, shape } = tensor;
  const data = raw ? rawContents(tensor).toString('hex') : (tensor.data as unknown[]).map(String);
  return { name, datatype, shape: shape.map(String), data };
}

function tensorsOf(answer: Readonly<Record<string, unknown>>): Comparable[] {
  const outputs = answer['outputs'] as readonly {
    name: string;
    datatype: string;
    shape: string[];
    contents: Record<string, unknown[]> | null;
  }[];
  const raw = answer['raw_output_contents'] as readonly Buffer[];
  return outputs.map(({ name, datatype, shape, contents }, index) => {
    const data = contents === null ? raw[index]?.toString('hex') : Object.values(contents).flat().map(String);
    return { name, datatype, shape, data };
  });
}
