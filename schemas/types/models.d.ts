/** Made from schemas/models.schema.json by `npm run schemas`; do not edit. */

/** The model registry: every model, its versions, and which version each cluster serves. */
export interface Registry {
  /** The models. The order has no meaning; keep what belongs together side by side. */
  readonly models: readonly Model[];
}

/** One model. Its name is the name of the InferenceService and the `<name>` in `/v2/models/<name>/infer`. */
export interface Model {
  /** Name of the model: lower-case letters, digits and `-`, beginning with a letter, at most 48 characters. Unique in the registry. It becomes the InferenceService's name and the model's name in the Open Inference Protocol. */
  readonly name: string;
  /** The team that answers for the model. Each cluster that serves it must list the team in its `cluster.yaml`; the team's namespace is where the InferenceService runs. */
  readonly owner: string;
  /** What the model predicts, in one sentence for the people who will use it. */
  readonly description: string;
  /** Format of the artifact. It selects the runtime unless `runtime` names one: `onnx` is served by this repository's predictor, the others by the ClusterServingRuntimes that KServe 0.16 ships. */
  readonly format: 'onnx' | 'sklearn' | 'xgboost' | 'lightgbm' | 'pmml' | 'paddle' | 'tensorflow' | 'pytorch' | 'triton' | 'tensorrt' | 'mlflow' | 'huggingface';
  /** Name of the ClusterServingRuntime. Default: the first that serves `format`. Needed only to choose another, for example `kserve-mlserver` for sklearn or `kserve-tritonserver` for onnx. */
  readonly runtime?: 'onnx-node' | 'kserve-sklearnserver' | 'kserve-xgbserver' | 'kserve-lgbserver' | 'kserve-pmmlserver' | 'kserve-paddleserver' | 'kserve-tensorflow-serving' | 'kserve-torchserve' | 'kserve-tritonserver' | 'kserve-mlserver' | 'kserve-huggingfaceserver' | 'kserve-huggingfaceserver-multinode';
  /** Inference protocol that the runtime speaks for this model. Default: `v2` (Open Inference Protocol) where the runtime has it, else `v1`. */
  readonly protocol?: 'v1' | 'v2' | 'grpc-v1' | 'grpc-v2';
  /** Immutable versions of the model, oldest first. Add one, never change one that is served. */
  readonly versions: readonly [Version, ...Version[]];
  readonly signature?: Signature;
  readonly example?: Example;
  readonly resources?: Resources;
  readonly autoscaling?: Autoscaling;
  readonly environment?: Environment;
  readonly timeoutSeconds?: TimeoutSeconds;
  readonly visibility?: Visibility;
  readonly placement?: Placement;
  readonly client?: Client;
  /** Where the model runs: cluster name → what it serves there. Names are the folders of `clusters/`. Leave a cluster out and the model does not run there; leave `serve` out and it runs nowhere. */
  readonly serve?: Readonly<Record<string, Serve>>;
}

/** One immutable version: where its artifact lies and what was measured. */
export interface Version {
  /** Version label, unique in the model; a string, so quote numbers: "1". Clients may address it as `/v2/models/<name>/versions/<version>`. */
  readonly version: string;
  /** URI of the folder that holds the model, `s3://<bucket>/<prefix>/`. End it with `/`: KServe's storage initializer lists by raw prefix, so `…/iris` would also fetch `…/iris-old`. */
  readonly artifact: string;
  /** SHA-256 of the model file in the artifact (`model.onnx`, `model.pkl`, …), 64 hexadecimal digits. The predictor compares it at load and refuses a file that differs. */
  readonly sha256?: string;
  /** Size of the model file in bytes. */
  readonly size?: number;
  /** Where the version comes from; for people and for tools that trace it back. Never written into the InferenceService, where a change would restart pods. */
  readonly source?: VersionSource;
  /** What was measured on held-out data, name → number, as logged in training. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** What this version answers to the entry's `example`, in place of `example.expect`: tensor name or alias → values, nested or flat. For versions that rightly answer otherwise by more than the tolerance. */
  readonly expect?: Readonly<Record<string, readonly unknown[]>>;
}

/** Tensors that the model takes and gives, in the words of the Open Inference Protocol. */
export interface Signature {
  /** Input tensors, in the order of the graph. */
  readonly inputs: readonly [Tensor, ...Tensor[]];
  /** Output tensors, in the order of the graph. */
  readonly outputs: readonly [Tensor, ...Tensor[]];
}

