/** What the model sees; its pixels are set with the keyboard as well: arrows move, Space inks, Backspace wipes. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { ImageLayout } from '../model/image.ts';
import { texts } from '../texts.ts';

interface GridProps {
  readonly name: string;
  readonly layout: ImageLayout;
  readonly pixels: readonly number[];
  readonly put: (pixels: readonly number[]) => void;
}

const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function PixelGrid({ name, layout, pixels, put }: GridProps): JSX.Element {
  const { width, height, channels, most } = layout;
  const canvas = useRef<HTMLCanvasElement>(null);
  const at = useSignal({ x: 0, y: 0 });
  const { x, y } = at.value;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context) paint(context, layout, pixels);
  }, [layout, pixels]);
  const keys = (event: KeyboardEvent): void => {
    const move = MOVES[event.key];
    const change =
      event.key === ' ' || event.key === 'Enter'
        ? most
        : event.key === 'Backspace' || event.key === 'Delete'
          ? 0
          : undefined;
    if (move === undefined && (change === undefined || channels !== 1)) return;
    event.preventDefault();
    if (move !== undefined) {
      at.value = {
        x: Math.min(width - 1, Math.max(0, x + move[0])),
        y: Math.min(height - 1, Math.max(0, y + move[1])),
      };
    } else if (change !== undefined) {
      const index = y * width + x;
      // A second press takes the ink away again.
      put(pixels.with(index, pixels[index] === change ? 0 : change));
    }
  };
  const here = texts.image.pixel(x + 1, y + 1, pixels[y * width + x] ?? 0);
  return (
    <figure>
      <div
        class="grid"
        // A grid of 64 or more stops would drown the page in tab stops: one stop, and arrows inside, as the pattern has it.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: operated with keys.
        tabIndex={0}
        role="application"
        aria-label={texts.image.grid(name, width, height)}
        aria-describedby="pixel-help"
        onKeyDown={keys}
        style={{ '--x': x, '--y': y, '--columns': width, '--rows': height }}
      >
        <canvas ref={canvas} width={width} height={height} />
        {channels === 1 && width <= 64 ? <span class="cursor" aria-hidden="true" /> : null}
      </div>
      <figcaption id="pixel-help">{texts.image.seen}</figcaption>
      <span class="sr" role="status">
        {here}
      </span>
    </figure>
  );
}

function paint(context: CanvasRenderingContext2D, layout: ImageLayout, pixels: readonly number[]): void {
  const { width, height, channels, order, most } = layout;
  const image = context.createImageData(width, height);
  const count = width * height;
  const light = (pixel: number, channel: number): number => {
    const index = order === 'chw' ? channel * count + pixel : pixel * channels + channel;
    return ((pixels[index] ?? 0) / most) * 255;
  };
  const [r = 0, g = 0, b = 0] = (getComputedStyle(context.canvas).color.match(/\d+/g) ?? []).map(Number);
  for (let pixel = 0; pixel < count; pixel += 1) {
    // Ink in the page's own colour; colour pictures as they are.
    const colour =
      channels === 1 ? [r, g, b, light(pixel, 0)] : [light(pixel, 0), light(pixel, 1), light(pixel, 2), 255];
    image.data.set(colour, pixel * 4);
  }
  context.putImageData(image, 0, 0);
}
