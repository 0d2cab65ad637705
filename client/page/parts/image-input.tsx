/** A picture as input: what the model sees, pixel by pixel, and a way to make it with pen, keys or a file. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { TensorForm } from '../model/form.ts';
import { inverted } from '../model/image.ts';
import { readImage } from '../state/image-file.ts';
import { texts } from '../texts.ts';
import { FileButton } from './file-button.tsx';
import { DrawingPad } from './pad.tsx';
import { PixelGrid } from './pixel-grid.tsx';

interface ImageProps {
  readonly form: TensorForm & { readonly kind: 'image' };
  readonly value: string;
  readonly set: (text: string) => void;
}

export function ImageInput({ form, value, set }: ImageProps): JSX.Element {
  const { layout, key } = form;
  const problem = useSignal('');
  /** Counts up when the picture did not come from the pad, so that the pad is wiped. */
  const wiped = useSignal(0);
  const pixels = value.split(',').map(Number);
  const put = (next: readonly number[]): void => set(next.join(','));
  const load = async (file: File): Promise<void> => {
    try {
      put(await readImage(file, layout));
      problem.value = '';
      wiped.value += 1;
    } catch (error) {
      problem.value = texts.file.unreadable(file.name, error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <div class="picture" data-field={key}>
      <div class="picture-two">
        {layout.channels === 1 ? <DrawingPad layout={layout} wiped={wiped.value} put={put} /> : null}
        <PixelGrid
          name={key}
          layout={layout}
          pixels={pixels}
          put={(next) => {
            wiped.value += 1;
            put(next);
          }}
        />
      </div>
      <div class="row">
        <button
          type="button"
          onClick={() => {
            wiped.value += 1;
            put(pixels.map(() => 0));
          }}
        >
          {texts.image.clear}
        </button>
        {layout.channels === 1 ? (
          <button
            type="button"
            class="quiet"
            onClick={() => {
              wiped.value += 1;
              put(inverted(pixels, layout));
            }}
          >
            {texts.image.invert}
          </button>
        ) : null}
        <FileButton label={texts.image.upload} accept="image/*" take={load} />
      </div>
      <p class="problem" aria-live="polite">
        {problem.value}
      </p>
    </div>
  );
}
