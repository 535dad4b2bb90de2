import type { Annotation, Pixels } from './PictureSet.js';

export interface Augment {
  /** Probability of mirroring left to right. Default 0. */
  flip?: number;
  /** Probability of mirroring top to bottom. Default 0. */
  flipVertically?: number;
  /** Smallest part of each side that a crop keeps, 0 to 1; crops are drawn uniformly between it and 1. Default 1, no crop. */
  crop?: number;
  /** Gives numbers in [0, 1). Default Math.random. */
  random?: () => number;
}

/** Part of an object's area that must be left for it to stay an object. */
const visible = 0.5;

/** A new picture with its objects moved along. Scale jitter comes with `crop`, as pictures are resized to one size afterwards. */
export function augmentPicture(
  pixels: Pixels,
  objects: readonly Annotation[],
  { flip = 0, flipVertically = 0, crop = 1, random = Math.random }: Augment,
): { pixels: Pixels; objects: Annotation[] } {
  const side = (length: number) => Math.max(1, Math.round(length * (crop + (1 - crop) * random())));
  const [width, height] = crop < 1 ? [side(pixels.width), side(pixels.height)] : [pixels.width, pixels.height];
  const left = Math.floor(random() * (pixels.width - width + 1));
  const top = Math.floor(random() * (pixels.height - height + 1));
  const mirrored = random() < flip;
  const upsideDown = random() < flipVertically;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const fromRow = top + (upsideDown ? height - 1 - y : y);
    for (let x = 0; x < width; x++) {
      const from = (fromRow * pixels.width + left + (mirrored ? width - 1 - x : x)) * 3;
      const to = (y * width + x) * 3;
      data[to] = pixels.data[from];
      data[to + 1] = pixels.data[from + 1];
      data[to + 2] = pixels.data[from + 2];
    }
  }
  const moved = objects.flatMap((object): Annotation[] => {
    const [x1, y1, x2, y2] = object.box;
    const clip = (v: number, max: number) => Math.min(Math.max(v, 0), max);
    const [l, r] = [clip(x1 - left, width), clip(x2 - left, width)];
    const [t, b] = [clip(y1 - top, height), clip(y2 - top, height)];
    if ((r - l) * (b - t) < visible * (x2 - x1) * (y2 - y1)) return [];
    const box: Annotation['box'] = [
      mirrored ? width - r : l,
      upsideDown ? height - b : t,
      mirrored ? width - l : r,
      upsideDown ? height - t : b,
    ];
    return [{ ...object, box }];
  });
  return { pixels: { data, width, height }, objects: moved };
}
