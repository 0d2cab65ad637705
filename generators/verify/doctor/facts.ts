/** What stands on a cluster, as far as the rules of `npm run doctor` ask. Plain data: `outside/cluster-facts.ts` reads it. */

/** `unread`: the caller may not look, which `Facts.unread` tells; rules then say nothing. */
export type Read<T> = T | 'absent' | 'unread';

export interface Facts {
  /** As the server says it, `v1.33.4` or `v1.32.1-eks-1a2b3c`. */
  readonly kubernetes: Read<string>;
  /** API group → its kinds with their versions, `v1 Gateway`; a group that is not there is absent. */
  readonly groups: ReadonlyMap<string, Read<readonly string[]>>;
  /** What the CRD of the kind Gateway says of its release. */
  readonly gatewayApi: Read<{ readonly version?: string; readonly channel?: string }>;
  readonly gatewayClass: Read<{ readonly accepted: boolean; readonly message?: string }>;
  readonly gateway: Read<GatewayFacts>;
  /** Services behind validating webhooks, for each API group that they judge. */
  readonly webhooks: Read<readonly Webhook[]>;
  readonly argocd: Read<{
    /** Tag of the application controller's image; undefined for an image by digest alone. */
    readonly version?: string;
    /** The ConfigMap `argocd-cm`. */
    readonly settings: Readonly<Record<string, string>>;
  }>;
  /** Two keys of the ConfigMap `inferenceservice-config`; undefined where one is not JSON. */
  readonly kserve: Read<{ readonly deploy?: Settings; readonly ingress?: Settings }>;
  /** The Sealed Secrets controller; `certificate` is the PEM with which it wants to be sealed for now, if it answers. */
  readonly sealing: Read<{ readonly service: string; readonly certificate?: string; readonly reason?: string }>;
  /** APIService → whether it is available. */
  readonly apis: ReadonlyMap<string, Read<boolean>>;
  /** Whether some StorageClass is the default one. */
  readonly defaultStorage: Read<boolean>;
  readonly rights: readonly Right[];
  /** What the server did not let the caller read, and its words. */
  readonly unread: readonly { readonly what: string; readonly reason: string }[];
}

export type Settings = Readonly<Record<string, unknown>>;

export interface GatewayFacts {
  readonly programmed: boolean;
  readonly message?: string;
  readonly listeners: readonly Listener[];
}

export interface Listener {
  readonly name: string;
  readonly hostname?: string;
  /** Which namespaces may attach routes; the API's default is `Same`. */
  readonly from: 'All' | 'Selector' | 'Same' | 'None';
  readonly selector?: {
    readonly matchLabels?: Readonly<Record<string, string>>;
    readonly matchExpressions?: readonly {
      readonly key: string;
      readonly operator: string;
      readonly values?: readonly string[];
    }[];
  };
}

export interface Webhook {
  readonly groups: readonly string[];
  /** `<namespace>/<name>`. */
  readonly service: string;
  /** Some pod behind the Service is ready. */
  readonly ready: boolean;
}

export interface Right {
  readonly verb: string;
  readonly resource: string;
  readonly group: string;
  readonly namespace: string;
  readonly allowed: boolean;
}
