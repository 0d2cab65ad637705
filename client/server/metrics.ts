/** What Prometheus is told. Labels come from the catalogue and the routes alone, never from what people send. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Readiness } from '../contract.ts';
import type { Target } from './served.ts';

export interface Metrics {
  text(): Promise<{ readonly contentType: string; readonly text: string }>;
  answered(route: string, method: string, status: number, seconds: number): void;
  /** `code` is `OK`, `GONE` or a code of the contract. */
  inferred(model: string, target: Target, code: string, seconds: number): void;
  catalogueRead(valid: boolean): void;
  /** Told by whoever has the models, when Prometheus asks. */
  watch(
    models: () => readonly { readonly model: string; readonly target: string; readonly readiness: Readiness }[],
  ): void;
}

const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export function createMetrics(): Metrics {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register });
  const requests = new Counter({
    name: 'client_http_requests_total',
    help: 'Answers by route, method and status',
    labelNames: ['route', 'method', 'status'] as const,
    registers,
  });
  const durations = new Histogram({
    name: 'client_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer',
    labelNames: ['route'] as const,
    buckets,
    registers,
  });
  const inferences = new Counter({
    name: 'client_model_requests_total',
    help: 'Inference requests by model, target and outcome (OK, GONE or a code of the contract)',
    labelNames: ['model', 'target', 'code'] as const,
    registers,
  });
  const inferenceDurations = new Histogram({
    name: 'client_model_request_duration_seconds',
    help: 'Time of an inference request, the model server included',
    labelNames: ['model', 'target'] as const,
    buckets,
    registers,
  });
  const valid = new Gauge({
    name: 'client_catalogue_valid',
    help: '1 while the newest catalogue is in use, 0 while it is faulty and the one before it stays',
    registers,
  });
  return {
    text: async () => ({ contentType: register.contentType, text: await register.metrics() }),
    answered(route, method, status, seconds) {
      requests.inc({ route, method, status: String(status) });
      durations.observe({ route }, seconds);
    },
    inferred(model, target, code, seconds) {
      inferences.inc({ model, target: target.name, code });
      inferenceDurations.observe({ model, target: target.name }, seconds);
    },
    catalogueRead: (good) => valid.set(good ? 1 : 0),
    watch(models) {
      new Gauge({
        name: 'client_model_ready',
        help: '1 where the model was ready at the last look, else 0',
        labelNames: ['model', 'target'] as const,
        registers,
        collect() {
          this.reset();
          for (const { model, target, readiness } of models())
            this.set({ model, target }, readiness.state === 'ready' ? 1 : 0);
        },
      });
    },
  };
}
