/** Each rule: facts of a good cluster, one of them broken, and the whole line that a person reads. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Cluster } from '../../../schemas/types/cluster.d.ts';
import type { Model } from '../../../schemas/types/models.d.ts';
import { plan } from '../../plan/plan.ts';
import { render } from '../../render/render.ts';
import { platformOf } from '../../testdata/platform.ts';
import { checkPrerequisites } from './doctor.ts';
import type { Facts } from './facts.ts';

const sealing = new URL('../../testdata/sealing/', import.meta.url);
const certificate = readFileSync(new URL('certificate.pem', sealing), 'utf8');
const another = readFileSync(new URL('another.pem', sealing), 'utf8');

const settings = {
  'resource.customizations.health.argoproj.io_Application': 'return {}',
  'resource.customizations.health.serving.kserve.io_InferenceService': 'return {}',
};
const deploy = { defaultDeploymentMode: 'Standard' };
const ingress = {
  enableGatewayApi: true,
  kserveIngressGateway: 'traefik/traefik-gateway',
  ingressDomain: 'example.org',
};
const listener = { name: 'web', hostname: '*.example.org', from: 'All' } as const;
const hook = { groups: ['serving.kserve.io'], service: 'kserve/webhook', ready: true };
const certHook = { groups: ['cert-manager.io', 'acme.cert-manager.io'], service: 'cert-manager/webhook', ready: true };

/** Everything is there, in the oldest releases that will do. */
const good: Facts = {
  kubernetes: 'v1.32.0',
  groups: new Map([
    ['argoproj.io', ['v1alpha1 Application', 'v1alpha1 AppProject']],
    ['gateway.networking.k8s.io', ['v1 Gateway', 'v1 HTTPRoute', 'v1 GRPCRoute']],
    ['cert-manager.io', ['v1 Certificate', 'v1 Issuer', 'v1 ClusterIssuer']],
    ['bitnami.com', ['v1alpha1 SealedSecret']],
    ['serving.kserve.io', ['v1beta1 InferenceService', 'v1alpha1 ClusterServingRuntime']],
  ]),
  gatewayApi: { version: 'v1.2.1', channel: 'standard' },
  gatewayClass: { accepted: true },
  gateway: { programmed: true, listeners: [listener] },
  webhooks: [hook, certHook],
  argocd: { version: 'v3.2.1', settings },
  kserve: { deploy, ingress },
  sealing: { service: 'sealed-secrets/sealed-secrets-controller', certificate },
  apis: new Map([
    ['v1beta1.metrics.k8s.io', true],
    ['v1beta1.external.metrics.k8s.io', true],
  ]),
  defaultStorage: true,
  rights: [{ verb: 'create', resource: 'applications', group: 'argoproj.io', namespace: 'argocd', allowed: true }],
  unread: [],
};

/** Nothing is there. */
const bare: Facts = {
  ...good,
  groups: new Map(),
  gatewayApi: 'absent',
  gatewayClass: 'absent',
  gateway: 'absent',
  webhooks: [],
  argocd: 'absent',
  kserve: 'absent',
  sealing: 'absent',
  apis: new Map(),
  defaultStorage: false,
};

/** A cluster that brings all itself, and one to which Argo CD brings all. */
const own: Partial<Cluster> = {
  argocd: { configure: false },
  platform: {
    gatewayApi: { enabled: false },
    certManager: { enabled: false },
    sealedSecrets: { enabled: false },
    traefik: { enabled: false },
  },
};
const version = (name: string) => ({ version: name, artifact: `s3://models/iris/${name}/`, sha256: name.repeat(64) });
const mirrored: Partial<Model> = {
  versions: [version('1'), version('2')],
  serve: { alpha: { version: '1', mirror: { version: '2' } } },
};
const scaled: Partial<Model> = { autoscaling: { minReplicas: 1, maxReplicas: 3 } };

