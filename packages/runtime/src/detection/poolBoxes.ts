import { type Boxes, maxPoolBoxes, type RoIAlignOptions, visitCells } from '@tfjs-compress/math/internal';

/** How boxes are pooled: RoIAlign or RoI max pooling. */
export interface RoI extends RoIAlignOptions {
  isMax: boolean;
}

/**
 * What boxes hold of a map, computed box by box.
 *
 * @param map [1, height, width, channels]
 * @param boxes In pixels.
 * @returns [boxes, size, size, channels]
 */
export function poolBoxes(map: Float32Array, shape: readonly number[], boxes: Boxes, roi: RoI): Float32Array {
  return roi.isMax ? maxPoolBoxes(map, shape, boxes, roi).values : alignBoxes(map, shape, boxes, roi);
}

function alignBoxes(map: Float32Array, [, height, width, channels]: readonly number[], boxes: Boxes, roi: RoI) {
  const { size } = roi;
  const x = cellsOf(boxes, 0, width, roi);
  const y = cellsOf(boxes, 1, height, roi);
  const out = new Float32Array((boxes.length / 4) * size * size * channels);
  let to = 0;
  for (let row = 0; row < y.starts.length - 1; row++) {
    const firstColumn = row - (row % size);
    for (let column = firstColumn; column < firstColumn + size; column++, to += channels) {
      for (let i = y.starts[row]; i < y.starts[row + 1]; i++) {
        for (let j = x.starts[column]; j < x.starts[column + 1]; j++) {
          const weight = y.weights[i] * x.weights[j];
          const from = (y.cells[i] * width + x.cells[j]) * channels;
          for (let c = 0; c < channels; c++) out[to + c] += weight * map[from + c];
        }
      }
    }
  }
  return out;
}

/**
 * The cells that each bin reads along one axis: those of bin i from starts[i] to starts[i
 * + 1].
 */
function cellsOf(boxes: Boxes, first: number, n: number, roi: RoI) {
  const starts = new Uint32Array((boxes.length / 4) * roi.size + 1);
  const cells: number[] = [];
  const weights: number[] = [];
  visitCells(boxes, { first, step: 4, length: 2 }, n, roi, (bin, cell, weight) => {
    cells.push(cell);
    weights.push(weight);
    starts[bin + 1]++;
  });
  for (let i = 1; i < starts.length; i++) starts[i] += starts[i - 1];
  return { starts, cells, weights };
}
