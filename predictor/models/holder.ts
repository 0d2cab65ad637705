/** Keeps a loaded model alive while requests use it. */
import type { LoadedModel } from './load.ts';

export interface Holder {
  readonly model: LoadedModel;
  /** The model is not released before `leave` was called as often. */
  enter(): void;
  leave(): void;
  /** Releases the model once the last user is done; call once, after nobody new can reach the holder. */
  retire(): Promise<void>;
}

export function hold(model: LoadedModel): Holder {
  let users = 0;
  let idle: (() => void) | undefined;
  const retire = async () => {
    if (users > 0) {
      await new Promise<void>((resolve) => {
        idle = resolve;
      });
    }
    await model.release();
  };
  return {
    model,
    enter: () => {
      users += 1;
    },
    leave: () => {
      users -= 1;
      if (users === 0) idle?.();
    },
    retire,
  };
}
