/** The formats that KServe v0.16.0's own ClusterServingRuntimes claim (config/runtimes/*.yaml); a test holds the two together. */
import type { Claim } from './runtime.ts';

type Format = readonly [format: string, priority: number, ...versions: string[]];

function runtime(name: string, protocols: readonly string[], ...formats: readonly Format[]): Claim[] {
  return formats.flatMap(([format, priority, ...versions]) =>
    versions.map((version) => ({ name, format, version, priority, protocols, multiModel: false })),
  );
}

export const KSERVE_RUNTIMES: readonly Claim[] = [
  ...runtime('kserve-huggingfaceserver', ['v2', 'v1'], ['huggingface', 1, '1']),
  ...runtime('kserve-huggingfaceserver-multinode', ['v2', 'v1'], ['huggingface', 2, '1']),
  ...runtime('kserve-lgbserver', ['v1', 'v2'], ['lightgbm', 1, '3']),
  ...runtime(
    'kserve-mlserver',
    ['v2'],
    ['sklearn', 2, '0', '1'],
    ['xgboost', 2, '1', '2'],
    ['lightgbm', 2, '3', '4'],
    ['mlflow', 1, '1', '2'],
  ),
  ...runtime('kserve-paddleserver', ['v1', 'v2'], ['paddle', 1, '2']),
  ...runtime('kserve-pmmlserver', ['v1', 'v2'], ['pmml', 1, '3', '4']),
  ...runtime('kserve-sklearnserver', ['v1', 'v2'], ['sklearn', 1, '1']),
  ...runtime('kserve-tensorflow-serving', ['v1', 'grpc-v1'], ['tensorflow', 2, '1', '2']),
  ...runtime('kserve-torchserve', ['v1', 'v2', 'grpc-v2'], ['pytorch', 2, '1']),
  ...runtime(
    'kserve-tritonserver',
    ['v2', 'grpc-v2'],
    ['tensorrt', 1, '8'],
    ['tensorflow', 1, '1', '2'],
    ['onnx', 1, '1'],
    ['triton', 1, '2'],
  ),
  ...runtime('kserve-xgbserver', ['v1', 'v2'], ['xgboost', 1, '1']),
];
