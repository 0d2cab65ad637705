/** A process in which models are opened for the first time: one that aborts takes only this process with it. */
import { type ModelProcess, type ProcessTimes, startProcess } from '../runtime/process.ts';

export interface Trials {
  /** A process without a model; the same one again when it was given back. */
  take(): ModelProcess;
  /** Gives a process back whose model is released. */
  give(process: ModelProcess): void;
  /** A process that is not shared. */
  start(): ModelProcess;
  /** Ends the process that waits. */
  close(): Promise<void>;
}

/** How long a process waits for the next model before it ends. */
const spareMs = 5_000;

export function createTrials(times: ProcessTimes): Trials {
  let spare: ModelProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  const close = async () => {
    clearTimeout(timer);
    const idle = spare;
    spare = undefined;
    await idle?.end();
  };
  const forget = (process: ModelProcess) => {
    if (spare === process) spare = undefined;
  };
  return {
    start: () => startProcess(times),
    take: () => {
      clearTimeout(timer);
      const process = spare ?? startProcess(times);
      spare = undefined;
      return process;
    },
    give: (process) => {
      if (spare !== undefined) {
        void process.end();
        return;
      }
      spare = process;
      void process.ended.then(() => forget(process));
      timer = setTimeout(() => void close(), spareMs);
      timer.unref();
    },
    close,
  };
}
