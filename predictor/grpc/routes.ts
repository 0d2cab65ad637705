/** Every procedure of the service: what is asked, and how it is answered. */
import type { DataPlane } from '../data-plane.ts';
import type { LogControl } from '../operate/log-settings.ts';
import { ServeError } from '../protocol/error.ts';
import { type Access, CallContext, type CallSettings, unary, type Work } from './call.ts';
import { decodeInfer } from './decode.ts';
import { encodeConfig, encodeMetadata, encodeStatistics, formOf, type OutputForm } from './encode.ts';
import { changesOf, type LogSettingsMessage, settingsMessage } from './log-settings.ts';
import type { Answer, Codec } from './messages.ts';
import { codecOf, serviceName } from './proto.ts';
import type { Procedure } from './rpc/dispatch.ts';
import { writeInferResponse } from './wire/infer-response.ts';

export interface RouteSettings extends CallSettings {
  readonly outputForm: OutputForm;
  /** Whether models may be loaded and unloaded, and settings changed, at this address. */
  readonly admin: boolean;
  readonly logControl?: LogControl;
}

interface Named {
  readonly name: string;
  readonly version: string;
}

interface LoadRequest {
  readonly repository_name: string;
  readonly model_name: string;
}

/** Procedures by their names. */
export type Routes = Readonly<Record<string, Procedure>>;

/**
 * Messages of inference are read and written by wire/: large typed tensors go five times as fast as through reflection,
 * 64-bit integers never become text, and nothing is copied.
 */
const inferCodec: Codec<Buffer, Answer> = { read: (bytes) => bytes, write: (answer) => answer };

export function createRoutes(plane: DataPlane, settings: RouteSettings): Routes {
  const route = <Request>(operation: string, access: Access, work: Work<Request, object>) => ({
    [operation]: unary(operation, access, settings, codecOf<Request>(serviceName, operation), work),
  });
  return {
    ...route('ServerLive', 'open', () => ({ live: plane.live() })),
    ...route('ServerReady', 'open', () => ({ ready: plane.ready() })),
    ...route('ModelReady', 'open', ({ name, version }: Named) => ({
      ready: plane.modelReady(name, given(version)).ready,
    })),
    ...route('ServerMetadata', 'guarded', () => plane.metadata()),
    ...route('ModelMetadata', 'guarded', ({ name, version }: Named) =>
      encodeMetadata(plane.modelMetadata(name, given(version))),
    ),
    ...route('ModelConfig', 'guarded', ({ name, version }: Named) => encodeConfig(plane.config(name, given(version)))),
    ...route('ModelStatistics', 'guarded', async ({ name, version }: Named) =>
      encodeStatistics(await plane.statistics(given(name), given(version))),
    ),
    ...route('RepositoryIndex', 'guarded', ({ ready }: { readonly ready: boolean }) => ({
      models: plane.index().filter((entry) => !ready || entry.state === 'READY'),
    })),
    ModelInfer: unary('ModelInfer', 'guarded', settings, inferCodec, infer(plane, settings)),
    ...administration(plane, settings),
  };
}

function infer(plane: DataPlane, settings: RouteSettings): Work<Buffer, Answer> {
  return async (bytes, call, ticket) => {
    const { request, form } = decodeInfer(bytes);
    ticket.model = request.modelName;
    const { response } = await plane.infer(request, new CallContext(call, ticket));
    return writeInferResponse(response, formOf(response, form, settings.outputForm));
  };
}

function administration(plane: DataPlane, settings: RouteSettings): Routes {
  const admin = <Request>(operation: string, work: (request: Request) => object | Promise<object>) => ({
    [operation]: unary(
      operation,
      'guarded',
      settings,
      codecOf<Request>(serviceName, operation),
      (request: Request): object | Promise<object> => {
        if (settings.admin) return work(request);
        throw new ServeError('FORBIDDEN', `${operation} is not allowed at this address`);
      },
    ),
  });
  return {
    ...admin('RepositoryModelLoad', async (request: LoadRequest) => {
      await plane.load(modelOf(request));
      return {};
    }),
    ...admin('RepositoryModelUnload', async (request: LoadRequest) => {
      await plane.unload(modelOf(request));
      return {};
    }),
    ...admin('LogSettings', async (message: LogSettingsMessage) => {
      const { logControl } = settings;
      if (logControl === undefined) throw new ServeError('UNIMPLEMENTED', 'this server has no log settings');
      await logControl.change(changesOf(message));
      return settingsMessage(logControl.settings());
    }),
  };
}

/** KServe's clients have the model's name where Triton's have that of the repository, of which there is only one here. */
function modelOf({ repository_name, model_name }: LoadRequest): string {
  return model_name === '' ? repository_name : model_name;
}

/** Proto3 has no absent text: empty means that it was not given. */
function given(text: string): string | undefined {
  return text === '' ? undefined : text;
}
