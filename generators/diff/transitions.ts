/** Changes of a served model that are good states both, with a trap on the way from one to the other. */
import type { Platform, ServedModel } from '../resolve/platform.ts';
import type { Risk } from './risks.ts';
import { code, listed } from './words.ts';

interface Sides {
  readonly before: { readonly platforms: readonly Platform[] };
  readonly after: { readonly platforms: readonly Platform[] };
}

/** What to know, and to do, about models that are served before and after. */
export function transitionRisks({ before, after }: Sides): Risk[] {
  const old = new Map(before.platforms.map((platform) => [platform.site.cluster, platform]));
  return after.platforms.flatMap((platform) => {
    const was = old.get(platform.site.cluster);
    if (was === undefined) return [];
    const models = new Map(was.models.map((model) => [`${model.namespace}/${model.name}`, model]));
    return platform.models.flatMap((model) => {
      const former = models.get(`${model.namespace}/${model.name}`);
      if (former === undefined || former === model) return [];
      const { cluster } = platform.site;
      return [...scalerRisks(former, model, cluster), ...canaryRisks(former, model, platform)];
    });
  });
}

/**
 * KServe makes the new autoscaler and leaves the old one: its reconciler for HPAs removes one for the class `none` alone, that
 * for KEDA none but of a stopped model (hpa_reconciler.go, shouldDeleteHPA; keda_reconciler.go, Reconcile).
 */
function scalerRisks(before: ServedModel, after: ServedModel, cluster: string): Risk[] {
  const [was, is] = [before.replicas.class, after.replicas.class];
  if (was === is || before.suspended || after.suspended) return [];
  const names = servicesOf(before).filter((name) => servicesOf(after).includes(name));
  const objects = listed(names.map((name) => code(`${name}-predictor`)));
  const [it, stay] = names.length === 1 ? ['it', 'stays'] : ['them', 'stay'];
  if (was === 'hpa' && is === 'keda') {
    const text = `${code(after.name)} moves from hpa to keda: KServe leaves its HorizontalPodAutoscaler ${objects}, and two autoscalers of one Deployment fight. Merge ${code('class: none')} first, with the ${code('minReplicas')} that it needs: that removes ${it}. Then merge this.`;
    return [{ kind: 'scaling', cluster, text }];
  }
  if (was !== 'keda') return [];
  const remove = code(
    `kubectl -n ${after.namespace} delete scaledobjects ${names.map((name) => `${name}-predictor`).join(' ')}`,
  );
  const text = `${code(after.name)} moves from keda to ${is}: KServe leaves its ScaledObject ${objects}, and KEDA scales on for as long as ${it === 'it' ? 'it' : 'they'} ${stay}. After the sync, run ${remove}.`;
  return [{ kind: 'scaling', cluster, text }];
}

/** The InferenceServices with an autoscaler of their own. */
function servicesOf({ name, canary, mirror }: ServedModel): string[] {
  const own = canary === undefined || canary.predictor !== undefined ? [] : [canary.service];
  return [name, ...own, ...(mirror === undefined ? [] : [mirror.service])];
}

function canaryRisks(before: ServedModel, after: ServedModel, { site: { cluster, kserve } }: Platform): Risk[] {
  const { canary: was } = before;
  const { canary: is } = after;
  if (was === undefined) return [];
  const version = `The canary of ${code(after.name)}, version ${was.version},`;
  if (is !== undefined && (is.predictor === undefined) !== (was.predictor === undefined)) {
    const way =
      is.predictor === undefined
        ? 'leaves its InferenceService for one of its own'
        : `moves into its InferenceService with KServe ${kserve.version}; until the CRDs of that release are there, its sync is refused and tried again`;
    const text = `${version} ${way}. Its pods start anew, and take requests before the former ones go. Calmer: end it before, and begin again after.`;
    return [{ kind: 'canary', cluster, text }];
  }
  const busy = was.weight > 0 || was.header !== undefined;
  if (was.predictor === undefined || is !== undefined || !busy || after.suspended) return [];
  const idle = code(`npm run model -- canary ${after.name} --cluster ${cluster} --weight 0`);
  const header = was.header === undefined ? '' : ' without its header';
  const text = `${version} ends while it takes requests: KServe ${kserve.version} removes its pods at once, and for some seconds the Gateway may still send requests there. To lose none, merge ${idle}${header} first.`;
  return [{ kind: 'canary', cluster, text }];
}
