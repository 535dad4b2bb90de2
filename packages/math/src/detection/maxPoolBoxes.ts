export interface RoIMaxPoolOptions {
  /** Bins along each side of the output. */
  size: number;
  /** Pixels of the image in a cell of the map. Default 1. */
  stride?: number;
}

/** What was pooled: [images · n, size, size, channels]. */
export interface Pooled {
  values: Float32Array;
  /** Index in the map of each value; −1 for a bin without a cell. */
  winners: Int32Array;
}

/**
 * RoI max pooling (Girshick, Fast R-CNN, arXiv:1504.08083), the form in the HyperNet
 * paper: corners are rounded to cells, the box includes its last cell, and each bin gets
 * the largest value in it, as in torchvision; 0 where it has no cell.
 *
 * @param map [images, height, width, channels]
 * @param shape The map's.
 * @param corners [images, n, 4] in pixels, x1, y1, x2, y2
 */
export function maxPoolBoxes(
  map: Float32Array,
  [images, height, width, channels]: readonly number[],
  corners: ArrayLike<number>,
  { size, stride = 1 }: RoIMaxPoolOptions,
): Pooled {
  const boxes = corners.length / 4;
  const values = new Float32Array(boxes * size * size * channels);
  const winners = new Int32Array(values.length).fill(-1);
  for (let box = 0; box < boxes; box++) {
    const image = Math.floor((box * images) / boxes);
    const [x1, y1, x2, y2] = [0, 1, 2, 3].map((i) => roundAway(corners[4 * box + i] / stride));
    const binWidth = Math.max(x2 - x1 + 1, 1) / size;
    const binHeight = Math.max(y2 - y1 + 1, 1) / size;
    for (let py = 0; py < size; py++) {
      const [top, bottom] = binRange(y1, binHeight, py, height);
      for (let px = 0; px < size; px++) {
        const [left, right] = binRange(x1, binWidth, px, width);
        const to = ((box * size + py) * size + px) * channels;
        for (let y = top; y < bottom; y++) {
          for (let x = left; x < right; x++) {
            const from = ((image * height + y) * width + x) * channels;
            for (let c = 0; c < channels; c++) {
              if (winners[to + c] >= 0 && map[from + c] <= values[to + c]) continue;
              values[to + c] = map[from + c];
              winners[to + c] = from + c;
            }
          }
        }
      }
    }
  }
  return { values, winners };
}

/** C's round(): half away from zero. */
function roundAway(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}

function binRange(start: number, bin: number, index: number, cells: number): [number, number] {
  const clamp = (v: number) => Math.min(Math.max(v, 0), cells);
  return [clamp(start + Math.floor(index * bin)), clamp(start + Math.ceil((index + 1) * bin))];
}
