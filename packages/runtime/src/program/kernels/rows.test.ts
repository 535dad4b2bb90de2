import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Op from '../Op.js';
import { expectClose, f, Kernels, numbers } from './testing/kernels.js';

/** Row-major or, if `planes`, with the last dimension outermost in memory. */
function strides(sizes: number[], planes: boolean): number[] {
  const order = sizes.map((_, i) => i);
  if (planes) order.unshift(order.pop()!);
  const result: number[] = [];
  let step = 1;
  for (const d of order.reverse()) {
    result[d] = step;
    step *= sizes[d];
  }
  return result;
}

const indexesOf = (sizes: number[]): number[][] =>
  sizes.reduce<number[][]>(
    (all, size) => all.flatMap((indexes) => Array.from({ length: size }, (_, i) => [...indexes, i])),
    [[]],
  );
const place = (indexes: number[], steps: number[]): number => indexes.reduce((sum, i, d) => sum + i * steps[d], 0);

const shape = (min: number, max: number) =>
  fc.array(fc.integer({ min: 1, max: 7 }), { minLength: min, maxLength: max });

describe('softmax', () => {
  it('is e^x / Σ e^x, or its logarithm, along any axis', () => {
    fc.assert(
      fc.property(
        fc.oneof(shape(1, 4), fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }))),
        fc.nat(),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom(1, 60),
        (sizes, axisSeed, log, xPlanes, yPlanes, scale) => {
          const axis = axisSeed % sizes.length;
          const [from, to] = [strides(sizes, xPlanes), strides(sizes, yPlanes)];
          const all = indexesOf(sizes);
          const x = numbers(all.length, axisSeed).map((value) => Math.fround(scale * value));
          const expected: number[] = [];
          for (const indexes of all) {
            const row = Array.from({ length: sizes[axis] }, (_, i) => x[place(indexes.with(axis, i), from)]);
            const greatest = Math.max(...row);
            const sum = row.reduce((total, value) => total + Math.exp(value - greatest), 0);
            const value = x[place(indexes, from)] - greatest;
            expected[place(indexes, to)] = log ? value - Math.log(sum) : Math.exp(value) / sum;
          }
          const kernels = new Kernels();
          const y = kernels.output(all.length);
          const dimensions = sizes.map((size, d) => [size, 4 * from[d], 4 * to[d]]);
          const [last] = dimensions.splice(axis, 1);
          const words = [dimensions.length, ...dimensions.flat(), ...last];
          kernels.perform([Op.softmax, log ? 1 : 0, kernels.input(x), y, ...words]);
          expectClose(kernels.read(y, all.length), expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('stays a number where e^x is none', () => {
    const kernels = new Kernels();
    const y = kernels.output(3);
    kernels.perform([Op.softmax, 0, kernels.input([1000, 1000, -1000]), y, 0, 3, 4, 4]);
    expect(kernels.read(y, 3)).toEqual([0.5, 0.5, 0]);
  });
});

describe('normalize', () => {
  it('gives rows a mean of 0 and a variance of 1, then scales and shifts', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 4 }),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom(0, 100),
        (count, width, scaled, shifted, away) => {
          const kernels = new Kernels();
          const x = numbers(count * width, width).map((value) => Math.fround(value + away));
          const [gamma, beta] = [numbers(width, 2), numbers(width, 3)];
          const y = kernels.output(count * width);
          const words = [scaled ? kernels.input(gamma) : 0, shifted ? kernels.input(beta) : 0, f(0.001)];
          kernels.perform([Op.normalize, kernels.input(x), y, count, width, ...words]);
          const expected = x.map((value, i) => {
            const start = i - (i % width);
            const row = x.slice(start, start + width);
            const mean = row.reduce((a, b) => a + b, 0) / width;
            const variance = row.reduce((sum, one) => sum + (one - mean) ** 2, 0) / width;
            const normal = (value - mean) / Math.sqrt(variance + Math.fround(0.001));
            return normal * (scaled ? gamma[i % width] : 1) + (shifted ? beta[i % width] : 0);
          });
          // A mean near 100 is rounded to some 1e-5.
          expectClose(kernels.read(y, x.length), expected, away ? 50 : 4);
        },
      ),
    );
  });
});

