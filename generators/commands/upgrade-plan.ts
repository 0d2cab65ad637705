/** The steps of an upgrade of KServe, as Markdown for people. */
import { type KserveProfile, kserveProfile, profilesBetween } from '../resolve/kserve-profiles.ts';
import type { Platform } from '../resolve/platform.ts';

/** Undefined when `to` is not newer than what the cluster has. */
export function upgradePlan({ site, models }: Platform, to: KserveProfile['version']): string | undefined {
  const from = kserveProfile(site.kserve.version);
  const passed = profilesBetween(from.version, to);
  const target = passed.at(-1);
  if (target === undefined) return undefined;
  const steps = [
    before(site),
    canaries(site, models, target),
    parts(site, target),
    protections(site, from, target),
    edit(site, models, target),
    sync(from, target),
    left(site, from, target, passed),
    after(site, models),
  ].filter((step) => step.length > 0);
  return [
    `# KServe ${from.version} to ${target.version} on ${site.cluster}`,
    '',
    ...changes(passed),
    ...steps.flatMap(([title = '', ...lines], index) => [`## ${index + 1}. ${title}`, '', ...lines, '']),
    '## Back',
    '',
    `Revert the commit: the charts go back to ${from.version}. CRDs keep what the newer release added, and nothing is deleted, since`,
    'no Application of KServe prunes.',
    '',
  ].join('\n');
}

type Site = Platform['site'];
type Models = Platform['models'];
type Step = string[];

function changes(passed: readonly KserveProfile[]): string[] {
  return [
    ...passed.flatMap(({ version, changes: lines }) =>
      lines.length === 0
        ? [`${version}: nothing is known here that manifests depend on; read its release notes.`, '']
        : [`${version}:`, '', ...lines.map((line) => `- ${line}`), ''],
    ),
  ];
}

function code(...lines: string[]): string[] {
  return ['```sh', ...lines, '```'];
}

function before({ argocd }: Site): Step {
  return [
    'Keep a copy',
    ...code(
      'kubectl get inferenceservices,servingruntimes -A -o yaml > models-before.yaml',
      'kubectl get clusterservingruntimes,clusterstoragecontainers -o yaml > runtimes-before.yaml',
      `kubectl -n ${argocd.namespace} get applications -o yaml > applications-before.yaml`,
    ),
  ];
}

function parts({ parts: installed }: Site, { version, testedWith }: KserveProfile): Step {
  const title = 'Compare the parts beside it';
  if (testedWith === undefined)
    return [title, `What ${version} is tested with was not looked up: see its kserve-deps.env.`];
  const rows = [
    ['cert-manager', testedWith.certManager, installed.certManager],
    ['Gateway API', testedWith.gatewayApi, installed.gatewayApi],
    ['KEDA', testedWith.keda, installed.keda],
  ].map(([part, tested, has]) => `| ${part} | ${tested} | ${has ?? 'not made here'} |`);
  return [
    title,
    `Move a part that is older first, under \`platform\` in cluster.yaml, in a commit of its own.`,
    '',
    `| part | KServe ${version} is tested with | this cluster has |`,
    '| --- | --- | --- |',
    ...rows,
  ];
}

function protections({ argocd }: Site, from: KserveProfile, target: KserveProfile): Step {
  const names = ['kserve-crd', 'kserve'];
  const moved = from.charts.controller !== target.charts.controller;
  return [
    'See that nothing can be pruned',
    'A chart that no longer holds a CRD or a runtime would take them away, and with a CRD every model, if its Application pruned.',
    'Each line must end in `false` and have no finalizer:',
    '',
    ...code(
      `kubectl -n ${argocd.namespace} get applications ${names.join(' ')} -o \\`,
      "  custom-columns='NAME:.metadata.name,FINALIZERS:.metadata.finalizers,PRUNE:.spec.syncPolicy.automated.prune'",
    ),
    '',
    'Do not sync with `--prune`, nor choose Prune in the web page, until the last step is done.',
    ...(moved
      ? [
          '',
          'For as long as both hold them, Argo CD may say that a runtime belongs to `kserve` and `kserve-runtimes`; that is harmless.',
        ]
      : []),
  ];
}

