/** The definitions of inference.proto and health.proto, for serving, health and reflection. */
import { join } from 'node:path';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';

export const serviceName = 'inference.GRPCInferenceService';
const healthName = 'grpc.health.v1.Health';

/** Names as in the file, 64-bit integers as text, absent fields as their defaults. */
const options = { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true } as const;

const files = ['inference.proto', 'health.proto'].map((name) => join(import.meta.dirname, name));

export const definitions: PackageDefinition = loadSync(files, options);

const asIs = (bytes: Buffer): Buffer => bytes;

/**
 * Messages that wire/ reads and writes: large typed tensors go five times as fast as through reflection, 64-bit integers
 * never become text, and a broken message is INVALID_ARGUMENT instead of INTERNAL.
 */
const plainMethods = new Set(['ModelInfer', 'ModelStreamInfer']);

/** The service, with the messages of inference as plain bytes. */
export function inferenceService(): ServiceDefinition {
  const service = definitions[serviceName] as ServiceDefinition;
  const plain = { requestDeserialize: asIs, responseSerialize: asIs };
  return Object.fromEntries(
    Object.entries(service).map(([name, method]) => [name, plainMethods.has(name) ? { ...method, ...plain } : method]),
  );
}

export function healthService(): ServiceDefinition {
  return definitions[healthName] as ServiceDefinition;
}
