/** Keeps a loaded model alive while requests use it. */
import type { LoadedModel } from './load.ts';

export interface Holder {
  readonly model: LoadedModel;
  /** Runs `work` with the model, which is not released before that ends. */
  use<T>(work: (model: LoadedModel) => Promise<T>): Promise<T>;
  /** Releases the model once the last user is done; call once, after nobody new can reach the holder. */
  retire(): Promise<void>;
}

export function hold(model: LoadedModel): Holder {
  let users = 0;
  let idle: (() => void) | undefined;
  const use: Holder['use'] = async (work) => {
    users += 1;
    try {
      return await work(model);
    } finally {
      users -= 1;
      if (users === 0) idle?.();
    }
  };
  const retire = async () => {
    if (users > 0) {
      await new Promise<void>((resolve) => {
        idle = resolve;
      });
    }
    await model.release();
  };
  return { model, use, retire };
}
