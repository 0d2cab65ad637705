/**
 * What the page and its server say to each other. Types only: the page imports this file, and so does the server.
 *
 * All addresses stand below the prefix P, which is empty unless the server is told one. The page finds P in its own
 * document, `<meta name="prefix" content="P">`; it never ends in "/". Bodies are JSON in UTF-8 unless said otherwise.
 *
 * | method, address                          | answer                                    |
 * | ---------------------------------------- | ----------------------------------------- |
 * | GET  P/api/site                          | Site                                      |
 * | GET  P/api/catalogue                     | CatalogueAnswer; ETag, answers 304        |
 * | GET  P/api/models/{name}                 | ModelDetail                               |
 * | POST P/api/models/{name}/infer?target=T  | the model server's answer, see below      |
 * | GET  P/api/session                       | Session                                   |
 * | GET  P/auth/login?return=/models/iris    | 303 to the sign-in, and from there back   |
 * | GET  P/auth/callback                     | the sign-in's way back                    |
 * | POST P/auth/logout                       | 204, the session is gone                  |
 * | GET  P/ and P/models/{name}              | the page                                  |
 *
 * Every answer from 400 on that the client itself gives is a Failure.
 *
 * `infer` takes an inference request of the Open Inference Protocol V2 as JSON, or its binary form with
 * `Inference-Header-Content-Length`, and gives the same form back. A `v1` model is asked in V1 by the server; the page
 * always speaks V2. Without `target` the first target is asked. The answer carries `Server-Timing`: what the model
 * server said there, then `upstream;dur=` (milliseconds until it began to answer) and `proxy;dur=` (milliseconds of the
 * client's own server), and `X-Request-Id`, the request's own or a new one. Aborting the request aborts it everywhere.
 * An answer that is cut off on its way ends the connection, so that reading it fails.
 */
import type {
  CatalogueExample,
  CatalogueInput,
  CatalogueOutput,
  CatalogueTensor,
  CatalogueTraffic,
  CatalogueVersion,
} from '../schemas/types/client-catalogue.d.ts';

export type { CatalogueExample, CatalogueInput, CatalogueOutput, CatalogueTensor, CatalogueTraffic, CatalogueVersion };

/** Where the page stands. */
export interface Site {
  /** P: empty, or `/` and words, without a final `/`. */
  readonly prefix: string;
  /** The model whose page is the first at this host; absent where it is the catalogue. */
  readonly model?: string;
  readonly cluster: string;
  readonly title: string;
}

export interface CatalogueAnswer {
  readonly cluster: string;
  readonly title: string;
  readonly auth: Session;
  readonly limits: Limits;
  readonly models: readonly ModelSummary[];
}

/**
 * Who is using the page.
 *
 * - `none`: anyone may.
 * - `oidc`: people sign in at `auth/login`. Without `user` everything but the page itself, `api/site` and `api/session`
 *   answers SIGNED_OUT.
 * - `token`: the model servers want a token of the person's own. The page asks for it, keeps it for its session, and
 *   sends it as `Authorization: Bearer …` with `infer`; the server passes it on.
 */
export interface Session {
  readonly mode: 'none' | 'oidc' | 'token';
  readonly user?: { readonly name: string; readonly email?: string };
}

export interface Limits {
  /** Largest body of `infer`, in bytes. */
  readonly bodyBytes: number;
  /** Calls of `infer` that one person may make in a minute, on average; 0 without limit. */
  readonly ratePerMinute: number;
  /** Calls that may come at once before the average counts. */
  readonly burst: number;
  /** Milliseconds after which a model server that does not answer is given up (MODEL_TIMEOUT). */
  readonly timeoutMs: number;
}

/**
 * Whether a model answers, as last seen by the server in the background.
 * `unknown`: not looked at yet. `loading`: the server is up, the model is not ready.
 */
export interface Readiness {
  readonly state: 'ready' | 'loading' | 'down' | 'unknown';
  /** Why it is not ready, in words; present with `loading` and `down`. */
  readonly reason?: string;
  /** ISO 8601, UTC; absent while `unknown`. */
  readonly checkedAt?: string;
}

