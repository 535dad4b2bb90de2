export interface RoIAlignOptions {
  /** Bins along each side of the output. */
  size: number;
  /** Pixels of the image in a cell of the map. Default 1. */
  stride?: number;
  /**
   * Samples along each side of a bin; 0 means as many as cells along the bin, rounded up.
   * Default 2.
   */
  samplingRatio?: number;
  /**
   * Whether cell i reaches from i to i + 1 (its value lies at i + ½), as it should; false
   * for the form before that. Default true.
   */
  aligned?: boolean;
}

/** A box's side in cells. */
export function extent(from: number, to: number, stride: number, aligned: boolean): { start: number; length: number } {
  const start = from / stride - (aligned ? 0.5 : 0);
  const length = (to - from) / stride;
  return { start, length: aligned ? length : Math.max(length, 1) };
}

/**
 * Where intervals lie in an array: from `first` on one every `step` numbers, its end
 * `length` after its start.
 */
export interface Intervals {
  first: number;
  step: number;
  length: number;
}

/**
 * RoIAlign along one axis of a map: calls `visit` for each cell that adds to a bin. Bins
 * count through all intervals, interval i having i · size … (i + 1) · size − 1; a bin's
 * cells come one after the other, some more than once.
 *
 * @param n Cells of the map along the axis.
 */
export function visitCells(
  values: Float32Array,
  { first, step, length: span }: Intervals,
  n: number,
  { size, stride = 1, samplingRatio = 2, aligned = true }: RoIAlignOptions,
  visit: (bin: number, cell: number, weight: number) => void,
): void {
  const count = values.length / step;
  for (let i = 0; i < count; i++) {
    const at = first + i * step;
    const { start, length } = extent(values[at], values[at + span], stride, aligned);
    const side = length / size;
    const samples = samplingRatio > 0 ? samplingRatio : Math.ceil(side);
    for (let p = 0; p < size; p++) {
      const bin = i * size + p;
      for (let s = 0; s < samples; s++) {
        const place = start + (p + (s + 0.5) / samples) * side;
        if (place < -1 || place > n) continue;
        const inside = Math.min(Math.max(place, 0), n - 1);
        const low = Math.floor(inside);
        const part = inside - low;
        visit(bin, low, (1 - part) / samples);
        if (part > 0) visit(bin, low + 1, part / samples);
      }
    }
  }
}

/** How much each of n cells along an axis adds to each bin: [intervals, size, n]. */
export function axisWeights(
  values: Float32Array,
  intervals: Intervals,
  n: number,
  options: RoIAlignOptions,
): Float32Array {
  const out = new Float32Array((values.length / intervals.step) * options.size * n);
  visitCells(values, intervals, n, options, (bin, cell, weight) => {
    out[bin * n + cell] += weight;
  });
  return out;
}