describe('reduce', () => {
  it('takes means, maxima and sums over any dimensions', () => {
    fc.assert(
      fc.property(
        fc.oneof(shape(1, 5), fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }))),
        fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
        fc.constantFrom(0, 1, 2),
        fc.boolean(),
        (sizes, goes, kind, planes) => {
          const from = strides(sizes, planes);
          const going = sizes.flatMap((_, d) => (goes[d] && d < 4 ? [d] : []));
          const staying = sizes.flatMap((_, d) => (going.includes(d) ? [] : [d]));
          const outer = staying.map((d) => sizes[d]);
          const to = strides(outer, false);
          const all = indexesOf(sizes);
          const x = numbers(all.length, kind);
          const groups = new Map<number, number[]>();
          for (const indexes of all) {
            const at = place(
              staying.map((d) => indexes[d]),
              to,
            );
            groups.set(at, [...(groups.get(at) ?? []), x[place(indexes, from)]]);
          }
          const expected = Array.from({ length: groups.size }, (_, i) => {
            const group = groups.get(i)!;
            const sum = group.reduce((a, b) => a + b, 0);
            return [sum / group.length, Math.max(...group), sum][kind];
          });
          const kernels = new Kernels();
          const y = kernels.output(expected.length);
          kernels.perform([
            Op.reduce,
            ...[kind, kernels.input(x), y, staying.length],
            ...staying.flatMap((d, i) => [sizes[d], 4 * from[d], 4 * to[i]]),
            going.length,
            ...going.flatMap((d) => [sizes[d], 4 * from[d]]),
          ]);
          expectClose(kernels.read(y, expected.length), expected, kind === 2 ? 40 : 2);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('gather', () => {
  it('takes rows of a table', () => {
    const table = numbers(5 * 7, 1);
    for (let width = 1; width <= 7; width++) {
      const kernels = new Kernels();
      const y = kernels.output(4 * width);
      const parts = [kernels.input(table), kernels.input([3, 0, 4.9, -0.5]), y, 4, width, 5];
      expect(kernels.perform([Op.gather, ...parts])).toBe(0);
      const row = (i: number): number[] => table.slice(i * width, (i + 1) * width);
      expect(kernels.read(y, 4 * width)).toEqual([...row(3), ...row(0), ...row(4), ...row(0)]);
    }
  });

  it.each([-1, 5, 2 ** 31, -(2 ** 40), Number.NaN, Infinity])('ends the run at %f', (index) => {
    const kernels = new Kernels();
    const y = kernels.output(4);
    const gather = [Op.gather, kernels.input(numbers(10)), kernels.input([0, index]), y, 2, 2, 5] as const;
    expect(kernels.perform([...gather], [Op.fill, y, 4, f(1)])).toBe(1);
    expect(kernels.read(y, 4)).not.toEqual([1, 1, 1, 1]);
    expect(kernels.perform([Op.loop, 3, 8], [...gather], [Op.fill, y, 4, f(1)])).toBe(1);
  });
});

describe('matMul', () => {
  it('multiplies matrices with any strides', () => {
    const size = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(
        size,
        size,
        size,
        size,
        fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
        (batch, m, n, k, flip) => {
          const matrix = (rows: number, columns: number, flipped: boolean): number[] =>
            flipped ? [rows * columns, 1, rows] : [rows * columns, columns, 1];
          const steps = [matrix(m, k, flip[0]), matrix(k, n, flip[1]), matrix(m, n, flip[2])];
          const [x, z] = [numbers(batch * m * k, 1), numbers(batch * k * n, 2)];
          const expected: number[] = [];
          for (const [b, row, column] of indexesOf([batch, m, n])) {
            let sum = 0;
            for (let i = 0; i < k; i++) sum += x[place([b, row, i], steps[0])] * z[place([b, i, column], steps[1])];
            expected[place([b, row, column], steps[2])] = sum;
          }
          const kernels = new Kernels();
          const y = kernels.output(expected.length);
          const words = [kernels.input(x), kernels.input(z), y, batch, m, n, k];
          kernels.perform([Op.matMul, ...words, ...steps.flat().map((step) => 4 * step)]);
          expectClose(kernels.read(y, expected.length), expected, 20);
        },
      ),
    );
  });
});

describe('anyNot', () => {
  it('finds rows that have something else', () => {
    const kernels = new Kernels();
    const y = kernels.output(4);
    kernels.perform([Op.anyNot, kernels.input([0, 0, 0, 1, 2, 0, -0, 0]), y, 4, 2, f(0)]);
    expect(kernels.read(y, 4)).toEqual([0, 1, 1, 0]);
  });
});
