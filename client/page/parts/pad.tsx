/** A pad for pen, finger and mouse; what is drawn becomes the model's pixels while it is drawn. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { type ImageLayout, shrink } from '../model/image.ts';
import { texts } from '../texts.ts';

interface PadProps {
  readonly layout: ImageLayout;
  /** A new number wipes the pad. */
  readonly wiped: number;
  readonly put: (pixels: readonly number[]) => void;
}

const SIDE = 192;
/** The training data's strokes are about two of thirty-two pixels wide. */
const STROKE = SIDE / 12;

export function DrawingPad({ layout, wiped, put }: PadProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const last = useRef<{ x: number; y: number } | undefined>(undefined);
  const frame = useRef(0);
  useEffect(() => {
    contextOf(canvas.current)?.clearRect(0, 0, SIDE, SIDE);
  }, [wiped]);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);

  const report = (): void => {
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => {
      const context = contextOf(canvas.current);
      if (context !== undefined) put(shrink(inkOf(context), layout));
    });
  };
  const draw = (event: PointerEvent): void => {
    const context = contextOf(canvas.current);
    if (context === undefined || canvas.current === null || last.current === undefined) return;
    const box = canvas.current.getBoundingClientRect();
    // Between two frames a pen reports more than one place.
    for (const one of event.getCoalescedEvents?.() ?? [event]) {
      const x = ((one.clientX - box.left) / box.width) * SIDE;
      const y = ((one.clientY - box.top) / box.height) * SIDE;
      context.lineWidth = STROKE;
      context.lineCap = 'round';
      context.strokeStyle = getComputedStyle(canvas.current).color;
      context.beginPath();
      context.moveTo(last.current.x, last.current.y);
      context.lineTo(x, y);
      context.stroke();
      last.current = { x, y };
    }
    report();
  };
  return (
    <figure>
      <canvas
        ref={canvas}
        class="pad"
        width={SIDE}
        height={SIDE}
        role="img"
        aria-label={texts.image.pad}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          const box = event.currentTarget.getBoundingClientRect();
          last.current = {
            x: ((event.clientX - box.left) / box.width) * SIDE,
            y: ((event.clientY - box.top) / box.height) * SIDE,
          };
          draw(event);
        }}
        onPointerMove={draw}
        onPointerUp={() => {
          last.current = undefined;
        }}
        onPointerCancel={() => {
          last.current = undefined;
        }}
      />
      <figcaption>{texts.image.draw}</figcaption>
    </figure>
  );
}

function contextOf(canvas: HTMLCanvasElement | null): CanvasRenderingContext2D | undefined {
  return canvas?.getContext('2d', { willReadFrequently: true }) ?? undefined;
}

/** Ink is what is not transparent, whatever colour the page's theme draws it in. */
function inkOf(context: CanvasRenderingContext2D): { side: number; ink: Float32Array } {
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  const ink = new Float32Array(SIDE * SIDE);
  for (let index = 0; index < ink.length; index += 1) ink[index] = (data[index * 4 + 3] ?? 0) / 255;
  return { side: SIDE, ink };
}
