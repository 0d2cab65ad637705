/** Catalogue and readiness → what the page is told. */
import { createHash } from 'node:crypto';
import type {
  CatalogueAnswer,
  Limits,
  ModelDetail,
  ModelSummary,
  Session,
  TargetDetail,
  TargetSummary,
} from '../contract.ts';
import { askMetadata, type Metadata, mergeSignature } from './metadata.ts';
import { keyOf, type ReadinessBoard, worst } from './readiness.ts';
import type { Entry, Served, Target } from './served.ts';
import type { Upstream } from './upstream.ts';

export function summaryOf({ model, targets }: Entry, board: ReadinessBoard): ModelSummary {
  const shown = targets.map((target) => targetSummary(target, board));
  return {
    name: model.name,
    title: model.title ?? model.name,
    ...(model.description === undefined ? {} : { description: model.description }),
    ...(model.owner === undefined ? {} : { owner: model.owner }),
    ...(model.version === undefined ? {} : { version: model.version }),
    versions: model.versions ?? [],
    protocol: model.protocol,
    ...(model.publicUrl === undefined ? {} : { publicUrl: model.publicUrl.replace(/\/+$/, '') }),
    ...(model.grpc === undefined ? {} : { grpc: model.grpc }),
    hostnames: model.hostnames ?? [],
    traffic: model.traffic ?? [],
    ...(model.widget === undefined ? {} : { widget: model.widget }),
    targets: shown,
    readiness: worst(shown.map(({ readiness }) => readiness)),
  };
}

function targetSummary(target: Target, board: ReadinessBoard): TargetSummary {
  const { name, label, version } = target;
  return { name, label, ...(version === undefined ? {} : { version }), readiness: board.of(target) };
}

export function catalogueAnswer(served: Served, board: ReadinessBoard, auth: Session, limits: Limits): CatalogueAnswer {
  const models = [...served.entries.values()].map((entry) => summaryOf(entry, board));
  return { cluster: served.cluster, title: served.title, auth, limits, models };
}

/** Weak, since the moments of the last looks do not count: an unchanged catalogue is not sent again for them. */
export function etagOf(answer: CatalogueAnswer): string {
  const text = JSON.stringify(answer, (key, value: unknown) => (key === 'checkedAt' ? undefined : value));
  return `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;
}

export interface MetadataCache {
  of(target: Target): Promise<Metadata | undefined>;
}

/** What a server told is good for `keepMs`, and no longer than the readiness stays as it is. */
export function cacheMetadata(
  upstream: Upstream,
  board: ReadinessBoard,
  timeoutMs: number,
  keepMs: number,
): MetadataCache {
  const known = new Map<
    string,
    { readonly at: number; readonly generation: number; readonly told: Promise<Metadata | undefined> }
  >();
  return {
    of(target) {
      const key = keyOf(target);
      const before = known.get(key);
      const generation = board.generation();
      if (before !== undefined && before.generation === generation && Date.now() - before.at < keepMs)
        return before.told;
      for (const [old, { at }] of known) if (Date.now() - at >= keepMs) known.delete(old);
      const told = askMetadata(target, upstream, timeoutMs);
      known.set(key, { at: Date.now(), generation, told });
      return told;
    },
  };
}

export async function detailOf(entry: Entry, board: ReadinessBoard, metadata: MetadataCache): Promise<ModelDetail> {
  const { model, targets } = entry;
  const details = await Promise.all(
    targets.map(async (target): Promise<TargetDetail> => {
      // One that is known to be down would only make the page wait.
      const told = board.of(target).state === 'down' ? undefined : await metadata.of(target);
      return {
        ...targetSummary(target, board),
        signature: mergeSignature(model.signature, told),
        live: told !== undefined && told.inputs.length > 0,
        ...(told?.platform === undefined ? {} : { platform: told.platform }),
        ...(told?.versions === undefined ? {} : { loadedVersions: told.versions }),
        ...(told?.binary === true ? { binary: true } : {}),
        model: target.model,
      };
    }),
  );
  return {
    ...summaryOf(entry, board),
    targets: details,
    ...(model.example === undefined ? {} : { example: model.example }),
    inputs: model.inputs ?? {},
    outputs: model.outputs ?? {},
  };
}