/** One tensor. */
export interface Tensor {
  /** The tensor's own name in the graph. */
  readonly name: string;
  /** Open Inference Protocol datatype. */
  readonly datatype: 'BOOL' | 'UINT8' | 'UINT16' | 'UINT32' | 'UINT64' | 'INT8' | 'INT16' | 'INT32' | 'INT64' | 'FP16' | 'BF16' | 'FP32' | 'FP64' | 'BYTES';
  /** Dimensions, outermost first; -1 where the size varies (the batch). */
  readonly shape: readonly number[];
  /** Second name under which clients may send or ask for the tensor, for example `input-0`. */
  readonly alias?: string;
  /** Names of the features along the last dimension, in order. */
  readonly columns?: readonly [string, ...string[]];
  /** Names of the classes by index, for an output that holds a class index or one probability per class. */
  readonly labels?: readonly [string, ...string[]];
}

/** A request that the model must answer, and the answer. Replayed before the merge and after the sync. */
export interface Example {
  /** Request inputs of the Open Inference Protocol. */
  readonly inputs: readonly [ExampleInput, ...ExampleInput[]];
  /** Expected outputs: tensor name or alias → values, nested or flat. A version with an `expect` of its own is held against that. */
  readonly expect?: Readonly<Record<string, readonly unknown[]>>;
  /** Largest allowed absolute difference for floating-point outputs. Default 0.00001. */
  readonly tolerance?: number;
}

/** What one replica asks of a node. Requests count against the team's quota. */
export interface Resources {
  /** CPU request, for example `250m` or `2`. Default from the runtime. */
  readonly cpu?: CpuQuantity;
  /** Memory request and limit, for example `512Mi`. Default from the runtime. */
  readonly memory?: MemoryQuantity;
  /** CPU limit. Default: none, so that a busy replica may use idle cores. */
  readonly cpuLimit?: CpuQuantity;
  /** Whole NVIDIA GPUs (`nvidia.com/gpu`). Not for `onnx-node`, which runs on CPUs. */
  readonly gpu?: number;
}

export type CpuQuantity = string;

export type MemoryQuantity = string;

/** How many replicas run, and what their number follows. No model goes to zero replicas: nothing would wake it up in KServe's Standard mode. To stop a model, set `suspended`. */
export interface Autoscaling {
  /** Who scales. `hpa`: a HorizontalPodAutoscaler, by CPU or memory. `keda`: KEDA, by what the predictor tells Prometheus. `none`: nobody, `minReplicas` run. Default: what `metric` needs. From `hpa` to `keda` go by way of `none`, merged in between: KServe leaves the former autoscaler in place otherwise; `npm run diff` tells it. */
  readonly class?: 'hpa' | 'keda' | 'none';
  /** Fewest replicas. Default 1. A PodDisruptionBudget lets a node drain take one replica at a time, so from 2 on the model serves through it. */
  readonly minReplicas?: number;
  /** Most replicas. Default: `minReplicas`, that is no autoscaling. */
  readonly maxReplicas?: number;
  /** What the replica count follows. Default `cpu`. `cpu` and `memory` are shares of the request. The others come from the predictor's own metrics and need KEDA and monitoring on the cluster: `requests-per-second` and `in-flight` requests of one replica, `latency-p95` of an inference, `queue`: the time that requests wait. */
  readonly metric?: 'cpu' | 'memory' | 'requests-per-second' | 'in-flight' | 'latency-p95' | 'queue';
  /** What to aim at. For `cpu` and `memory` the average use, in percent of the request. Default 80. The others have no default: requests per second or requests in flight per replica, milliseconds for `latency-p95` and `queue`. */
  readonly target?: number;
}

/** Environment variables of the model server, name → value. Not for secrets: this file is readable by everyone. */
export type Environment = Readonly<Record<string, string>>;

/** Longest time for one request through the Gateway, in seconds. Default 60. */
export type TimeoutSeconds = number;

/** `public`: reachable through the Gateway. `cluster-local`: only inside the cluster. Default `public`. */
export type Visibility = 'public' | 'cluster-local';

/** On which nodes the replicas may run. */
export interface Placement {
  /** Labels that a node must carry. */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** Taints that the replicas tolerate. */
  readonly tolerations?: readonly PlacementToleration[];
}

