/** A gRPC server over a data plane, and a client that knows it only by inference.proto. */
import assert from 'node:assert/strict';
import { Client, credentials, type Metadata, type ServiceError, type status } from '@grpc/grpc-js';
import { loadSync, type MethodDefinition } from '@grpc/proto-loader';
import { join } from 'node:path';
import type { DataPlane } from '../data-plane.ts';
import { createGrpcServer, type GrpcOptions } from '../grpc/server.ts';

const files = ['inference.proto', 'health.proto'].map((name) => join(import.meta.dirname, '../grpc', name));
const options = { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true } as const;
export const definitions = loadSync(files, options);

export type Method = MethodDefinition<object, object>;
export const method = (name: string, service = 'inference.GRPCInferenceService'): Method =>
  (definitions[service] as Record<string, Method>)[name] as Method;

export interface GrpcRunning {
  readonly port: number;
  readonly client: Client;
  /** Resolves to the answer, rejects with grpc-js's ServiceError. */
  call(name: string, request?: object, extra?: { metadata?: Metadata; deadline?: number; service?: string }): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

export async function serveGrpc(plane: DataPlane, given: Partial<GrpcOptions> = {}): Promise<GrpcRunning> {
  const settings: GrpcOptions = { maxMessageBytes: 1_000_000, outputForm: 'mirror', admin: false, log: () => {}, ...given };
  const server = createGrpcServer(plane, settings);
  const port = await server.listen('127.0.0.1', 0);
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  return {
    port,
    client,
    call: (name, request = {}, extra = {}) => call(client, method(name, extra.service), request, extra),
    stop: async () => {
      client.close();
      await server.close();
    },
  };
}

function call(client: Client, { path, requestSerialize, responseDeserialize }: Method, request: object, extra: { metadata?: Metadata; deadline?: number }) {
  return new Promise<Record<string, unknown>>((resolve, reject) => {
    const done = (error: ServiceError | null, answer: object = {}) =>
      error === null ? resolve(answer as Record<string, unknown>) : reject(error);
    const limit = extra.deadline === undefined ? {} : { deadline: extra.deadline };
    if (extra.metadata === undefined) client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, limit, done);
    else client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, extra.metadata, limit, done);
  });
}

/** Questions to the model `identity-fp32`. */
export const request = (data: readonly number[], more: object = {}) => ({
  model_name: 'identity-fp32',
  inputs: [{ name: 'in', datatype: 'FP32', shape: [data.length], contents: { fp32_contents: data } }],
  ...more,
});
export const rawRequest = (bytes: readonly Buffer[], more: object = {}) => ({
  model_name: 'identity-fp32',
  inputs: [{ name: 'in', datatype: 'FP32', shape: [1] }],
  raw_input_contents: bytes,
  ...more,
});
export const one = Buffer.from(Float32Array.of(1).buffer);
/** What a call that is refused so rejects with. */
export const refusal = (code: status, details: RegExp | string) => (error: ServiceError) => {
  assert.equal(error.code, code, error.details);
  if (typeof details === 'string') assert.equal(error.details, details);
  else assert.match(error.details, details);
  return true;
};

