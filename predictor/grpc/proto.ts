/** The definitions of inference.proto and health.proto: messages for serving, descriptors for reflection. */
import { join } from 'node:path';
import { loadSync, type MethodDefinition } from '@grpc/proto-loader';
import descriptor from 'protobufjs/ext/descriptor/index.js';
import { ServeError } from '../protocol/error.ts';
import type { Answer, Codec } from './messages.ts';
import { PREFIX } from './rpc/message-reader.ts';

export const serviceName = 'inference.GRPCInferenceService';
export const healthName = 'grpc.health.v1.Health';

/** Names as in the file, 64-bit integers as text, absent fields as their defaults. */
const options = { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true } as const;

const files = ['inference.proto', 'health.proto'].map((name) => join(import.meta.dirname, name));
const definitions = loadSync(files, options);

type Methods = Readonly<Record<string, MethodDefinition<object, object> | undefined>>;

/** Throws TypeError for a method that the files do not have. */
function methodOf(service: string, name: string): MethodDefinition<object, object> {
  const method = (definitions[service] as unknown as Methods)[name];
  if (method === undefined) throw new TypeError(`no ${service}/${name} in the .proto files`);
  return method;
}

export function pathOf(service: string, name: string): string {
  return methodOf(service, name).path;
}

export function codecOf<Request>(service: string, name: string): Codec<Request, object> {
  const { requestDeserialize, responseSerialize, requestType } = methodOf(service, name);
  return {
    read: (bytes) => {
      try {
        return requestDeserialize(bytes) as Request;
      } catch (error) {
        const what = (requestType.type as { readonly name: string }).name;
        throw new ServeError('REQUEST_SYNTAX', `request is not a ${what}: ${(error as Error).message}`);
      }
    },
    write: (given) => answerOf(responseSerialize(given)),
  };
}

/** A message that lies in one piece. */
export function answerOf(message: Uint8Array): Answer {
  const bytes = PREFIX + message.length;
  const whole = Buffer.allocUnsafe(bytes);
  whole.set(message, PREFIX);
  return { pieces: [whole], bytes };
}

/** FileDescriptorProtos of both files, each once. */
export function descriptors(): Buffer[] {
  const all = Object.values(definitions).flatMap((definition) =>
    'fileDescriptorProtos' in definition ? (definition.fileDescriptorProtos as Buffer[]) : [],
  );
  return [...new Map(all.map((bytes) => [bytes.toString('latin1'), bytes])).values()].map(withEntryNames);
}

/**
 * protobufjs (7.6.6) names the message behind a map for its field, where protoc appends "Entry" (descriptor.proto,
 * MessageOptions.map_entry); strict readers such as grpcurl refuse the file.
 */
function withEntryNames(bytes: Buffer): Buffer {
  const file = descriptor.FileDescriptorProto.decode(bytes) as unknown as { readonly messageType: Message[] };
  for (const message of file.messageType) nameEntries(message);
  return Buffer.from(descriptor.FileDescriptorProto.encode(file).finish());
}

interface Message {
  name: string;
  readonly nestedType: Message[];
  readonly field: { name: string; typeName: string }[];
  readonly options?: { readonly mapEntry?: boolean } | null;
}

function nameEntries({ nestedType, field }: Message): void {
  for (const inner of nestedType) {
    nameEntries(inner);
    if (inner.options?.mapEntry !== true) continue;
    const before = inner.name;
    const user = field.find(({ typeName }) => typeName === before);
    if (user === undefined) continue;
    inner.name = `${user.name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())}Entry`;
    user.typeName = inner.name;
  }
}
