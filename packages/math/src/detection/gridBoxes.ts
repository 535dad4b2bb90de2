import { check, checkKnownOptions } from '../checks.js';
import type { Boxes } from './boxes.js';

export interface GridOptions {
  /** Size of the image in pixels. */
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
 * A grid taken apart: a box of a shape is one of that shape's intervals along x by one of
 * those along y.
 */
export interface GridIntervals {
  /** Scales × ratios, the ratios of the first scale first. */
  shapes: number;
  /** Positions along x and along y. */
  columns: number;
  rows: number;
  /** [shapes, columns, 2], from and to in pixels. */
  x: Float32Array;
  /** [shapes, rows, 2]. */
  y: Float32Array;
}

/**
 * gridBoxes, taken apart.
 *
 * @throws ArgumentError as gridBoxes does.
 *
 * ```js
 * const grid = gridIntervals({ width: 32, height: 16, stride: 16, scales: [8], ratios: [1] });
 * console.log(grid.columns, grid.rows, grid.x.join()); // → 2 1 4,12,20,28
 * ```
 */
export function gridIntervals(options: GridOptions): GridIntervals {
  checkKnownOptions(options, ['width', 'height', 'stride', 'scales', 'ratios'], 'gridBoxes');
  const { width, height, stride, scales, ratios } = options;
  for (const [name, value] of Object.entries({ width, height, stride }))
    check(Number.isFinite(value) && value > 0, name, 'a positive number', value);
  for (const [name, list] of Object.entries({ scales, ratios })) {
    const isGood = Array.isArray(list) && list.length > 0 && list.every((one) => Number.isFinite(one) && one > 0);
    check(isGood, name, 'positive numbers, at least one', list);
  }
  const columns = Math.ceil(width / stride);
  const rows = Math.ceil(height / stride);
  const shapes = scales.flatMap((scale) => ratios.map((ratio) => [scale / Math.sqrt(ratio), scale * Math.sqrt(ratio)]));
  const along = (sides: number[], count: number, end: number) =>
    Float32Array.from(
      sides.flatMap((side) =>
        Array.from({ length: count }, (_, i) => {
          // Where the stride does not divide the image, the last centre would lie
          // outside.
          const centre = Math.min((i + 0.5) * stride, end);
          return [Math.max(centre - side / 2, 0), Math.min(centre + side / 2, end)];
        }).flat(),
      ),
    );
  const x = along(
    shapes.map(([wide]) => wide),
    columns,
    width,
  );
  const y = along(
    shapes.map(([, high]) => high),
    rows,
    height,
  );
  return { shapes: shapes.length, columns, rows, x, y };
}

/**
 * Sliding windows: at the centre of each stride × stride cell one box for each scale and
 * ratio, cut to the image. Position by position from left to right and top to bottom.
 * Where the stride does not divide a side, the last position's centre is moved to the
 * edge, so that every window has an area.
 * HyperNet does not say which windows it slides: this grid is ours.
 *
 * @throws ArgumentError when an option is unknown, missing or not positive.
 *
 * ```js
 * const boxes = gridBoxes({ width: 32, height: 16, stride: 16, scales: [8], ratios: [1] });
 * console.log(boxes.join()); // → 4,4,12,12,20,4,28,12
 * ```
 */
export function gridBoxes(options: GridOptions): Boxes {
  const { shapes, columns, rows, x, y } = gridIntervals(options);
  const out = new Float32Array(4 * rows * columns * shapes);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (let shape = 0; shape < shapes; shape++) {
        const [i, j] = [2 * (shape * columns + column), 2 * (shape * rows + row)];
        out[at++] = x[i];
        out[at++] = y[j];
        out[at++] = x[i + 1];
        out[at++] = y[j + 1];
      }
    }
  }
  return out;
}
