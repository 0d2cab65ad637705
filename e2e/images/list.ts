/** The images that the chain runs and no registry here has: this repository's own, and stand-ins for released ones. */

import type { GoProgram } from '../services/go-program.ts';

export type Base = 'debian' | 'node' | 'python';

export interface Image {
  /** What the command line calls it. */
  readonly name: string;
  /** Path and tag, the same in every registry: manifests name it with or without a host. */
  readonly reference: string;
  /** Path in the repository. The context is the whole repository, cut to what `<Dockerfile>.dockerignore` lets in. */
  readonly dockerfile: string;
  /** Build arguments that name a base image. */
  readonly bases: Readonly<Record<string, Base>>;
  /** The one step that needs it, where not all do. */
  readonly step?: string;
  /** Built first; the Dockerfile copies file PROGRAM from context `program`. */
  readonly program?: GoProgram;
}

/** Names of those that these steps need. Without stand-ins only this repository's own, since the others are public. */
export function imagesOf(steps: readonly string[], standIns: boolean): readonly string[] {
  return IMAGES.filter(({ reference, step }) => {
    const own = reference.startsWith('kserve-gitops/');
    return (standIns || own) && (step === undefined || steps.includes(step));
  }).map(({ name }) => name);
}

export const IMAGES: readonly Image[] = [
  {
    name: 'storage-initializer',
    reference: 'kserve/storage-initializer:v0.16.0',
    dockerfile: 'e2e/images/storage-initializer/Dockerfile',
    bases: { BASE: 'python' },
  },
  {
    name: 'sklearnserver',
    reference: 'kserve/sklearnserver:v0.16.0',
    dockerfile: 'e2e/images/sklearnserver/Dockerfile',
    bases: { BASE: 'python' },
  },
  // The step `upgrade` goes to this release: its controller with the proxy that the chart puts beside it, and the two above under their names there.
  {
    name: 'kserve-controller-next',
    step: 'upgrade',
    reference: 'kserve/kserve-controller:v0.17.0',
    dockerfile: 'e2e/images/kserve-controller/Dockerfile',
    bases: { BASE: 'debian' },
    program: { module: 'github.com/kserve/kserve', folder: 'cmd/manager', version: 'v0.17.0' },
  },
  {
    name: 'kube-rbac-proxy',
    step: 'upgrade',
    reference: 'brancz/kube-rbac-proxy:v0.18.0',
    dockerfile: 'e2e/images/kube-rbac-proxy/Dockerfile',
    bases: { BASE: 'debian' },
    program: { module: 'github.com/brancz/kube-rbac-proxy', folder: 'cmd/kube-rbac-proxy', version: 'v0.18.0' },
  },
  {
    name: 'storage-initializer-next',
    step: 'upgrade',
    reference: 'kserve/storage-initializer:v0.17.0',
    dockerfile: 'e2e/images/storage-initializer/Dockerfile',
    bases: { BASE: 'python' },
  },
  {
    name: 'sklearnserver-next',
    step: 'upgrade',
    reference: 'kserve/sklearnserver:v0.17.0',
    dockerfile: 'e2e/images/sklearnserver/Dockerfile',
    bases: { BASE: 'python' },
  },
  {
    name: 'python',
    reference: 'kserve-gitops/e2e-python:1',
    dockerfile: 'e2e/images/python/Dockerfile',
    bases: { BASE: 'python', NODE_BASE: 'node' },
  },
  {
    name: 'predictor',
    reference: 'kserve-gitops/predictor:0.1.0',
    dockerfile: 'predictor/Dockerfile',
    bases: { BASE: 'node' },
  },
  {
    name: 'client',
    reference: 'kserve-gitops/client:0.1.0',
    dockerfile: 'client/Dockerfile',
    bases: { BASE: 'node' },
  },
  {
    name: 'metrics-server',
    step: 'autoscaling',
    reference: 'metrics-server/metrics-server:v0.8.0',
    dockerfile: 'e2e/images/metrics-server/Dockerfile',
    bases: { BASE: 'debian' },
    program: { module: 'sigs.k8s.io/metrics-server', folder: 'cmd/metrics-server', version: 'v0.8.0' },
  },
];

/** Path and tag of an image by its name here. */
export function referenceOf(name: string): string {
  const image = IMAGES.find((one) => one.name === name);
  if (image === undefined) throw new Error(`bug: no image is called ${name}`);
  return image.reference;
}
