/** The Open Inference Protocol over gRPC as somebody outside speaks it: TLS and a host name, through the Gateway. */
import { join } from 'node:path';
import { credentials, loadPackageDefinition, Metadata, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { Settings } from './settings.ts';

export interface InferReply {
  readonly model_name: string;
  readonly outputs: readonly {
    readonly name: string;
    readonly contents?: { readonly int64_contents?: readonly unknown[] };
  }[];
}

/** One unary call of inference.GRPCInferenceService. */
export async function grpcCall<T>(
  settings: Settings,
  ca: string,
  host: string,
  method: string,
  message: object,
): Promise<T> {
  const { source, gateway } = settings;
  const definition = loadSync(join(source, 'predictor/grpc/inference.proto'), {
    keepCase: true,
    longs: Number,
    enums: String,
  });
  const { inference } = loadPackageDefinition(definition) as unknown as {
    inference: { GRPCInferenceService: ServiceClientConstructor };
  };
  const options = { 'grpc.ssl_target_name_override': host, 'grpc.default_authority': host };
  const address = `${gateway.host}:${gateway.https}`;
  const client = new inference.GRPCInferenceService(address, credentials.createSsl(Buffer.from(ca)), options);
  try {
    return await new Promise<T>((resolve, reject) => {
      const call = client[method] as unknown as (
        message: object,
        metadata: Metadata,
        options: object,
        done: (error: Error | null, reply: T) => void,
      ) => void;
      call.call(client, message, new Metadata(), { deadline: Date.now() + 15_000 }, (error, reply) =>
        error === null ? resolve(reply) : reject(error),
      );
    });
  } finally {
    client.close();
  }
}
