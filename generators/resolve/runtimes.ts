/**
 * The runtimes that can be named: ours and every ClusterServingRuntime that KServe v0.16.0 ships, with the formats,
 * protocols and metrics ports of its `config/runtimes/*.yaml`.
 */
import type { Model } from '../../schemas/types/models.d.ts';

export type Format = Model['format'];
export type Protocol = NonNullable<Model['protocol']>;
export type RuntimeName = NonNullable<Model['runtime']>;

export interface Runtime {
  readonly name: RuntimeName;
  /** Format → `modelFormat.version` that the runtime lists; KServe compares it as a string. */
  readonly formats: Readonly<Partial<Record<Format, string>>>;
  readonly protocols: readonly Protocol[];
  /** Where Prometheus scrapes a pod: a named port, or a number where the runtime names none. */
  readonly metrics?: { readonly port: string } | { readonly portNumber: number };
  /** Service port of gRPC, where the runtime's container declares one. */
  readonly grpcPort?: number;
  /** How a model is given another name than its InferenceService's; absent where the runtime cannot. */
  readonly modelName?: 'environment' | 'argument';
  readonly gpu: boolean;
  /** Requests of the runtime's container, which hold when a model sets none. */
  readonly defaults: { readonly cpu: string; readonly memory: string };
}

/** Every built-in runtime of KServe v0.16.0 requests 1 CPU and 2 GiB. */
const KSERVE_DEFAULTS = { cpu: '1', memory: '2Gi' } as const;

function kserve(
  name: RuntimeName,
  formats: Runtime['formats'],
  protocols: readonly Protocol[],
  metricsPort: number | undefined,
): Runtime {
  const metrics = metricsPort === undefined ? {} : { metrics: { portNumber: metricsPort } };
  return { name, formats, protocols, ...metrics, gpu: true, defaults: KSERVE_DEFAULTS };
}

/** KServe's own Python servers: their runtimes pass `--model_name={{.Name}}`, and argparse takes the last one given. */
function python(name: RuntimeName, formats: Runtime['formats'], protocols: readonly Protocol[], metricsPort: number) {
  return { ...kserve(name, formats, protocols, metricsPort), modelName: 'argument' as const };
}

/** In order of preference: the first that serves a format is the format's default. */
export const runtimes: readonly Runtime[] = [
  {
    name: 'onnx-node',
    formats: { onnx: '1' },
    protocols: ['v2', 'grpc-v2'],
    metrics: { port: 'metrics' },
    grpcPort: 9000,
    modelName: 'environment',
    gpu: false,
    defaults: { cpu: '250m', memory: '512Mi' },
  },
  python('kserve-sklearnserver', { sklearn: '1' }, ['v1', 'v2'], 8080),
  python('kserve-xgbserver', { xgboost: '1' }, ['v1', 'v2'], 8080),
  python('kserve-lgbserver', { lightgbm: '3' }, ['v1', 'v2'], 8080),
  python('kserve-pmmlserver', { pmml: '4' }, ['v1', 'v2'], 8080),
  python('kserve-paddleserver', { paddle: '2' }, ['v1', 'v2'], 8080),
  kserve('kserve-tensorflow-serving', { tensorflow: '2' }, ['v1', 'grpc-v1'], undefined),
  kserve('kserve-torchserve', { pytorch: '1' }, ['v1', 'v2', 'grpc-v2'], 8082),
  kserve(
    'kserve-tritonserver',
    { triton: '2', onnx: '1', tensorrt: '8', tensorflow: '2', pytorch: '1' },
    ['v2', 'grpc-v2'],
    8002,
  ),
  // The runtime's annotation says 8080, but MLServer serves its metrics on 8082 (kserve#6227).
  kserve('kserve-mlserver', { mlflow: '2', sklearn: '1', xgboost: '2', lightgbm: '4' }, ['v2'], 8082),
  python('kserve-huggingfaceserver', { huggingface: '1' }, ['v1', 'v2'], 8080),
  kserve('kserve-huggingfaceserver-multinode', { huggingface: '1' }, ['v1', 'v2'], 8080),
];

export const runtimeByName: ReadonlyMap<string, Runtime> = new Map(runtimes.map((runtime) => [runtime.name, runtime]));

/** The runtime of a model: the one that it names, or the first that serves its format. */
export function runtimeOf(model: Pick<Model, 'format' | 'runtime'>): Runtime | undefined {
  if (model.runtime !== undefined) return runtimeByName.get(model.runtime);
  return runtimes.find((runtime) => runtime.formats[model.format] !== undefined);
}

/** The protocol of a model: the one that it names, or the newest REST protocol that the runtime speaks. */
export function protocolOf(model: Pick<Model, 'protocol'>, runtime: Runtime): Protocol {
  return model.protocol ?? (runtime.protocols.includes('v2') ? 'v2' : 'v1');
}