function told(facts: Facts, cluster: Partial<Cluster> = own, model: Partial<Model> = {}, pem = certificate): string[] {
  const platform = platformOf(cluster, [model]);
  const objects = render(plan(platform)).objects.map(({ object }) => object);
  const problems = checkPrerequisites({ ...platform, objects, certificate: pem, facts });
  for (const { where, message, repair } of problems) {
    assert.equal(where.file, 'clusters/alpha/cluster.yaml');
    assert.match(`${message}|${repair}`, /^Cannot [^\n]*[^.]\|[A-Z][^\n]*[^.]$/, 'one line, without a final full stop');
  }
  return problems.map(({ code, message, repair }) => `${code} ${message}. ${repair}.`);
}

const groups = (changes: Record<string, readonly string[]>) => new Map([...good.groups, ...Object.entries(changes)]);
const without = (name: string) => new Map([...good.groups].filter(([group]) => group !== name));
const kserve = (more: object) => ({ kserve: { deploy, ingress: { ...ingress, ...more } } });
const listeners = (...all: object[]) => ({ gateway: { programmed: true, listeners: all as (typeof listener)[] } });

test('nothing is missing on a good cluster, whoever has brought what is there', () => {
  assert.deepEqual(told(good), []);
  assert.deepEqual(told(good, {}), []);
  assert.deepEqual(told(good, own, scaled), []);
});

test('on a bare cluster only Argo CD is missing, since it brings the rest', () => {
  const [first, ...others] = told(bare, {});
  assert.match(
    first ?? '',
    /^PREREQUISITE_MISSING Cannot find Argo CD: .* Install it: kubectl create namespace argocd/,
  );
  assert.deepEqual(others, []);
});

