/** One channel of an image, row by row, values from 0 (black) to 1 (white). */
export interface Plane {
  values: Float32Array;
  height: number;
  width: number;
}

/**
 * Where the target lies in the source, along one axis: target position t is source
 * position `start + ratio t`.
 */
interface Axis {
  start: number;
  ratio: number;
  /** Pixels of the source and of the target. */
  from: number;
  to: number;
}

interface Weights {
  first: number;
  values: number[];
}

/**
 * Resizes with a triangle filter that is as wide as the pixels of the target are in the
 * source: an area average where the image shrinks, bilinear where it grows, and an
 * image of the same size stays as it is. Beyond the source is black, or with
 * `repeatEdges` nothing that counts.
 */
export function resample(source: Float32Array, rows: Axis, columns: Axis, repeatEdges: boolean): Float32Array {
  const across = weightsOf(columns, repeatEdges);
  const narrow = new Float32Array(rows.from * columns.to);
  for (let y = 0; y < rows.from; y++) {
    across.forEach(({ first, values }, x) => {
      let sum = 0;
      for (let i = 0; i < values.length; i++) sum += values[i] * source[y * columns.from + first + i];
      narrow[y * columns.to + x] = sum;
    });
  }
  const target = new Float32Array(rows.to * columns.to);
  weightsOf(rows, repeatEdges).forEach(({ first, values }, y) => {
    for (let i = 0; i < values.length; i++) {
      const weight = values[i];
      for (let x = 0; x < columns.to; x++) target[y * columns.to + x] += weight * narrow[(first + i) * columns.to + x];
    }
  });
  return target;
}

/** The part in the middle that has the target's proportions, in the target's size. */
export function fill({ values, height, width }: Plane, to: { height: number; width: number }): Float32Array {
  const ratio = Math.min(height / to.height, width / to.width);
  const axis = (from: number, size: number) => ({ start: (from - ratio * size) / 2, ratio, from, to: size });
  return resample(values, axis(height, to.height), axis(width, to.width), true);
}

function weightsOf({ start, ratio, from, to }: Axis, repeatEdges: boolean): Weights[] {
  const support = Math.max(1, ratio);
  return Array.from({ length: to }, (_, t) => {
    const center = start + (t + 0.5) * ratio;
    const values: number[] = [];
    let first = 0;
    let all = 0;
    let inside = 0;
    for (let i = Math.floor(center - support); i < center + support; i++) {
      const weight = Math.max(0, 1 - Math.abs(i + 0.5 - center) / support);
      all += weight;
      if (i < 0 || i >= from) continue;
      if (values.length === 0) first = i;
      values.push(weight);
      inside += weight;
    }
    const total = repeatEdges ? inside : all;
    return { first, values: values.map((weight) => weight / (total || 1)) };
  });
}
