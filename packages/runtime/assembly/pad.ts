import { copyRow } from './copy';
import { rows, Window } from './windows';

/**
 * Copies an image of a channel to where its place is between the padding, a row of which
 * is `width` numbers for each phase.
 */
export function pad(
  p: Window,
  x: usize,
  padded: usize,
  width: i32,
  place: i32,
  phase: i32,
  columns: i32,
  more: i32,
): void {
  const stride = p.strideWidth;
  const height = min(p.height, rows(p) - p.padTop);
  const rowBytes = (<usize>(stride * width)) << 2;
  padded += p.padTop * rowBytes;
  const room = width - place;
  const last = (<usize>(columns - 4)) << 2;
  // Both phases of even rows, whose first column may be of either, at once.
  if (stride === 2 && more === 0 && columns >= 4 && columns < room) {
    let even = padded + ((<usize>(phase * width + place)) << 2);
    let odd = padded + ((<usize>((1 - phase) * width + place + phase)) << 2);
    for (let row = 0; row < height; row++) {
      for (let at: usize = 0; at < last + 16; at += 16) {
        const to = min(at, last);
        const low = v128.load(x + 2 * to);
        const high = v128.load(x + 2 * to, 16);
        v128.store(even + to, v128.shuffle<f32>(low, high, 0, 2, 4, 6));
        v128.store(odd + to, v128.shuffle<f32>(low, high, 1, 3, 5, 7));
      }
      x += p.xRow;
      even += rowBytes;
      odd += rowBytes;
    }
    return;
  }
  if (stride === 1 && columns >= 4 && columns <= room) {
    let to = padded + ((<usize>place) << 2);
    for (let row = 0; row < height; row++) {
      for (let at: usize = 0; at < last; at += 16) v128.store(to + at, v128.load(x + at));
      v128.store(to + last, v128.load(x + last));
      x += p.xRow;
      to += rowBytes;
    }
    return;
  }
  for (let column = 0; column < stride; column++) {
    const count = min(columns + i32(column < more), width - place);
    let from = x + ((<usize>column) << 2);
    let to = padded + ((<usize>(phase * width + place)) << 2);
    for (let row = 0; row < height; row++) {
      copyRow(from, (<usize>stride) << 2, to, 4, count);
      from += p.xRow;
      to += rowBytes;
    }
    if (++phase === stride) {
      phase = 0;
      place++;
    }
  }
}
