/** What the first process knows of the serving processes, as metrics of its own. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';

export interface OwnMetrics {
  readonly registry: Registry;
  restarted(): void;
}

export function createOwnMetrics(processes: number, ready: () => number): OwnMetrics {
  const registry = new Registry();
  const registers = [registry];
  // Its memory and processor time are the server's too.
  collectDefaultMetrics({ register: registry });
  new Gauge({ name: 'predictor_processes', help: 'Serving processes that there shall be', registers }).set(processes);
  new Gauge({
    name: 'predictor_processes_ready',
    help: 'Serving processes that are ready',
    registers,
    collect() {
      this.set(ready());
    },
  });
  new Gauge({
    name: 'predictor_ready',
    help: 'Whether the server takes requests: every listed model was ready once, and it does not shut down',
    aggregator: 'min',
    registers,
    collect() {
      this.set(Number(ready() === processes));
    },
  });
  const restarts = new Counter({
    name: 'predictor_process_restarts_total',
    help: 'Serving processes that ended and were replaced',
    registers,
  });
  return { registry, restarted: () => restarts.inc() };
}
