import {
  avgPool,
  batchNorm,
  conv2d,
  depthwiseConv2d,
  gather,
  grads,
  matMul,
  maxPool,
  mean,
  mul,
  relu,
  setBackend,
  square,
  sum,
  type Tensor,
  type Tensor4D,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerTrainingKernels } from './registerTrainingKernels.js';
import { randoms, relativeError, size } from './testing/compareWithCpu.js';

type Op = (...xs: Tensor[]) => Tensor;

/** Gradients by central differences, each value moved by `step` up and down. */
function numerical(op: Op, values: Float32Array[], shapes: number[][], dy: Float32Array, step: number): Float32Array[] {
  const at = (i: number, j: number, by: number) =>
    tidy(() => {
      const moved = values.map((array, k) =>
        k === i ? array.map((value, l) => (l === j ? value + by : value)) : array,
      );
      const out = op(...moved.map((array, k) => tensor(array, shapes[k])));
      return sum(mul(out, tensor(dy, out.shape))).dataSync()[0];
    });
  return values.map((array, i) => array.map((_, j) => (at(i, j, step) - at(i, j, -step)) / (2 * step)));
}

function check(op: Op, shapes: number[][], step: number, tolerance: number): void {
  // Apart by more than two steps, so that no step changes which value of a window is the
  // greatest, or the sign of one.
  const values = shapes.map((shape, i) => {
    const order = [...randoms(size(shape), i + 1).entries()].sort((a, b) => a[1] - b[1]).map(([j]) => j);
    const spread = new Float32Array(order.length);
    order.forEach((j, rank) => {
      spread[j] = (2 * rank + 1) / order.length - 1;
    });
    return spread;
  });
  tidy(() => {
    const xs = values.map((array, i) => tensor(array, shapes[i]));
    const out = op(...xs);
    const dy = randoms(out.size, 9);
    const wanted = numerical(op, values, shapes, dy, step);
    grads(op)(xs, tensor(dy, out.shape)).forEach((dx, i) => {
      expect(relativeError(dx.dataSync(), wanted[i]), `gradient ${i}`).toBeLessThan(tolerance);
    });
  });
}

const as4D = (x: Tensor) => x as Tensor4D;

describe('gradients against differences', () => {
  beforeAll(async () => {
    await setBackend('wasm');
    registerTrainingKernels();
  });

  // These are linear in each input, so that a step of any size gives their gradient.
  it('of convolutions', () => {
    check(
      (x, w) => conv2d(as4D(x), as4D(w), 1, 'same'),
      [
        [2, 5, 4, 3],
        [3, 3, 3, 5],
      ],
      1,
      1e-4,
    );
    check(
      (x, w) => conv2d(as4D(x), as4D(w), [2, 1], 'valid'),
      [
        [1, 6, 5, 2],
        [3, 2, 2, 4],
      ],
      1,
      1e-4,
    );
    check(
      (x, w) => conv2d(as4D(x), as4D(w), 3, 'same'),
      [
        [1, 7, 7, 1],
        [2, 2, 1, 3],
      ],
      1,
      1e-4,
    );
  });

  it('of convolutions with explicit pads, and of images whose channels come first', () => {
    const margins: [number, number][] = [
      [0, 0],
      [2, 0],
      [1, 3],
      [0, 0],
    ];
    const shapes = [
      [2, 4, 5, 2],
      [3, 2, 2, 3],
    ];
    check((x, w) => conv2d(as4D(x), as4D(w), [1, 2], margins as never), shapes, 1, 1e-4);
    check(
      (x, w) => conv2d(as4D(x), as4D(w), 1, 'same', 'NCHW'),
      [
        [2, 3, 5, 4],
        [3, 3, 3, 2],
      ],
      1,
      1e-4,
    );
  });

  it('of rows taken from a table, and of means of squares', () => {
    const ids = tensor([3, 0, 3, 1], [4], 'int32');
    check((x) => gather(x, ids), [[5, 3]], 1, 1e-4);
    check((x) => mean(square(x), [0, 1]), [[3, 4, 5]], 0.1, 1e-4);
  });

  it('of depthwise convolutions', () => {
    const shapes = [
      [2, 5, 4, 3],
      [3, 3, 3, 2],
    ];
    check((x, w) => depthwiseConv2d(as4D(x), as4D(w), 2, 'same'), shapes, 1, 1e-4);
    check((x, w) => depthwiseConv2d(as4D(x), as4D(w), 1, 1), [shapes[0], [3, 3, 3, 1]], 1, 1e-4);
  });

  it('of products', () => {
    check(
      (a, b) => matMul(a, b, true, true),
      [
        [6, 5],
        [9, 6],
      ],
      1,
      1e-4,
    );
  });

  it('of pooling and of rectifiers', () => {
    check((x) => maxPool(as4D(x), 3, 2, 'same'), [[1, 5, 5, 5]], 1e-3, 1e-2);
    check((x) => avgPool(as4D(x), 2, 1, 'valid'), [[1, 4, 4, 3]], 1, 1e-4);
    check((x) => relu(x), [[4, 5]], 1e-2, 1e-3);
  });

  it('of batch normalization', () => {
    const op = (x: Tensor, mean: Tensor, offset: Tensor, scale: Tensor) =>
      batchNorm(as4D(x), mean as never, tensor([1, 2, 3]) as never, offset as never, scale as never);
    check(op as Op, [[2, 3, 2, 3], [3], [3], [3]], 0.5, 1e-4);
  });
});
