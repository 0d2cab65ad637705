/** Made from schemas/client-catalogue.schema.json by `npm run schemas`; do not edit. */

/** What the client shows and which model servers it may ask. The generators make it from the registry; the client reads it again whenever the file changes. */
export interface Catalogue {
  /** Name of the cluster, shown beside the title. */
  readonly cluster: string;
  /** Heading of the catalogue. Default `Models`. */
  readonly title?: string;
  /** The models, in the order in which they are shown. */
  readonly models: readonly CatalogueModel[];
}

/** One model. Only `url` and the URLs of `targets` are ever asked. */
export interface CatalogueModel {
  /** Name, unique in the catalogue. It is the model's page, `/models/<name>`. */
  readonly name: string;
  /** Heading of its page. Default: the name. */
  readonly title?: string;
  /** What it predicts, in one sentence. */
  readonly description?: string;
  /** The team that answers for it. */
  readonly owner?: string;
  /** The version that is served. */
  readonly version?: string;
  /** All versions of the registry, oldest first. */
  readonly versions?: readonly CatalogueVersion[];
  /** Base URL of the model server, asked by the client. */
  readonly url: BaseUrl;
  /** Name under which the model server knows the model. Default: `name`. */
  readonly model?: string;
  /** Places that can be asked one by one, for example stable and canary. Default: one, `stable`, at `url`. */
  readonly targets?: readonly CatalogueTarget[];
  /** Base URL under which people's own programs reach the model server. Leave it out where there is none. */
  readonly publicUrl?: BaseUrl;
  /** `host:port` of gRPC for people's own programs. */
  readonly grpc?: string;
  /** Hosts of the client on which the model's own page is the first. */
  readonly hostnames?: readonly string[];
  /** What the model server speaks: the Open Inference Protocol (`v2`), or KServe's older one (`v1`). */
  readonly protocol: 'v1' | 'v2';
  /** How the requests to `publicUrl` are spread over versions, in percent. */
  readonly traffic?: readonly CatalogueTraffic[];
  readonly signature?: CatalogueSignature;
  readonly example?: CatalogueExample;
  /** Presentation of the input fields, by column or tensor name. */
  readonly inputs?: Readonly<Record<string, CatalogueInput>>;
  /** Presentation of the numbers that a regression answers, by tensor name or alias. */
  readonly outputs?: Readonly<Record<string, CatalogueOutput>>;
  /** Special input: `image` is a drawing pad. */
  readonly widget?: 'image';
}

/** One version of a model and what was measured. */
export interface CatalogueVersion {
  /** Version label. */
  readonly version: string;
  /** What was measured on held-out data, name → number. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** MLflow run that trained it. */
  readonly run?: string;
  /** URI of its artifact. */
  readonly artifact?: string;
}

/** One place that serves a version of the model. */
export interface CatalogueTarget {
  /** Name in `?target=`, unique in the model. */
  readonly name: string;
  /** Name for people. Default: `name`. */
  readonly label?: string;
  /** Base URL of the model server. */
  readonly url: BaseUrl;
  /** The version that it serves. */
  readonly version?: string;
  /** Name under which it knows the model. Default: that of the model. */
  readonly model?: string;
}

/** A version's share of the requests. */
export interface CatalogueTraffic {
  /** Version label. */
  readonly version: string;
  /** Percent. */
  readonly weight: number;
}

/** Tensors that the model takes and gives. What the model server says of datatypes and shapes wins. */
export interface CatalogueSignature {
  /** Input tensors, in the order of the graph. */
  readonly inputs: readonly CatalogueTensor[];
  /** Output tensors, in the order of the graph. */
  readonly outputs: readonly CatalogueTensor[];
}

/** One tensor. */
export interface CatalogueTensor {
  /** The tensor's own name in the graph. */
  readonly name: string;
  /** Open Inference Protocol datatype. */
  readonly datatype: 'BOOL' | 'UINT8' | 'UINT16' | 'UINT32' | 'UINT64' | 'INT8' | 'INT16' | 'INT32' | 'INT64' | 'FP16' | 'BF16' | 'FP32' | 'FP64' | 'BYTES';
  /** Dimensions, outermost first; -1 where the size varies (the batch). */
  readonly shape: readonly number[];
  /** Second name of the tensor. */
  readonly alias?: string;
  /** Names of the features along the last dimension, in order. */
  readonly columns?: readonly string[];
  /** Names of the classes by index. */
  readonly labels?: readonly string[];
}

/** A request that the model answers, the form's first values. */
export interface CatalogueExample {
  /** Request inputs of the Open Inference Protocol. */
  readonly inputs: readonly CatalogueExampleInput[];
}

/** One tensor of the example. */
export interface CatalogueExampleInput {
  /** Tensor name or alias. */
  readonly name: string;
  /** Dimensions of this request. */
  readonly shape: readonly number[];
  readonly datatype: CatalogueTensor['datatype'];
  /** Values, nested in the shape or flat in row-major order. */
  readonly data: readonly unknown[];
}

/** How one input field is shown. */
export interface CatalogueInput {
  /** Label of the field. */
  readonly title?: string;
  /** What it means, in a sentence. */
  readonly description?: string;
  /** Unit shown beside the value. */
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
  readonly choices?: readonly (number | string)[];
}

/** How one number of an answer is shown. */
export interface CatalogueOutput {
  /** What the number is. */
  readonly title?: string;
  /** Unit shown beside the number. */
  readonly unit?: string;
  /** Smallest value in the training data. */
  readonly minimum?: number;
  /** Largest value in the training data. */
  readonly maximum?: number;
}

/** http or https, a host, at most a port and a path; no user, query or fragment. */
export type BaseUrl = string;
