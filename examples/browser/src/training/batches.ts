import { cast, oneHot, type Tensor, tensor1d, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { type Digits, pixels, side } from './digits.js';
import type { Plan } from './plan.js';
import { seededRandom } from './seededRandom.js';

/**
 * People draw slanted, smaller and off the center: how far an image is changed, at most.
 */
const turn = 0.2;
const stretch = 0.12;
const shift = 2;

/**
 * What fitDataset reads: in each epoch the images in another order, each slightly
 * turned, scaled and shifted. Order and changes follow from `seed` and the epoch alone,
 * so that a run that goes on gets the batches of a run without a break.
 */
export function batches(digits: Digits, { images, batchSize }: Plan, seed: number, initialEpoch: number) {
  let epoch = initialEpoch;
  const size = Math.floor(images / batchSize);
  return {
    size,
    async iterator() {
      const random = seededRandom(1000 * seed + epoch++);
      const order = shuffled(images, random);
      let batch = 0;
      return {
        async next() {
          if (batch === size) return { done: true, value: null };
          const chosen = order.subarray(batch * batchSize, ++batch * batchSize);
          return { done: false, value: makeBatch(digits, chosen, random) };
        },
      };
    },
  };
}

function makeBatch(digits: Digits, chosen: Uint32Array, random: () => number): { xs: Tensor; ys: Tensor } {
  const values = new Float32Array(chosen.length * pixels);
  chosen.forEach((index, i) => {
    const source = digits.images.subarray(index * pixels, (index + 1) * pixels);
    change(source, values.subarray(i * pixels, (i + 1) * pixels), random);
  });
  const labels = Int32Array.from(chosen, (index) => digits.labels[index]);
  return {
    xs: tensor4d(values, [chosen.length, side, side, 1]),
    ys: tidy(() => cast(oneHot(tensor1d(labels, 'int32'), 10), 'float32')),
  };
}

/**
 * Writes the image, turned, scaled and shifted, into `target`; bilinear, black beyond
 * the edges.
 */
function change(source: Uint8Array, target: Float32Array, random: () => number): void {
  const between = (most: number) => most * (2 * random() - 1);
  const [angle, scale] = [between(turn), 1 + between(stretch)];
  const [dx, dy] = [between(shift), between(shift)];
  const [cos, sin] = [Math.cos(angle) / scale, Math.sin(angle) / scale];
  const middle = (side - 1) / 2;
  const at = (x: number, y: number) => (x < 0 || y < 0 || x >= side || y >= side ? 0 : source[y * side + x]);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const [fromX, fromY] = [x - middle - dx, y - middle - dy];
      const [u, v] = [cos * fromX - sin * fromY + middle, sin * fromX + cos * fromY + middle];
      const [left, top] = [Math.floor(u), Math.floor(v)];
      const [right, down] = [u - left, v - top];
      const above = at(left, top) * (1 - right) + at(left + 1, top) * right;
      const below = at(left, top + 1) * (1 - right) + at(left + 1, top + 1) * right;
      target[y * side + x] = (above * (1 - down) + below * down) / 255;
    }
  }
}

function shuffled(count: number, random: () => number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