export interface ModelSummary {
  readonly name: string;
  readonly title: string;
  readonly description?: string;
  readonly owner?: string;
  readonly version?: string;
  readonly versions: readonly CatalogueVersion[];
  readonly protocol: 'v1' | 'v2';
  /** For people's own programs: base URL of REST, and `host:port` of gRPC. */
  readonly publicUrl?: string;
  readonly grpc?: string;
  /** Hosts on which the model's page is the first. */
  readonly hostnames: readonly string[];
  /** Empty where one version gets every request. */
  readonly traffic: readonly CatalogueTraffic[];
  readonly widget?: 'image';
  /** At least one. */
  readonly targets: readonly TargetSummary[];
  /** The worst of the targets. */
  readonly readiness: Readiness;
}

export interface TargetSummary {
  /** For `?target=`. */
  readonly name: string;
  /** For people. */
  readonly label: string;
  readonly version?: string;
  readonly readiness: Readiness;
}

export interface ModelDetail extends ModelSummary {
  readonly targets: readonly TargetDetail[];
  readonly example?: CatalogueExample;
  /** How input fields are shown, by column or tensor name. */
  readonly inputs: Readonly<Record<string, CatalogueInput>>;
  /** How numbers of the answer are shown, by tensor name or alias. */
  readonly outputs: Readonly<Record<string, CatalogueOutput>>;
}

export interface TargetDetail extends TargetSummary {
  /**
   * Tensors of this target. Datatypes, shapes and order come from the model server where it tells them, aliases, columns
   * and labels from the catalogue. Both lists are empty where nobody knows: then name tensors `input-0`, `input-1`, ….
   */
  readonly signature: Signature;
  /** Whether `signature` comes from the model server itself, or from the catalogue alone. */
  readonly live: boolean;
  /** The model server's own words: its platform, and the versions that it has loaded. */
  readonly platform?: string;
  readonly loadedVersions?: readonly string[];
  /** Its server says that it takes tensors in the binary form. */
  readonly binary?: boolean;
  /** Name under which people's own programs ask this target at `publicUrl`. */
  readonly model: string;
}

export interface Signature {
  readonly inputs: readonly CatalogueTensor[];
  readonly outputs: readonly CatalogueTensor[];
}

/** The body of every answer from 400 on. */
export interface Failure {
  readonly error: {
    readonly code: FailureCode;
    /** For people, one or two sentences. What the model server said stands inside, as it is. */
    readonly message: string;
    /** The request's member that is wrong, as a JSON pointer or the name of a parameter. */
    readonly field?: string;
    /** When to try again: with RATE_LIMITED, and with MODEL_DOWN and MODEL_FAILED where the model server says it. */
    readonly retryAfterSeconds?: number;
  };
}

/** Each code with its HTTP status; MODEL_REFUSED has the model server's own. */
export type FailureCode =
  /** 400: the request is not what this contract asks for. */
  | 'BAD_REQUEST'
  /** 401: nobody is signed in, or the session has ended. */
  | 'SIGNED_OUT'
  /** 403: the request comes from a page of another site. */
  | 'CROSS_SITE'
  /** 404: no such address. */
  | 'NOT_FOUND'
  /** 404: the catalogue has no such model. */
  | 'MODEL_UNKNOWN'
  /** 404: the model has no such target. */
  | 'TARGET_UNKNOWN'
  /** 405. */
  | 'METHOD_NOT_ALLOWED'
  /** 413: the body is beyond `limits.bodyBytes`. */
  | 'TOO_LARGE'
  /** 415: the body has an encoding that is not understood. */
  | 'ENCODING_UNKNOWN'
  /** 429: too many calls; `retryAfterSeconds` says when the next may come. */
  | 'RATE_LIMITED'
  /** 4xx of the model server, whose text is inside. */
  | 'MODEL_REFUSED'
  /** 502: the model server cannot be reached, or closed the connection before it answered. */
  | 'MODEL_DOWN'
  /** 502: the model server answered with a fault of its own (5xx), whose text is inside. */
  | 'MODEL_FAILED'
  /** 502: the answer is not one of the Open Inference Protocol. */
  | 'MODEL_NONSENSE'
  /** 504: the model server did not answer in time. */
  | 'MODEL_TIMEOUT'
  /** 502: the identity provider cannot be reached or said something wrong. */
  | 'SIGN_IN_FAILED'
  /** 503: the client is shutting down. */
  | 'STOPPING'
  /** 500: a bug; the log has it under the request's id. */
  | 'INTERNAL';
