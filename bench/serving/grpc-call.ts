/** ModelInfer as a caller sees it that knows nothing but inference.proto. */
import { fileURLToPath } from 'node:url';
import { Client, credentials } from '@grpc/grpc-js';
import { loadSync, type MethodDefinition } from '@grpc/proto-loader';
import type { Server } from './server.ts';

export const PROTO = fileURLToPath(new URL('../../predictor/grpc/inference.proto', import.meta.url));
export const CALL = 'inference.GRPCInferenceService.ModelInfer';

type Infer = MethodDefinition<object, Answer>;

export interface Answer {
  readonly outputs: readonly { readonly contents: { readonly int64_contents: readonly number[] } | null }[];
  readonly raw_output_contents: readonly Buffer[];
}

const options = { keepCase: true, longs: Number, defaults: true } as const;
const service = loadSync(PROTO, options)['inference.GRPCInferenceService'] as unknown as { readonly ModelInfer: Infer };
const { path, requestSerialize, responseDeserialize } = service.ModelInfer;

export const INFER_PATH = path;

export function requestBytes(request: object): Buffer {
  return requestSerialize(request);
}

/** Rejects with grpc-js's ServiceError. */
export async function ask(port: number, request: object): Promise<Answer> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  try {
    return await new Promise<Answer>((resolve, reject) => {
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, answer) => {
        if (error === null && answer !== undefined) resolve(answer);
        else reject(error ?? new Error('no answer'));
      });
    });
  } finally {
    client.close();
  }
}

export function grpcPortOf({ grpcPort }: Server): number {
  if (grpcPort === undefined) throw new Error('bug: a server without gRPC');
  return grpcPort;
}
