/** Made from schemas/kubernetes/traefik.io/traefikservice_v1alpha1.json by `npm run schemas`; do not edit. */

export interface TraefikService {
  readonly apiVersion: 'traefik.io/v1alpha1';
  readonly kind: 'TraefikService';
  readonly metadata: Metadata;
  readonly spec: TraefikServiceSpec;
}

export interface Cookie {
  readonly domain?: string;
  readonly httpOnly?: boolean;
  readonly maxAge?: number;
  readonly name?: string;
  readonly path?: string;
  readonly sameSite?: 'none' | 'lax' | 'strict';
  readonly secure?: boolean;
}

export interface HealthCheck {
  readonly followRedirects?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly hostname?: string;
  readonly interval?: number | string;
  readonly method?: string;
  readonly mode?: string;
  readonly path?: string;
  readonly port?: number;
  readonly scheme?: string;
  readonly status?: number;
  readonly timeout?: number | string;
  readonly unhealthyInterval?: number | string;
}

export interface HighestRandomWeight {
  readonly services?: readonly Service[];
}

export interface Metadata {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly name: string;
  readonly namespace?: string;
}

export interface Mirror {
  readonly healthCheck?: HealthCheck;
  readonly kind?: 'Service' | 'TraefikService';
  readonly name: string;
  readonly namespace?: string;
  readonly nativeLB?: boolean;
  readonly nodePortLB?: boolean;
  readonly passHostHeader?: boolean;
  readonly passiveHealthCheck?: PassiveHealthCheck;
  readonly percent?: number;
  readonly port?: number | string;
  readonly responseForwarding?: ResponseForwarding;
  readonly scheme?: string;
  readonly serversTransport?: string;
  readonly sticky?: Sticky;
  readonly strategy?: 'wrr' | 'p2c' | 'hrw' | 'leasttime' | 'RoundRobin';
  readonly weight?: number;
}

export interface Mirroring {
  readonly healthCheck?: HealthCheck;
  readonly kind?: 'Service' | 'TraefikService';
  readonly maxBodySize?: number;
  readonly mirrorBody?: boolean;
  readonly mirrors?: readonly Mirror[];
  readonly name: string;
  readonly namespace?: string;
  readonly nativeLB?: boolean;
  readonly nodePortLB?: boolean;
  readonly passHostHeader?: boolean;
  readonly passiveHealthCheck?: PassiveHealthCheck;
  readonly port?: number | string;
  readonly responseForwarding?: ResponseForwarding;
  readonly scheme?: string;
  readonly serversTransport?: string;
  readonly sticky?: Sticky;
  readonly strategy?: 'wrr' | 'p2c' | 'hrw' | 'leasttime' | 'RoundRobin';
  readonly weight?: number;
}

export interface PassiveHealthCheck {
  readonly failureWindow?: number | string;
  readonly maxFailedAttempts?: number;
}

export interface ResponseForwarding {
  readonly flushInterval?: string;
}

export interface Service {
  readonly healthCheck?: HealthCheck;
  readonly kind?: 'Service' | 'TraefikService';
  readonly name: string;
  readonly namespace?: string;
  readonly nativeLB?: boolean;
  readonly nodePortLB?: boolean;
  readonly passHostHeader?: boolean;
  readonly passiveHealthCheck?: PassiveHealthCheck;
  readonly port?: number | string;
  readonly responseForwarding?: ResponseForwarding;
  readonly scheme?: string;
  readonly serversTransport?: string;
  readonly sticky?: Sticky;
  readonly strategy?: 'wrr' | 'p2c' | 'hrw' | 'leasttime' | 'RoundRobin';
  readonly weight?: number;
}

export interface Sticky {
  readonly cookie?: Cookie;
}

export interface TraefikServiceSpec {
  readonly highestRandomWeight?: HighestRandomWeight;
  readonly mirroring?: Mirroring;
  readonly weighted?: Weighted;
}

export interface Weighted {
  readonly services?: readonly Service[];
  readonly sticky?: Sticky;
}
