/** Any picture that the browser can read, at the size and in the order that the model takes. */
import { type ImageLayout, pixelsOf, shrink } from '../model/image.ts';
import { texts } from '../texts.ts';

const LARGEST = 40_000_000;
const INK_SIDE = 192;

export async function readImage(file: File, layout: ImageLayout): Promise<number[]> {
  if (file.size > LARGEST) throw new Error(texts.image.tooLarge);
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Error(texts.image.notImage);
  });
  try {
    const fits = bitmap.width === layout.width && bitmap.height === layout.height;
    if (!fits && layout.channels === 1 && layout.width * layout.height <= 1024) return handwriting(bitmap, layout);
    return pixelsOf(rgbaOf(bitmap, layout.width, layout.height), layout);
  } finally {
    bitmap.close();
  }
}

/** Small grey inputs are drawings: dark on light or light on dark, the rarer of the two is the ink. */
function handwriting(bitmap: ImageBitmap, layout: ImageLayout): number[] {
  const rgba = rgbaOf(bitmap, INK_SIDE, INK_SIDE);
  const light = Float32Array.from({ length: INK_SIDE * INK_SIDE }, (_, pixel) => {
    const [r = 0, g = 0, b = 0, alpha = 255] = rgba.subarray(pixel * 4, pixel * 4 + 4);
    return ((0.299 * r + 0.587 * g + 0.114 * b) * alpha) / 65025 + (1 - alpha / 255);
  });
  const mean = light.reduce((sum, value) => sum + value, 0) / light.length;
  return shrink({ side: INK_SIDE, ink: light.map((value) => (mean > 0.5 ? 1 - value : value)) }, layout);
}

function rgbaOf(bitmap: ImageBitmap, width: number, height: number): Uint8ClampedArray {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error(texts.image.noCanvas);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  return context.getImageData(0, 0, width, height).data;
}
