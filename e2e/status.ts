/** What the steps read of objects' statuses, whatever their kind: every field may be absent, and what nobody reads has no name. */
export interface Condition {
  readonly type: string;
  /** Conditions of an Application have none. */
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface Status {
  readonly conditions?: readonly Condition[];
  /** Of a Pod. */
  readonly phase?: string;
  readonly initContainerStatuses?: readonly { readonly restartCount: number }[];
  readonly containerStatuses?: readonly { readonly restartCount: number }[];
  /** Of a Deployment or StatefulSet. */
  readonly readyReplicas?: number;
  readonly updatedReplicas?: number;
  readonly observedGeneration?: number;
  /** Of a HorizontalPodAutoscaler. */
  readonly currentReplicas?: number;
  readonly currentMetrics?: readonly {
    readonly resource?: { readonly current?: { readonly averageUtilization?: number } };
  }[];
  /** Of an InferenceService. */
  readonly url?: string;
  /** Of a Gateway, which has values, or of a Node. */
  readonly addresses?: readonly { readonly type?: string; readonly value?: string; readonly address?: string }[];
  /** Of a Service. */
  readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[] };
  /** Of a route. */
  readonly parents?: readonly { readonly conditions: readonly Condition[] }[];
  /** Of an Application. */
  readonly sync?: { readonly status?: string; readonly revision?: string };
  readonly health?: { readonly status?: string };
  readonly operationState?: {
    readonly phase?: string;
    readonly message?: string;
    readonly startedAt?: string;
    readonly syncResult?: { readonly resources?: readonly Synced[] };
  };
  readonly resources?: readonly Resource[];
}

/** An object of an Application. */
interface Resource {
  readonly kind: string;
  readonly name: string;
  readonly status?: string;
  readonly health?: { readonly status: string; readonly message?: string };
  /** Nothing in git asks for it any more. */
  readonly requiresPruning?: boolean;
}

/** What came of an object in an Application's last sync. */
interface Synced {
  readonly kind: string;
  readonly name: string;
  /** `Failed` where the object became Degraded, with its health's message. */
  readonly hookPhase?: string;
  readonly message?: string;
}

/** Whether the condition is there and `status`. */
export function meets(conditions: readonly Condition[] | undefined, type: string, status = 'True'): boolean {
  return conditions?.some((one) => one.type === type && one.status === status) === true;
}