const cases: readonly [what: string, broken: Partial<Facts>, line: RegExp, model?: Partial<Model>][] = [
  ['Kubernetes', { kubernetes: 'v1.31.9-eks-1a2b3c' }, /^PREREQUISITE_VERSION .* v1.31.9-eks-1a2b3c: it asks for 1.32/],
  [
    'kinds of a part',
    { groups: without('gateway.networking.k8s.io') },
    /^PREREQUISITE_MISSING Cannot find Gateway API: .*"platform.gatewayApi.enabled: true" in clusters\/alpha\/cluster.yaml/,
  ],
  [
    "kinds of Traefik's",
    {},
    /^PREREQUISITE_MISSING Cannot find Traefik's CRDs: the cluster has no kind of traefik.io.*"platform.traefik.enabled: true"/,
    mirrored,
  ],
  [
    'a kind',
    { groups: groups({ 'gateway.networking.k8s.io': ['v1 HTTPRoute', 'v1beta1 GRPCRoute'] }) },
    /^PREREQUISITE_VERSION Cannot write v1 GRPCRoute of gateway.networking.k8s.io/,
  ],
  [
    'Sealed Secrets, before anything is sealed',
    { groups: without('bitnami.com') },
    /^PREREQUISITE_MISSING Cannot find Sealed Secrets: .*"platform.sealedSecrets.enabled: true"/,
  ],
  ['cert-manager', { groups: without('cert-manager.io') }, /^PREREQUISITE_MISSING Cannot find cert-manager: /],
  ["cert-manager's webhook", { webhooks: [hook] }, /^PREREQUISITE_MISSING .* its kinds are there, its webhook is not/],
  [
    "a pod of cert-manager's webhook",
    { webhooks: [hook, { ...certHook, ready: false }] },
    /^PREREQUISITE_UNREADY .* cert-manager's webhook .*"cert-manager\/webhook". Read kubectl -n cert-manager describe service webhook/,
  ],
  [
    "a pod of KServe's webhook",
    { webhooks: [{ ...hook, ready: false }, certHook] },
    /^PREREQUISITE_UNREADY .* KServe's webhook .*"kserve\/webhook"/,
  ],
  [
    'a newer Gateway API',
    { gatewayApi: { version: 'v1.1.0', channel: 'experimental' } },
    /^PREREQUISITE_VERSION .* v1.1.0 \(experimental channel\): KServe asks for v1.2.1/,
  ],
  ['the GatewayClass', { gatewayClass: 'absent' }, /^PREREQUISITE_MISSING Cannot find the GatewayClass "traefik"/],
  [
    'acceptance',
    { gatewayClass: { accepted: false, message: 'Waiting for controller' } },
    /^PREREQUISITE_UNREADY .* accepted it, Waiting for controller. Read kubectl describe gatewayclass traefik/,
  ],
  ['the Gateway', { gateway: 'absent' }, /^PREREQUISITE_MISSING Cannot find the Gateway "traefik\/traefik-gateway"/],
  [
    'its program',
    { gateway: { programmed: false, message: 'No address', listeners: [listener] } },
    /^PREREQUISITE_UNREADY .* not programmed, No address. Read kubectl -n traefik describe gateway traefik-gateway/,
  ],
  [
    'a listener',
    listeners({ ...listener, hostname: '*.other.org' }),
    /^PREREQUISITE_SETTING Cannot route "\*.example.org": .* only web \(\*.other.org\)/,
  ],
  [
    'its namespaces',
    listeners({ ...listener, from: 'Same' }),
    /^PREREQUISITE_SETTING Cannot attach routes of flowers: .* label kserve-gitops\/routes=allowed/,
  ],
  [
    'a label',
    listeners({ ...listener, from: 'Selector', selector: { matchLabels: { a: 'b' } } }),
    /^PREREQUISITE_SETTING Cannot attach routes of flowers/,
  ],
  [
    'an expression',
    listeners({
      ...listener,
      from: 'Selector',
      selector: { matchExpressions: [{ key: 'kserve-gitops/routes', operator: 'NotIn', values: ['allowed'] }] },
    }),
    /^PREREQUISITE_SETTING Cannot attach routes of flowers/,
  ],
  [
    'a health check of Applications',
    { argocd: { version: 'v3.2.1', settings: {} } },
    /^PREREQUISITE_SETTING .* argocd\/argocd-cm has no health check .* Set "argocd.configure: true"/,
  ],
  [
    'a mended Argo CD',
    { argocd: { version: 'v3.2.0', settings: { 'resource.customizations.health.argoproj.io_Application': '' } } },
    /^PREREQUISITE_VERSION .* Argo CD v3.2.0 takes .* Upgrade Argo CD to 3.2.1 or newer, or set /,
  ],
  [
    'the mode',
    { kserve: { deploy: { defaultDeploymentMode: 'Knative' }, ingress } },
    /^PREREQUISITE_SETTING .*"deploy.defaultDeploymentMode" in kserve\/inferenceservice-config is "Knative", must be "Standard"/,
  ],
  ['the Gateway API', kserve({ enableGatewayApi: false }), /"ingress.enableGatewayApi" .* is false, must be true/],
  [
    "KServe's Gateway",
    kserve({ kserveIngressGateway: 'kserve/other' }),
    /"kserve\/other", must be "traefik\/traefik-gateway"/,
  ],
  ['the domain', kserve({ ingressDomain: undefined }), /"ingress.ingressDomain" .* is absent, must be "example.org"/],
  [
    'the key',
    { sealing: { service: 'kube-system/sealed-secrets-controller', certificate: another } },
    /^PREREQUISITE_SETTING .* npm run seal -- --cluster alpha --fetch-cert --replace-certificate --controller-namespace kube-system/,
  ],
  [
    'an answer',
    { sealing: { service: 'a/b', reason: 'no endpoints available' } },
    /^PREREQUISITE_UNREADY .* "a\/b" for its certificate: no endpoints available/,
  ],
  ['the controller', { sealing: 'absent' }, /^PREREQUISITE_MISSING Cannot open what is sealed/],
  [
    'a metrics server',
    { apis: new Map() },
    /^PREREQUISITE_MISSING Cannot scale "iris" by cpu: the cluster has no metrics server/,
    scaled,
  ],
  [
    'metrics',
    { apis: new Map([['v1beta1.metrics.k8s.io', false]]) },
    /^PREREQUISITE_UNREADY Cannot scale "iris" by cpu/,
    scaled,
  ],
  [
    'a right',
    { rights: good.rights.map((right) => ({ ...right, allowed: false })) },
    /^PREREQUISITE_RIGHTS Cannot apply clusters\/alpha\/argocd\/root.yaml: you may not create applications.argoproj.io in "argocd"/,
  ],
  [
    'a look',
    { kserve: 'unread', unread: [{ what: "KServe's settings", reason: 'configmaps is forbidden.' }] },
    /^PREREQUISITE_RIGHTS Cannot look at KServe's settings: configmaps is forbidden. Take/,
  ],
];
for (const [what, broken, line, model] of cases) {
  test(`told in one line: without ${what}`, () => {
    const lines = told({ ...good, ...broken }, own, model);
    assert.equal(lines.length, 1, lines.join('\n'));
    assert.match(lines[0] ?? '', line);
  });
}

