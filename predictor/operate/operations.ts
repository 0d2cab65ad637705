/** Everything around serving that a configuration switches on: log, metrics, keys, certificates, traces. */
import { createAccessLog } from './access-log.ts';
import { type Guard, guardByFile } from './auth.ts';
import type { Log } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { CallObserver } from './requests.ts';
import { type Tls, type TlsFiles, watchTls } from './tls.ts';
import { echoTracer, type Tracer } from './trace.ts';

export interface OperateSettings {
  readonly accessLog: boolean;
  readonly apiKeysFile?: string;
  readonly tls?: TlsFiles;
  readonly tracing: boolean;
}

/** What each transport is given; optional parts are absent when they are switched off. */
export interface Surroundings {
  readonly log: Log;
  readonly trace: Tracer;
  readonly observeCall: CallObserver;
  readonly guard?: Guard;
  readonly tls?: Tls;
}

export interface Operations {
  readonly surroundings: Surroundings;
  readonly metrics: Metrics;
  /** Sends and closes what is still held. */
  close(): Promise<void>;
}

/** `process` is its number where several serve. Rejects when a file that the settings name cannot be used. */
export async function createOperations(
  settings: OperateSettings,
  identity: { readonly name: string; readonly version: string },
  log: Log,
  process?: number,
): Promise<Operations> {
  const metrics = createMetrics(identity.version, process);
  const observers = [metrics.observeCall, ...(settings.accessLog ? [createAccessLog(log)] : [])];
  const keys =
    settings.apiKeysFile === undefined ? undefined : guardByFile(settings.apiKeysFile, teller(log, 'API keys'));
  const tls = settings.tls === undefined ? undefined : watchTls(settings.tls, teller(log, 'TLS certificate'));
  // Loaded only on demand: it is by far the largest part of what would be read at the start.
  const spans = settings.tracing
    ? (await import('./spans.ts')).createSpans(identity.name, identity.version)
    : undefined;
  return {
    surroundings: {
      log,
      trace: spans?.trace ?? echoTracer,
      observeCall: (call) => {
        for (const observe of observers) observe(call);
      },
      ...(keys === undefined ? {} : { guard: keys.guard }),
      ...(tls === undefined ? {} : { tls }),
    },
    metrics,
    close: async () => {
      keys?.close();
      tls?.close();
      await spans?.close();
    },
  };
}

function teller(log: Log, what: string): (error: unknown) => void {
  return (error) => {
    const reason = error instanceof Error ? error.message : String(error);
    log('error', 'file-refused', `Cannot use the new ${what}, the old stays: ${reason}`, { reason });
  };
}