/** Where both releases keep canaries alike, nothing has to be done. */
function canaries({ cluster, kserve }: Site, models: Models, { version, canary }: KserveProfile): Step {
  const running = models.filter((model) => model.canary !== undefined);
  if (canary === kserve.canary || running.length === 0) return [];
  return [
    'End the running canaries',
    `With ${version} a canary stands in its model's InferenceService: one that runs would change in the same commit as KServe, and`,
    'be refused until the new CRDs are there. For each, in a commit of its own, take one of the two; it may begin again when this is',
    'done, by the same command as ever:',
    '',
    ...code(
      ...running.flatMap(({ name }) => [
        `npm run model -- canary ${name} --cluster ${cluster} --promote`,
        `npm run model -- canary ${name} --cluster ${cluster} --abort`,
      ]),
    ),
  ];
}

function edit({ cluster, kserve }: Site, models: Models, { version, canary }: KserveProfile): Step {
  const moved = canary !== kserve.canary && models.some((model) => model.canary !== undefined);
  return [
    'Change one line, and read what follows from it',
    `Set \`kserve.version\` to \`${version}\` in \`clusters/${cluster}/cluster.yaml\`, then`,
    '',
    ...code(`npm run generate -- --cluster ${cluster}`, 'npm run diff -- main'),
    '',
    moved
      ? 'Only Applications may differ, and the models whose canaries still run.'
      : 'Only Applications may differ; no object of a model does.',
  ];
}

function sync(from: KserveProfile, { version, charts }: KserveProfile): Step {
  const runtimes = charts.runtimes !== undefined && from.charts.runtimes === undefined;
  return [
    'Merge, and watch three waves',
    `1. \`kserve-crd\`: \`${charts.crd}\` ${version}. Wait until it is Synced and Healthy.`,
    `2. \`kserve\`: \`${charts.controller}\` ${version}, the controller and its webhooks. Models serve on while it restarts.`,
    ...(charts.runtimes === undefined
      ? []
      : [
          `3. \`kserve-runtimes\`: \`${charts.runtimes}\` ${version}. ${
            runtimes ? 'This Application is new, and takes the runtimes over from `kserve`.' : ''
          }`.trimEnd(),
        ]),
    '',
    ...code(
      'kubectl -n kserve rollout status deployment/kserve-controller-manager',
      'kubectl get clusterservingruntimes',
    ),
  ];
}

function left({ argocd }: Site, from: KserveProfile, target: KserveProfile, passed: readonly KserveProfile[]): Step {
  const crds = passed.flatMap(({ leftCrds }) => leftCrds);
  const moved = from.charts.controller !== target.charts.controller;
  if (crds.length === 0 && !moved) return [];
  const found = '{range .status.resources[?(@.requiresPruning==true)]}{.kind} {.name}{"\\n"}{end}';
  return [
    'Decide on what stayed behind',
    ...(moved
      ? [
          'The Application `kserve` is Healthy, and OutOfSync for as long as there are objects that its chart held before. Once',
          '`kserve-runtimes` is Synced no runtime is among them; delete what this shows with kubectl:',
          '',
          ...code(`kubectl -n ${argocd.namespace} get application kserve -o jsonpath='${found}'`),
        ]
      : []),
    ...(moved && crds.length > 0 ? [''] : []),
    ...(crds.length > 0
      ? [
          'No chart of these Applications holds these CRDs any more. They do no harm. Remove one only when this shows no object of it:',
          '',
          ...code(...crds.map((crd) => `kubectl get ${crd} -A`)),
        ]
      : []),
  ];
}

function after({ cluster }: Site, models: Models): Step {
  const shipped = models.filter(({ runtime }) => runtime.name !== 'onnx-node').map(({ name }) => name);
  return [
    'Check the models',
    shipped.length === 0
      ? "No model of this cluster is on a runtime of KServe's, whose images carry the release."
      : `The images of KServe's own runtimes carry the release, so that the pods of these models are replaced: ${shipped.join(', ')}.`,
    '',
    ...code('kubectl get inferenceservices -A', `npm run verify -- --cluster ${cluster}`),
    '',
    'The smoke Job of each model with an example says whether it still answers.',
  ];
}
