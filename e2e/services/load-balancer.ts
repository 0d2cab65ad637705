/**
 * Addresses for Services of type LoadBalancer on a cluster that has nothing which gives them any, such as kind: the node's own, as
 * kube-proxy takes a Service's ports at every address of its status. For clusters of one node.
 */
import type { Kube } from '../kube.ts';
import { sleep } from '../wait.ts';

export interface LoadBalancer {
  stop(): Promise<void>;
}

export function startLoadBalancer(kube: Kube, everyMs = 2000): LoadBalancer {
  let stopped = false;
  const work = async () => {
    while (!stopped) {
      // What one look cannot do, the next one does; a Service that stays without an address fails the step that waits for it.
      await giveAddresses(kube).catch(() => undefined);
      await sleep(everyMs);
    }
  };
  const done = work();
  return {
    async stop() {
      stopped = true;
      await done;
    },
  };
}

export async function giveAddresses(kube: Kube): Promise<void> {
  const services = await kube.list('v1', 'Service');
  const waiting = services.filter(
    ({ spec, status }) => spec?.['type'] === 'LoadBalancer' && (status?.loadBalancer?.ingress ?? []).length === 0,
  );
  if (waiting.length === 0) return;
  const [node] = await kube.list('v1', 'Node');
  const ip = node?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  if (ip === undefined) throw new Error('The node has no InternalIP');
  for (const { metadata } of waiting) {
    const { name = '', namespace = '' } = metadata ?? {};
    const status = { loadBalancer: { ingress: [{ ip }] } };
    await kube.mergePatch({ apiVersion: 'v1', kind: 'Service', name, namespace }, { status }, 'status');
  }
}
