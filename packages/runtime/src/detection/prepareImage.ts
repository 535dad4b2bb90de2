import {
  check,
  checkInteger,
  checkValues,
  type Flip,
  type ImageConfig,
  normalizations,
  resizedSize,
} from '@tfjs-compress/math/internal';

/**
 * Values 0 … 255, row by row: ImageData, or anything with 3 (red, green, blue) or 4 (and
 * alpha) values a pixel.
 */
export interface ImageInput {
  data: ArrayLike<number>;
  width: number;
  height: number;
}

export interface PreparedImage {
  /**
   * [1, rows, columns, 3], rows and columns multiples of the deepest stride; zeros on the
   * right and below the image.
   */
  input: Float32Array;
  shape: number[];
  /** Size of the image in `input`, without padding. */
  width: number;
  height: number;
  /** `input`'s pixels in one of the image's. */
  scaleX: number;
  scaleY: number;
}

/**
 * Resizes, scales and pads, as the package that trains does it.
 *
 * @throws ArgumentError for what is not an image.
 */
export function prepareImage(image: ImageInput, config: ImageConfig, deepestStride: number): PreparedImage {
  check(typeof image?.data?.length === 'number', 'image', 'an object with data, width and height', image);
  const { data, width: columns, height: rows } = image;
  checkInteger(columns, 'image.width', 1);
  checkInteger(rows, 'image.height', 1);
  const channels = data.length / (columns * rows);
  const expected = `${3 * columns * rows} (RGB) or ${4 * columns * rows} (RGBA) values`;
  check(channels === 3 || channels === 4, 'image.data', expected, data.length);
  checkValues(data);
  const { width, height } = resizedSize(columns, rows, config);
  const up = (n: number) => Math.ceil(n / deepestStride) * deepestStride;
  const shape = [1, up(height), up(width), 3];
  const input = new Float32Array(shape[1] * shape[2] * 3);
  const x = placesOf(columns, width);
  const y = placesOf(rows, height);
  const { mean, deviation, isReversed } = normalizations[config.preprocessing];
  for (let i = 0; i < height; i++) {
    const top = y.low[i] * columns * channels;
    const bottom = y.high[i] * columns * channels;
    for (let j = 0; j < width; j++) {
      const left = x.low[j] * channels;
      const right = x.high[j] * channels;
      const to = (i * shape[2] + j) * 3;
      for (let c = 0; c < 3; c++) {
        const above = data[top + left + c] + (data[top + right + c] - data[top + left + c]) * x.part[j];
        const below = data[bottom + left + c] + (data[bottom + right + c] - data[bottom + left + c]) * x.part[j];
        const value = above + (below - above) * y.part[i];
        input[to + (isReversed ? 2 - c : c)] = (value - mean[c]) / deviation[c];
      }
    }
  }
  return { input, shape, width, height, scaleX: width / columns, scaleY: height / rows };
}

/** What prepareImage() gives of the mirror image. */
export function mirrorImage(prepared: PreparedImage, flip: Flip): PreparedImage {
  const { input, shape, width, height } = prepared;
  const out = new Float32Array(input.length);
  const [isMirrored, isUpsideDown] = [flip !== 'vertical', flip !== 'horizontal'];
  for (let i = 0; i < height; i++) {
    const row = (isUpsideDown ? height - 1 - i : i) * shape[2];
    for (let j = 0; j < width; j++) {
      const from = 3 * (row + (isMirrored ? width - 1 - j : j));
      const to = 3 * (i * shape[2] + j);
      for (let c = 0; c < 3; c++) out[to + c] = input[from + c];
    }
  }
  return { ...prepared, input: out };
}

/**
 * Where the elements of a row come from, as in tf.image.resizeBilinear: two of the
 * source, and the part of the second.
 */
function placesOf(size: number, out: number) {
  const places = { low: new Int32Array(out), high: new Int32Array(out), part: new Float64Array(out) };
  for (let i = 0; i < out; i++) {
    const at = (size / out) * i;
    places.low[i] = Math.floor(at);
    places.high[i] = Math.min(size - 1, Math.ceil(at));
    places.part[i] = at - places.low[i];
  }
  return places;
}
