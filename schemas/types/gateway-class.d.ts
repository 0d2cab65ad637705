/** Made from schemas/kubernetes/gateway.networking.k8s.io/gatewayclass_v1.json by `npm run schemas`; do not edit. */

export interface GatewayClass {
  readonly apiVersion: 'gateway.networking.k8s.io/v1';
  readonly kind: 'GatewayClass';
  readonly metadata: Metadata;
  readonly spec: GatewayClassSpec;
}

export interface GatewayClassSpec {
  readonly controllerName: string;
  readonly description?: string;
  readonly parametersRef?: ParametersRef;
}

export interface Metadata {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly name: string;
}

export interface ParametersRef {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}