/** How the client page presents the model. Leave it out and the model has no page of its own. */
export interface Client {
  /** Heading of the model's page. */
  readonly title?: string;
  /** First label of the page's own host: `iris` becomes `iris.<domain of the cluster>`. */
  readonly hostname?: string;
  /** Presentation of the input fields, by column or tensor name. */
  readonly inputs?: Readonly<Record<string, ClientInput>>;
  /** Presentation of the numbers that a regression answers, by tensor name or alias. */
  readonly outputs?: Readonly<Record<string, ClientOutput>>;
  /** Special input: `image` shows a drawing pad for a tensor of pixels. */
  readonly widget?: 'image';
}

/** A second version that takes a share of the requests that come through the Gateway. To promote it, make it `version` and remove `canary`; to roll back, remove `canary`. */
export interface Canary {
  /** Which of `versions` is tried. */
  readonly version: string;
  /** Percent of the requests that it answers. */
  readonly weight: number;
  /** Requests with this header are all answered by the canary, whatever the weight. */
  readonly header?: CanaryHeader;
}

/** A second version that gets copies of the requests that come through the Gateway. Its answers are thrown away; its metrics and logs tell how it does. Traefik copies no gRPC requests. */
export interface Mirror {
  /** Which of `versions` gets the copies. */
  readonly version: string;
  /** Percent of the requests that are copied. Default 100. */
  readonly percent?: number;
}

/** What one cluster serves of the model. Everything but `version` overrides the model's own setting there. */
export interface Serve {
  /** Which of `versions` is served. */
  readonly version: string;
  readonly canary?: Canary;
  readonly mirror?: Mirror;
  /** Whether the model is stopped here: no pods and no route, while everything else stays as it is. Default false. */
  readonly suspended?: boolean;
  readonly resources?: Resources;
  readonly autoscaling?: Autoscaling;
  readonly environment?: Environment;
  readonly timeoutSeconds?: TimeoutSeconds;
  readonly visibility?: Visibility;
  readonly placement?: Placement;
}

/** Where the version comes from; for people and for tools that trace it back. Never written into the InferenceService, where a change would restart pods. */
export interface VersionSource {
  /** The MLflow registered model, its version, and the run or logged model that produced it. */
  readonly mlflow?: VersionSourceMlflow;
}

/** The MLflow registered model, its version, and the run or logged model that produced it. */
export interface VersionSourceMlflow {
  /** Name of the registered model. */
  readonly model?: string;
  /** Version number in the MLflow registry. */
  readonly version?: string;
  /** Run ID, 32 hexadecimal digits. */
  readonly run?: string;
  /** Logged-model ID of MLflow 3, `m-` and 32 hexadecimal digits. */
  readonly loggedModel?: string;
}

export interface ExampleInput {
  /** Tensor name or alias. */
  readonly name: string;
  /** Dimensions of this request. */
  readonly shape: readonly number[];
  readonly datatype: Tensor['datatype'];
  /** Values, nested in the shape or flat in row-major order. */
  readonly data: readonly unknown[];
}

export interface PlacementToleration {
  /** Taint key. */
  readonly key?: string;
  /** How the value is compared. */
  readonly operator?: 'Exists' | 'Equal';
  /** Taint value. */
  readonly value?: string;
  /** Taint effect. */
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

export interface ClientInput {
  /** Label of the field. */
  readonly title?: string;
  /** Unit shown beside the value, for example `cm`. */
  readonly unit?: string;
  /** Smallest value of the slider. */
  readonly minimum?: number;
  /** Largest value of the slider. */
  readonly maximum?: number;
  /** Step of the slider. */
  readonly step?: number;
  /** Value at the start. */
  readonly default?: number | string | boolean;
  /** The allowed values, for a select. */
  readonly choices?: readonly [number | string, ...(number | string)[]];
}

export interface ClientOutput {
  /** What the number is. */
  readonly title?: string;
  /** Unit shown beside the number. */
  readonly unit?: string;
  /** Smallest value in the training data. */
  readonly minimum?: number;
  /** Largest value in the training data. */
  readonly maximum?: number;
}

/** Requests with this header are all answered by the canary, whatever the weight. */
export interface CanaryHeader {
  /** Name of the header, for example `x-canary`. */
  readonly name: string;
  /** Its whole value. */
  readonly value: string;
}
