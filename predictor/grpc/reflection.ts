/**
 * Server reflection, with which tools find procedures and messages: grpc.reflection.v1, and v1alpha for older tools, whose
 * messages are the same. Fields by number, from the service's definition.
 */
import { type FileSummary, summarize } from './descriptor.ts';
import { answerOf } from './proto.ts';
import type { Call } from './rpc/call.ts';
import type { Procedure } from './rpc/dispatch.ts';
import type { Listener } from './rpc/inbox.ts';
import { RpcFault, status } from './rpc/status.ts';
import { cursorOver, readBytes, readKey, readText, skip, WireError } from './wire/read.ts';
import {
  createWriter,
  finish,
  type Writer,
  writeBytes,
  writeHead,
  writeText,
  writeVarint,
  written,
} from './wire/write.ts';

const paths = ['v1', 'v1alpha'].map((version) => `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`);

const question = { byName: 3, bySymbol: 4, byExtension: 5, extensionNumbers: 6, services: 7 } as const;
const answer = { host: 1, question: 2, files: 4, services: 6, fault: 7 } as const;

interface Index {
  readonly services: readonly string[];
  readonly byName: ReadonlyMap<string, FileEntry>;
  readonly bySymbol: ReadonlyMap<string, FileEntry>;
}

interface FileEntry extends FileSummary {
  readonly bytes: Buffer;
}

/** Procedures by path, for these FileDescriptorProtos. */
export function createReflection(files: readonly Buffer[]): [path: string, procedure: Procedure][] {
  const entries = files.map((bytes) => ({ ...summarize(bytes), bytes }));
  const index: Index = {
    services: entries.flatMap(({ services }) => services),
    byName: new Map(entries.map((entry) => [entry.name, entry])),
    bySymbol: new Map(entries.flatMap((entry) => entry.symbols.map((symbol) => [symbol, entry] as const))),
  };
  const procedure: Procedure = { kind: 'stream', serve: (call) => new Questions(call, index) };
  return paths.map((path) => [path, procedure]);
}

class Questions implements Listener {
  readonly #call: Call;
  readonly #index: Index;

  constructor(call: Call, index: Index) {
    this.#call = call;
    this.#index = index;
    call.onCancel(() => call.finish(status.CANCELLED));
    call.onSent(() => call.resume());
  }

  message(bytes: Buffer): void {
    const { pieces, bytes: length } = answerOf(reply(bytes, this.#index));
    this.#call.send(pieces, length);
    if (this.#call.isBehind) this.#call.pause();
  }

  end(): void {
    this.#call.finish(status.OK);
  }
}

/** Fields go from the last to the first, as the writer wants it. Throws RpcFault. */
function reply(bytes: Buffer, index: Index): Buffer {
  const { host, kind, text } = read(bytes);
  const writer = createWriter(1024);
  if (kind === question.services) putServices(writer, index.services);
  else if (kind === question.byName) putFiles(writer, index, index.byName.get(text), `no file '${text}'`);
  else if (kind === question.bySymbol) putFiles(writer, index, index.bySymbol.get(text), `no symbol '${text}'`);
  else if (kind === undefined) putFault(writer, status.INVALID_ARGUMENT, 'nothing is asked');
  // Messages of proto3 have no extensions.
  else putFault(writer, status.NOT_FOUND, 'no extensions here');
  writeBytes(writer, answer.question, bytes);
  writeText(writer, answer.host, host);
  return finish(writer);
}

function read(bytes: Buffer): { readonly host: string; readonly kind: number | undefined; readonly text: string } {
  const cursor = cursorOver(bytes);
  let host = '';
  let kind: number | undefined;
  let text = '';
  try {
    while (cursor.at < cursor.end) {
      const key = readKey(cursor);
      const field = key >>> 3;
      if (field === 1) host = readText(cursor);
      else if (field < question.byName || field > question.services) skip(cursor, key);
      else {
        kind = field;
        if (field === question.byExtension) readBytes(cursor);
        else text = readText(cursor);
      }
    }
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new RpcFault(status.INVALID_ARGUMENT, `request is not a ServerReflectionRequest: ${error.message}`);
  }
  return { host, kind, text };
}

function putServices(writer: Writer, services: readonly string[]): void {
  const before = written(writer);
  for (const service of services.toReversed()) {
    const serviceBefore = written(writer);
    writeText(writer, 1, service);
    writeHead(writer, 1, serviceBefore);
  }
  writeHead(writer, answer.services, before);
}

/** The file first, then those that it imports. */
function putFiles(writer: Writer, index: Index, file: FileEntry | undefined, fault: string): void {
  if (file === undefined) {
    putFault(writer, status.NOT_FOUND, fault);
    return;
  }
  const wanted = new Set([file]);
  for (const { dependencies } of wanted) {
    for (const name of dependencies) {
      const dependency = index.byName.get(name);
      if (dependency !== undefined) wanted.add(dependency);
    }
  }
  const before = written(writer);
  for (const { bytes } of [...wanted].toReversed()) writeBytes(writer, 1, bytes);
  writeHead(writer, answer.files, before);
}

function putFault(writer: Writer, code: number, message: string): void {
  const before = written(writer);
  writeText(writer, 2, message);
  writeVarint(writer, code);
  writeVarint(writer, 1 << 3);
  writeHead(writer, answer.fault, before);
}
