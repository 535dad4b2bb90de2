import { clamp } from './vectors';
import { Window } from './windows';

/** Whether a window is 2 × 2 pixels without padding, at every second row and column. */
export function isHalving(p: Window): bool {
  return (
    p.kernelHeight === 2 &&
    p.kernelWidth === 2 &&
    p.strideHeight === 2 &&
    p.strideWidth === 2 &&
    p.dilationHeight === 1 &&
    p.dilationWidth === 1 &&
    p.padTop === 0 &&
    p.padLeft === 0 &&
    p.outWidth >= 4 &&
    2 * p.outWidth <= p.width &&
    2 * p.outHeight <= p.height
  );
}

/** The greatest of each 2 × 2 pixels. */
export function halve(p: Window): void {
  const last = (<usize>(p.outWidth - 4)) << 2;
  const lo = f32x4.splat(p.lo);
  const hi = f32x4.splat(p.hi);
  for (let channel = 0; channel < p.channels; channel++) {
    for (let image = 0; image < p.images; image++) {
      let x = p.x + channel * p.xChannel + image * p.xImage;
      let y = p.y + channel * p.yChannel + image * p.yImage;
      for (let row = 0; row < p.outHeight; row++) {
        for (let column: usize = 0; column < last + 16; column += 16) {
          const at = min(column, last);
          const from = x + 2 * at;
          const next = from + p.xRow;
          const left = f32x4.pmax(v128.load(from), v128.load(next));
          const right = f32x4.pmax(v128.load(from, 16), v128.load(next, 16));
          const even = v128.shuffle<f32>(left, right, 0, 2, 4, 6);
          const odd = v128.shuffle<f32>(left, right, 1, 3, 5, 7);
          v128.store(y + at, clamp(f32x4.pmax(even, odd), lo, hi));
        }
        x += 2 * p.xRow;
        y += p.yRow;
      }
    }
  }
}
