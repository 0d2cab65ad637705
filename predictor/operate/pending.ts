/** Inference requests that wait or run, by the model and version that they ask for. */
export interface Pending {
  begin(model: string, version: string | undefined): void;
  end(model: string, version: string | undefined): void;
  /** `version` is empty where none was asked for. */
  read(): readonly { readonly model: string; readonly version: string; readonly count: number }[];
}

/** Names come from clients: none is kept beyond its last request. */
export function createPending(): Pending {
  const models = new Map<string, Map<string, number>>();
  return {
    begin: (model, version = '') => {
      const versions = models.get(model);
      if (versions === undefined) models.set(model, new Map([[version, 1]]));
      else versions.set(version, (versions.get(version) ?? 0) + 1);
    },
    end: (model, version = '') => {
      const versions = models.get(model);
      const left = (versions?.get(version) ?? 1) - 1;
      if (left > 0) versions?.set(version, left);
      else versions?.delete(version);
      if (versions?.size === 0) models.delete(model);
    },
    read: () =>
      [...models].flatMap(([model, versions]) => [...versions].map(([version, count]) => ({ model, version, count }))),
  };
}
