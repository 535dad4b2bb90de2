import type { Boxes } from './boxes.js';

export interface GridArgs {
  /** Size of the picture in pixels. */
  width: number;
  height: number;
  /** Distance of neighbouring positions in pixels. */
  stride: number;
  /** Square roots of the boxes' areas in pixels. */
  scales: readonly number[];
  /** Heights divided by widths. */
  ratios: readonly number[];
}

/**
 * Sliding windows: at the centre of each stride × stride cell one box for each scale and ratio, cut to the picture. Position by
 * position from left to right and top to bottom. HyperNet does not say which windows it slides: this grid is ours.
 */
export function gridBoxes({ width, height, stride, scales, ratios }: GridArgs): Boxes {
  const rows = Math.ceil(height / stride);
  const columns = Math.ceil(width / stride);
  const out = new Float32Array(4 * rows * columns * scales.length * ratios.length);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const x = (column + 0.5) * stride;
      const y = (row + 0.5) * stride;
      for (const scale of scales) {
        for (const ratio of ratios) {
          const halfWidth = scale / Math.sqrt(ratio) / 2;
          const halfHeight = (scale * Math.sqrt(ratio)) / 2;
          out[at++] = Math.max(x - halfWidth, 0);
          out[at++] = Math.max(y - halfHeight, 0);
          out[at++] = Math.min(x + halfWidth, width);
          out[at++] = Math.min(y + halfHeight, height);
        }
      }
    }
  }
  return out;
}
