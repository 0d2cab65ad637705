/** How it stands with the server and its models at the moment of asking; each gauge says how processes are put together. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { DataPlane } from '../data-plane.ts';
import type { SendResult } from './outbox.ts';
import type { Pending } from './pending.ts';

export const perModel = ['model', 'version'] as const;

export function addIdentity(registry: Registry, version: string): void {
  const labels = { version, node: process.versions.node };
  const info = {
    name: 'predictor_build_info',
    help: 'Always 1; what runs stands in the labels',
    aggregator: 'first' as const,
    registers: [registry],
  };
  new Gauge({ ...info, labelNames: ['version', 'node'] }).set(labels, 1);
}

/** Summed it is in `process_resident_memory_bytes`; each process has its share of the models in memory. */
export function addResident(registry: Registry, number: number): void {
  new Gauge({
    name: 'predictor_process_resident_bytes',
    help: 'Memory of each serving process',
    labelNames: ['process'],
    registers: [registry],
    collect() {
      this.set({ process: number }, process.memoryUsage.rss());
    },
  });
}

/** A model is counted only where it is known, so that clients cannot make up series. */
export function addStates(registry: Registry, plane: () => DataPlane | undefined, pending: Pending): void {
  const registers = [registry];
  new Gauge({
    name: 'predictor_ready',
    help: 'Whether the server takes requests: every listed model was ready once, and it does not shut down',
    aggregator: 'min',
    registers,
    collect() {
      this.set(Number(plane()?.ready() === true));
    },
  });
  new Gauge({
    name: 'predictor_model_ready',
    help: 'Whether this version of the model serves',
    labelNames: perModel,
    aggregator: 'min',
    registers,
    collect() {
      this.reset();
      for (const { name, version, state } of plane()?.index() ?? [])
        this.set({ model: name, version }, Number(state === 'READY'));
    },
  });
  new Gauge({
    name: 'nv_inference_pending_request_count',
    help: 'Inference requests that wait or run; the version is that asked for, or empty',
    labelNames: perModel,
    registers,
    collect() {
      this.reset();
      const known = new Set(plane()?.models());
      for (const { model, version, count } of pending.read()) if (known.has(model)) this.set({ model, version }, count);
    },
  });
}

export function addPayloads(registry: Registry, waiting: () => number): (result: SendResult) => void {
  const registers = [registry];
  const events = new Counter({
    name: 'predictor_payload_log_events_total',
    help: 'Events of the payload log: sent, dropped since the queue was full, or refused by the receiver',
    labelNames: ['result'],
    registers,
  });
  for (const result of ['sent', 'full', 'refused'] as const) events.inc({ result }, 0);
  new Gauge({
    name: 'predictor_payload_log_waiting',
    help: 'Events of the payload log that are not sent yet',
    registers,
    collect() {
      this.set(waiting());
    },
  });
  return (result) => events.inc({ result });
}