test('what Argo CD brings is not missing, what stands in its way is', () => {
  for (const [what, broken] of cases) {
    if (
      ![
        'kinds of a part',
        'cert-manager',
        "cert-manager's webhook",
        'the GatewayClass',
        'the Gateway',
        'a listener',
        'its namespaces',
        'a health check of Applications',
        'a mended Argo CD',
        'the controller',
      ].includes(what)
    )
      continue;
    assert.deepEqual(told({ ...good, ...broken }, {}), [], what);
  }
  const over = (version: string, channel: string) => told({ ...good, gatewayApi: { version, channel } }, {});
  assert.match(
    over('v1.4.2', 'standard').join(),
    /^PREREQUISITE_VERSION Cannot put Gateway API v1.4.1 over v1.4.2, which is newer/,
  );
  assert.match(over('v1.2.1', 'experimental').join(), /over the experimental v1.2.1: fields that are in use would go/);
  assert.deepEqual(over('v1.4.1', 'standard'), []);
});

test('the patch releases in which Argo CD was mended', () => {
  const old = (version?: string) => {
    const health = { 'resource.customizations.health.argoproj.io_Application': '' };
    return told({ ...good, argocd: { ...(version && { version }), settings: health } }).length === 1;
  };
  assert.deepEqual(['v3.0.23', 'v3.1.10', 'v3.2.1', 'v3.3.0', 'v4.0.0'].filter(old), []);
  const broken = ['v2.14.21', 'v3.0.20', 'v3.1.9', 'v3.2.0', 'latest'];
  assert.deepEqual(broken.filter(old), broken);
  assert.ok(old(), 'an image by digest alone');
});

test('MLflow and JupyterHub need a default StorageClass', () => {
  for (const part of ['mlflow', 'jupyterhub'] as const) {
    const cluster = { platform: { [part]: { enabled: true } } };
    assert.deepEqual(told(good, cluster), []);
    assert.match(
      told({ ...good, defaultStorage: false }, cluster).join(),
      /^PREREQUISITE_MISSING .* kubectl annotate storageclass <name> /,
    );
  }
});

test("KEDA's metrics must be available once they are there", () => {
  const cluster = { platform: { keda: { enabled: true }, monitoring: { enabled: true } } };
  const model = { autoscaling: { minReplicas: 1, maxReplicas: 3, metric: 'requests-per-second', target: 5 } } as const;
  const keda = (apis: Facts['apis']) => told({ ...good, apis }, cluster, model).join();
  assert.equal(keda(new Map()), '', 'Argo CD brings them');
  assert.match(
    keda(new Map([['v1beta1.external.metrics.k8s.io', false]])),
    /^PREREQUISITE_UNREADY Cannot scale "iris" by requests-per-second: KEDA's metrics are not available/,
  );
});
