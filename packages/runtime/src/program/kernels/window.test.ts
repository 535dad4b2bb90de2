import fc from 'fast-check';
import { describe, it } from 'vitest';
import * as Op from '../Op.js';
import { windowScratchBytes } from '../windowScratchBytes.js';
import { type Build, expectClose, f, Kernels, numbers } from './testing/kernels.js';

const KIND = { sum: 0, max: 1, average: 2 };

interface Case {
  outHeight: number;
  outWidth: number;
  kernelHeight: number;
  kernelWidth: number;
  strideHeight: number;
  strideWidth: number;
  dilationHeight: number;
  dilationWidth: number;
  kind: keyof typeof KIND;
  channels: number;
  images: number;
  multiplier: number;
  height: number;
  width: number;
  padTop: number;
  padLeft: number;
  bias: boolean;
  gaps: number[];
  limits: number[];
  seed: number;
}

const size = (max: number) => fc.integer({ min: 1, max });

const cases = fc
  .record({
    kind: fc.constantFrom('sum', 'max', 'average') as fc.Arbitrary<Case['kind']>,
    channels: size(3),
    images: size(2),
    multiplier: size(3),
    height: size(12),
    width: fc.oneof(size(12), size(40)),
    kernel: fc.oneof<fc.Arbitrary<number[]>[]>(fc.constant([3, 3]), fc.constant([2, 2]), fc.tuple(size(5), size(5))),
    stride: fc.oneof<fc.Arbitrary<number[]>[]>(fc.constant([1, 1]), fc.constant([2, 2]), fc.tuple(size(4), size(4))),
    dilation: fc.oneof<fc.Arbitrary<number[]>[]>(fc.constant([1, 1]), fc.tuple(size(3), size(3))),
    pads: fc.array(fc.nat({ max: 4 }), { minLength: 4, maxLength: 4 }),
    bias: fc.boolean(),
    gaps: fc.array(fc.nat({ max: 3 }), { minLength: 4, maxLength: 4 }),
    limits: fc.constantFrom<number[]>([-Infinity, Infinity], [0, 6]),
    seed: fc.nat(),
  })
  .map(({ kernel, stride, dilation, pads, ...rest }): Case => {
    const reach = [0, 1].map((d) => (kernel[d] - 1) * dilation[d] + 1);
    // Padding that windows see alone (ZeroPadding2D) has only sums.
    const [padTop, padBottom, padLeft, padRight] = pads.map((pad, i) =>
      rest.kind === 'sum' ? pad : Math.min(pad, reach[i >> 1] - 1),
    );
    const out = [rest.height + padTop + padBottom - reach[0], rest.width + padLeft + padRight - reach[1]].map(
      (free, d) => Math.floor(free / stride[d]) + 1,
    );
    return {
      ...rest,
      multiplier: rest.kind === 'sum' ? rest.multiplier : 1,
      ...{ outHeight: out[0], outWidth: out[1], padTop, padLeft },
      ...{ kernelHeight: kernel[0], kernelWidth: kernel[1], strideHeight: stride[0], strideWidth: stride[1] },
      ...{ dilationHeight: dilation[0], dilationWidth: dilation[1] },
    };
  })
  .filter(({ outHeight, outWidth }) => outHeight > 0 && outWidth > 0);

describe.each<Build>(['all', 'fused'])('window, %s', (build) => {
  const check = (one: Case): void => checkWindow(one, build);

  it('computes depthwise convolutions, maxima and averages', () => {
    fc.assert(fc.property(cases, check), { numRuns: 400 });
  });

  it('computes what MobileNet and pooling layers have', () => {
    const base = {
      ...{ kind: 'sum' as const, channels: 3, images: 2, multiplier: 1, bias: true, gaps: [0, 0, 0, 0] },
      ...{ limits: [0, 6], seed: 3, kernelHeight: 3, kernelWidth: 3, dilationHeight: 1, dilationWidth: 1 },
    };
    for (const width of [1, 2, 3, 4, 5, 6, 7, 8, 9, 14, 15, 16, 28, 31, 33, 56]) {
      const same = { ...base, width, height: width, outHeight: width, outWidth: width };
      check({ ...same, strideHeight: 1, strideWidth: 1, padTop: 1, padLeft: 1 });
      const half = Math.ceil(width / 2);
      const halves = { ...same, outHeight: half, outWidth: half, strideHeight: 2, strideWidth: 2 };
      const pad = width % 2;
      check({ ...halves, padTop: pad, padLeft: pad });
      const floor = Math.floor(width / 2);
      if (floor === 0) continue;
      const pool = {
        ...halves,
        outHeight: floor,
        outWidth: floor,
        kernelHeight: 2,
        kernelWidth: 2,
        padTop: 0,
        padLeft: 0,
      };
      check({ ...pool, kind: 'max', bias: false, limits: [-Infinity, Infinity] });
      check({ ...pool, kind: 'average', bias: false });
    }
  });
});

