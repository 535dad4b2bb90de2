import { random } from '@tfjs-compress/math/internal';

const size = 28;
const grid = 4;

/**
 * Digits that are shifted, turned, scaled and bent at random, by bilinear sampling.
 *
 * @param options.shift Pixels at most, `turn` degrees, `scale` as a fraction, `bend`
 *   pixels: how far each of 4 × 4 points of the image is moved, with smooth
 *   displacements between them.
 * @returns change(from, i, to, j, counter): image i of `from` becomes image j of
 *   `to` (both have 784 values an image), in a way that seed and counter decide.
 */
export function augmenter({ shift, turn, scale, bend }, seed) {
  const fields = Array.from({ length: 400 }, (_, k) => field(bend, seed, k));
  return (from, i, to, j, counter) => {
    const draw = (k) => 2 * random(seed, counter, k) - 1;
    const angle = (draw(0) * turn * Math.PI) / 180;
    const zoom = 1 + draw(1) * scale;
    const [cos, sin] = [Math.cos(angle) * zoom, Math.sin(angle) * zoom];
    const [right, down] = [draw(2) * shift, draw(3) * shift];
    const [across, along] = fields[Math.floor(random(seed, counter, 4) * fields.length)];
    const middle = (size - 1) / 2;
    for (let k = 0, y = -middle; y <= middle; y++) {
      for (let x = -middle; x <= middle; x++, k++) {
        const u = cos * x - sin * y + middle + right + across[k];
        const v = sin * x + cos * y + middle + down + along[k];
        to[784 * j + k] = sample(from, 784 * i, u, v);
      }
    }
  };
}

/** Zero outside of the image. */
function sample(from, offset, u, v) {
  const [x, y] = [Math.floor(u), Math.floor(v)];
  if (x < -1 || y < -1 || x >= size || y >= size) return 0;
  const [right, down] = [u - x, v - y];
  const at = offset + size * y + x;
  const [isLeft, isRight] = [x >= 0, x < size - 1];
  let value = 0;
  if (y >= 0) value += (1 - down) * ((isLeft ? (1 - right) * from[at] : 0) + (isRight ? right * from[at + 1] : 0));
  if (y < size - 1) {
    const below = at + size;
    value += down * ((isLeft ? (1 - right) * from[below] : 0) + (isRight ? right * from[below + 1] : 0));
  }
  return value;
}

/** Displacements of all pixels, across and along, smooth between those of the grid. */
function field(bend, seed, k) {
  return [0, 1].map((axis) => {
    const points = Float32Array.from(
      { length: (grid + 1) ** 2 },
      (_, i) => bend * (2 * random(seed + 77, k, axis, i) - 1),
    );
    return Float32Array.from({ length: size * size }, (_, i) => {
      const [u, v] = [((i % size) * (grid - 1)) / (size - 1), (Math.floor(i / size) * (grid - 1)) / (size - 1)];
      const [x, y] = [Math.floor(u), Math.floor(v)];
      const [right, down] = [u - x, v - y].map((t) => t * t * (3 - 2 * t));
      const at = (grid + 1) * y + x;
      const row = (start) => (1 - right) * points[start] + right * points[start + 1];
      return (1 - down) * row(at) + down * row(at + grid + 1);
    });
  });
}
