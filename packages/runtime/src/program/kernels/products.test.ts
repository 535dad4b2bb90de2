import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Matrix } from '../Matrix.js';
import * as Op from '../Op.js';
import { type Build, expectClose, f, Kernels, numbers } from './testing/kernels.js';

const sizes = fc.record({
  rows: fc.integer({ min: 0, max: 13 }),
  depth: fc.integer({ min: 0, max: 21 }),
  vectors: fc.integer({ min: 0, max: 27 }),
  gap: fc.integer({ min: 0, max: 2 }),
  zeros: fc.constantFrom(0, 0.5, 0.9, 1),
  bias: fc.boolean(),
  add: fc.boolean(),
  limits: fc.constantFrom<number[]>([-Infinity, Infinity], [0, Infinity], [0, 6], [-1, 1]),
  seed: fc.nat(),
});

const clamp = (value: number, [lo, hi]: number[]): number => Math.min(Math.max(value, lo), hi);

const builds: Build[] = ['all', 'dense', 'fused'];

describe.each(builds)('products with planes, %s', (build) => {
  const check = (sparse: boolean) =>
    fc.assert(
      fc.property(sizes, ({ rows, depth, vectors, gap, zeros, bias, add: adds, limits, seed }) => {
        const add = adds && build !== 'dense';
        const pixels = 4 * vectors;
        const plane = pixels + 4 * gap;
        const kernels = new Kernels(1, build);
        const x = numbers(depth * plane, seed);
        const weights = numbers(rows * depth, seed + 1, zeros);
        const biases = numbers(rows, seed + 2);
        const summands = numbers(rows * plane, seed + 3);
        // Channels in another order than in memory, as a convolution's taps may be.
        const offsets = Uint32Array.from({ length: depth }, (_, k) => 4 * plane * (depth - 1 - k));
        const at = {
          x: kernels.input(x),
          bias: bias ? kernels.input(biases) : 0,
          add: add ? kernels.input(summands) : 0,
          y: kernels.output(rows * plane),
        };
        const ends = [4 * plane, f(limits[0]), f(limits[1])];
        if (sparse) {
          const kept = weights.map((weight, i) => ({ weight, k: i % depth, row: Math.floor(i / depth) }));
          const nonZero = kept.filter(({ weight }) => weight !== 0);
          const counts = Uint32Array.from({ length: rows }, (_, r) => nonZero.filter(({ row }) => row === r).length);
          kernels.perform([
            Op.sparseProduct,
            at.x,
            at.y,
            kernels.input(nonZero.map(({ weight }) => weight)),
            kernels.input(Uint32Array.from(nonZero, ({ k }) => offsets[k])),
            kernels.input(counts),
            ...[at.bias, at.add, 4 * plane, rows, vectors],
            ...ends,
          ]);
        } else {
          const panels = new Float32Array(Math.ceil(rows / 4) * depth * 4);
          weights.forEach((weight, i) => {
            const row = Math.floor(i / depth);
            panels[((row >> 2) * depth + (i % depth)) * 4 + (row & 3)] = weight;
          });
          kernels.perform([
            Op.denseProduct,
            ...[at.x, at.y, kernels.input(panels), kernels.input(offsets), at.bias, at.add, 4 * plane, rows, depth],
            vectors,
            ...ends,
          ]);
        }
        const untouched = kernels.read(kernels.output(1), 1)[0];
        const y = kernels.read(at.y, rows * plane);
        for (let row = 0; row < rows; row++) {
          for (let i = 0; i < plane; i++) {
            if (i >= pixels) {
              expect(y[row * plane + i]).toBe(untouched);
              continue;
            }
            let sum = (bias ? biases[row] : 0) + (add ? summands[row * plane + i] : 0);
            for (let k = 0; k < depth; k++) sum += weights[row * depth + k] * x[offsets[k] / 4 + i];
            expectClose([y[row * plane + i]], [clamp(sum, limits)], 20);
          }
        }
      }),
      { numRuns: 80 },
    );

  it('are those of a sparse matrix', () => check(true));
  it('are those of a dense matrix', () => check(false));

  it.skipIf(build === 'dense')('may be added to what is at y', () => {
    const kernels = new Kernels(1, build);
    const y = kernels.output([1, 2, 3, 4]);
    const x = kernels.input([1, 1, 2, 2]);
    const parts = [kernels.input([3]), kernels.input(Uint32Array.of(0)), kernels.input(Uint32Array.of(1))];
    kernels.perform([Op.sparseProduct, x, y, ...parts, 0, y, 16, 1, 1, 16, f(-Infinity), f(9)]);
    expect(kernels.read(y, 4)).toEqual([4, 5, 9, 9]);
  });
});

describe.each(builds)('products with a vector, %s', (build) => {
  const reference = (x: number[], weights: number[], biases: number[], limits: number[]): number[] =>
    biases.map((bias, row) =>
      clamp(
        x.reduce((sum, value, k) => sum + value * weights[k * biases.length + row], bias),
        limits,
      ),
    );

  it('are those of a sparse matrix, by blocks of rows', () => {
    const some = { rows: fc.integer({ min: 1, max: 25 }), depth: fc.integer({ min: 1, max: 21 }) };
    fc.assert(
      fc.property(sizes, fc.record(some), ({ zeros, bias, limits, seed }, { rows, depth }) => {
        const kernels = new Kernels(1, build);
        const x = numbers(depth, seed);
        const weights = numbers(rows * depth, seed + 1, zeros);
        const biases = numbers(rows, seed + 2).map((value) => (bias ? value : 0));
        const parts = new Matrix(Float32Array.from(weights), depth, rows).blocks();
        const y = kernels.output(rows);
        kernels.perform([
          Op.sparseVector,
          kernels.input(x),
          y,
          ...[parts.weights, parts.indexes, parts.blocks].map((one) => kernels.input(one.make())),
          bias ? kernels.input(biases) : 0,
          ...[parts.count, f(limits[0]), f(limits[1])],
        ]);
        expectClose(kernels.read(y, rows), reference(x, weights, biases, limits), 20);
      }),
      { numRuns: 80 },
    );
  });

  it('are those of a dense matrix', () => {
    fc.assert(
      fc.property(sizes, fc.constantFrom(0, 0.5, 0.9, 1), ({ rows: quarter, depth, bias, limits, seed }, skipped) => {
        const rows = 4 * quarter;
        const kernels = new Kernels(1, build);
        const x = numbers(depth, seed, skipped);
        let weights = numbers(rows * depth, seed + 1);
        const biases = numbers(rows, seed + 2).map((value) => (bias ? value : 0));
        const y = kernels.output(rows);
        const isHalf = build !== 'dense' && seed % 2 === 1;
        const bits = new Uint32Array(Float32Array.from(weights).buffer);
        if (isHalf) weights = [...new Float32Array(bits.map((word) => word & 0xffff0000).buffer)];
        const list = isHalf ? Uint16Array.from(bits, (word) => word >>> 16) : weights;
        const parts = [kernels.input(x), y, kernels.input(list), bias ? kernels.input(biases) : 0];
        kernels.perform([Op.denseVector, ...parts, depth, rows, f(limits[0]), f(limits[1]), Number(isHalf)]);
        expectClose(kernels.read(y, rows), reference(x, weights, biases, limits), 20);
      }),
      { numRuns: 80 },
    );
  });
});
