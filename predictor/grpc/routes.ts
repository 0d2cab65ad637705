/** Every procedure of the service: what is asked, and how it is answered. */
import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import type { DataPlane } from '../data-plane.ts';
import type { LogControl } from '../operate/log-settings.ts';
import { ServeError } from '../protocol/error.ts';
import { type CallSettings, contextOf, unary, type Work } from './call.ts';
import { decodeInfer } from './decode.ts';
import { encodeConfig, encodeMetadata, encodeStatistics, formOf, type OutputForm } from './encode.ts';
import { changesOf, type LogSettingsMessage, settingsMessage } from './log-settings.ts';
import type { Streams } from './stream.ts';
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

export function createRoutes(
  plane: DataPlane,
  settings: RouteSettings,
  streams: Streams,
): UntypedServiceImplementation {
  const open = <Request>(operation: string, work: Work<Request, object>) => unary(operation, 'open', settings, work);
  const guarded = <Request>(operation: string, work: Work<Request, object>) =>
    unary(operation, 'guarded', settings, work);
  return {
    ServerLive: open('ServerLive', () => ({ live: plane.live() })),
    ServerReady: open('ServerReady', () => ({ ready: plane.ready() })),
    ModelReady: open('ModelReady', ({ name, version }: Named) => ({
      ready: plane.modelReady(name, given(version)).ready,
    })),
    ServerMetadata: guarded('ServerMetadata', () => plane.metadata()),
    ModelMetadata: guarded('ModelMetadata', ({ name, version }: Named) =>
      encodeMetadata(plane.modelMetadata(name, given(version))),
    ),
    ModelConfig: guarded('ModelConfig', ({ name, version }: Named) => encodeConfig(plane.config(name, given(version)))),
    ModelStatistics: guarded('ModelStatistics', async ({ name, version }: Named) =>
      encodeStatistics(await plane.statistics(given(name), given(version))),
    ),
    RepositoryIndex: guarded('RepositoryIndex', ({ ready }: { readonly ready: boolean }) => ({
      models: plane.index().filter((entry) => !ready || entry.state === 'READY'),
    })),
    ModelInfer: guarded('ModelInfer', infer(plane, settings)),
    ModelStreamInfer: streams.serve,
    ...administration(plane, settings),
  };
}

function infer(plane: DataPlane, settings: RouteSettings): Work<Buffer, Buffer> {
  return async (bytes, caller, ticket) => {
    const { request, form } = decodeInfer(bytes);
    ticket.model = request.modelName;
    const context = contextOf(caller, ticket);
    const { response } = await plane.infer(request, context);
    return writeInferResponse(response, formOf(response, form, settings.outputForm));
  };
}

function administration(plane: DataPlane, settings: RouteSettings): UntypedServiceImplementation {
  const admin = <Request>(operation: string, work: (request: Request) => object | Promise<object>) =>
    unary(operation, 'guarded', settings, (request: Request) => {
      if (settings.admin) return work(request);
      throw new ServeError('FORBIDDEN', `${operation} is not allowed at this address`);
    });
  return {
    RepositoryModelLoad: admin('RepositoryModelLoad', async (request: LoadRequest) => {
      await plane.load(modelOf(request));
      return {};
    }),
    RepositoryModelUnload: admin('RepositoryModelUnload', async (request: LoadRequest) => {
      await plane.unload(modelOf(request));
      return {};
    }),
    LogSettings: admin('LogSettings', async (message: LogSettingsMessage) => {
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
