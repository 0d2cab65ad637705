/**
 * Why the program ends, where Kubernetes takes it from: KServe copies it into the InferenceService's status
 * (`modelStatus.lastFailureInfo.message`), and Argo CD shows it beside the model.
 */
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import type { Log } from './log.ts';

/** Default of `terminationMessagePath`; Kubernetes makes the file. */
const place = '/dev/termination-log';
/** More of a container's message is cut off (Kubernetes, MaxContainerTerminationMessageLength). */
const mostBytes = 4096;
/** Of a program that ran for long, the last are what ended it. */
const mostErrors = 8;

export interface Ending {
  /** Passes everything on, and keeps what errors say. */
  noting(log: Log): Log;
  /** Writes what was said. Nothing happens where the file is not there, outside of Kubernetes. */
  tell(): void;
}

export function createEnding(file = place): Ending {
  const said: string[] = [];
  return {
    noting: (log) => (level, event, msg, fields) => {
      if (level === 'error' && said.push(msg) > mostErrors) said.shift();
      log(level, event, msg, fields);
    },
    tell() {
      if (said.length > 0) write(file, Buffer.from(said.join('\n')).subarray(0, mostBytes));
    },
  };
}

function write(file: string, text: Uint8Array): void {
  let opened: number;
  try {
    opened = openSync(file, constants.O_WRONLY | constants.O_TRUNC);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    writeSync(opened, text);
  } finally {
    closeSync(opened);
  }
}
