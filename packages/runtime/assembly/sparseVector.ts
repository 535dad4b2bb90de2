import { clampAll, startFrom } from './denseVector';

/** Sparse matrix by a vector, column by column: what is 0 in the vector costs nothing. */
export function sparseVector(p: usize): void {
  let x = load<usize>(p);
  const y = load<usize>(p, 4);
  const weights = load<usize>(p, 8);
  const indexes = load<usize>(p, 12);
  let starts = load<usize>(p, 16);
  const rows = load<i32>(p, 28);
  startFrom(load<usize>(p, 20), y, rows);
  const end = x + (load<usize>(p, 24) << 2);
  for (; x < end; x += 4, starts += 4) {
    const value = load<f32>(x);
    if (value === 0) continue;
    let i = load<usize>(starts);
    const last = load<usize>(starts, 4);
    for (; i + 4 <= last; i += 4) {
      const weight = weights + (i << 2);
      const index = indexes + (i << 1);
      addTo(y, index, value * load<f32>(weight));
      addTo(y, index + 2, value * load<f32>(weight, 4));
      addTo(y, index + 4, value * load<f32>(weight, 8));
      addTo(y, index + 6, value * load<f32>(weight, 12));
    }
    for (; i < last; i++) addTo(y, indexes + (i << 1), value * load<f32>(weights + (i << 2)));
  }
  clampAll(y, rows, load<f32>(p, 32), load<f32>(p, 36));
}

/** Adds to the element of y whose number is at `index`. */
function addTo(y: usize, index: usize, product: f32): void {
  const at = y + ((<usize>load<u16>(index)) << 2);
  store<f32>(at, load<f32>(at) + product);
}