function checkWindow(c: Case, build: Build): void {
  const kernels = new Kernels(4, build);
  // Kernels may read that much behind an input.
  kernels.input([0, 0, 0, 0]);
  const [xRow, xGap, yRow, yGap] = [c.width + c.gaps[0], c.gaps[1], c.outWidth + c.gaps[2], c.gaps[3]];
  const xImage = c.height * xRow + xGap;
  const yImage = c.outHeight * yRow + yGap;
  const xChannel = c.images * xImage + xGap;
  const yChannel = c.images * yImage + yGap;
  const outputs = c.channels * c.multiplier;
  const x = numbers(c.channels * xChannel, c.seed);
  const weights = numbers(outputs * c.kernelHeight * c.kernelWidth, c.seed + 1);
  const biases = numbers(outputs, c.seed + 2);
  const y = kernels.output(outputs * yChannel);
  const expected = kernels.read(y, outputs * yChannel);
  for (let out = 0; out < outputs; out++) {
    for (let image = 0; image < c.images; image++) {
      for (let row = 0; row < c.outHeight; row++) {
        for (let column = 0; column < c.outWidth; column++) {
          const seen: number[] = [];
          let sum = c.bias ? biases[out] : 0;
          for (let i = 0; i < c.kernelHeight; i++) {
            for (let j = 0; j < c.kernelWidth; j++) {
              const [r, s] = [
                row * c.strideHeight + i * c.dilationHeight - c.padTop,
                column * c.strideWidth + j * c.dilationWidth - c.padLeft,
              ];
              if (r < 0 || r >= c.height || s < 0 || s >= c.width) continue;
              const value = x[Math.floor(out / c.multiplier) * xChannel + image * xImage + r * xRow + s];
              seen.push(value);
              sum += value * weights[(out * c.kernelHeight + i) * c.kernelWidth + j];
            }
          }
          const all = seen.reduce((a, b) => a + b, 0);
          let result = c.kind === 'sum' ? sum : c.kind === 'max' ? Math.max(...seen) : all / seen.length;
          if (c.kind !== 'sum' && seen.length === 0) result = Number.NaN;
          result = Math.min(Math.max(result, c.limits[0]), c.limits[1]);
          expected[out * yChannel + image * yImage + row * yRow + column] = result;
        }
      }
    }
  }
  const bytes = (counts: number[]): number[] => counts.map((count) => 4 * count);
  const down = { out: c.outHeight, kernel: c.kernelHeight, stride: c.strideHeight, dilation: c.dilationHeight };
  const across = { out: c.outWidth, kernel: c.kernelWidth, stride: c.strideWidth, dilation: c.dilationWidth };
  const scratch = kernels.output(windowScratchBytes(down, across) / 4);
  kernels.perform([
    Op.window,
    KIND[c.kind],
    ...[kernels.input(x), y, c.kind === 'sum' ? kernels.input(weights) : 0],
    ...[c.kind === 'sum' && c.bias ? kernels.input(biases) : 0, scratch, c.channels, c.images, c.multiplier],
    ...[c.height, c.width, ...bytes([xChannel, xImage, xRow]), c.outHeight, c.outWidth],
    ...bytes([yChannel, yImage, yRow]),
    ...[c.kernelHeight, c.kernelWidth, c.strideHeight, c.strideWidth, c.dilationHeight, c.dilationWidth],
    ...[c.padTop, c.padLeft, f(c.limits[0]), f(c.limits[1])],
  ]);
  // Windows that see nothing (dilation over a small image): no layer has them, and what
  // they give is not defined.
  const actual = kernels.read(y, expected.length).map((value, i) => (Number.isNaN(expected[i]) ? Number.NaN : value));
  expectClose(actual, expected, 20);
}
