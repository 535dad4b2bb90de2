import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cheapestZeros, type LeveledKernel } from './cheapestZeros.js';
import { codebookOf } from './codebook.js';
import { roundToPowerOfTwo } from './levels.js';
import { random } from './random.js';
import { weightBits } from './weightBits.js';

/** A sparse kernel and its levels. */
function kernelOf(seed: number, shape: number[], density: number): LeveledKernel {
  const size = shape.reduce((product, each) => product * each, 1);
  const values = Float32Array.from({ length: size }, (_, i) =>
    random(seed, i, 0) < density ? 2 * random(seed, i, 1) - 1 : 0,
  );
  return { values, levels: roundToPowerOfTwo(values, codebookOf(values, 4)), shape };
}

const kernels = fc
  .tuple(
    fc.nat(1000),
    fc.integer({ min: 1, max: 20 }),
    fc.integer({ min: 1, max: 12 }),
    fc.double({ min: 0.05, max: 1 }),
  )
  .map(([seed, rows, columns, density]) => [
    kernelOf(seed, [rows, columns], density),
    kernelOf(seed + 1, [3, 3, 2, columns], density),
  ]);

const totalOf = (all: readonly LeveledKernel[], zeros?: Uint8Array[]) =>
  all.reduce((sum, { levels, shape }, k) => {
    const left = levels.map((level, i) => (zeros?.[k][i] ? 0 : level));
    return sum + weightBits(left, shape).total;
  }, 0);
const count = (zeros: Uint8Array[]) => zeros.reduce((n, each) => n + each.reduce((a, b) => a + b, 0), 0);

describe('cheapestZeros', () => {
  it('makes nothing 0 when there are bits enough: λ = 0 is rounding to the nearest level', () => {
    fc.assert(
      fc.property(kernels, fc.double({ min: 1, max: 2, noNaN: true }), (all, factor) => {
        expect(count(cheapestZeros(all, factor * totalOf(all)))).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it('comes to the bits that are asked for, or to the largest weight of each kernel', () => {
    fc.assert(
      fc.property(kernels, fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
        const most = share * totalOf(all);
        const zeros = cheapestZeros(all, most);
        const left = all.map(({ levels }, k) => levels.filter((level, i) => level !== 0 && zeros[k][i] === 0));
        for (const [k, { levels }] of all.entries()) {
          const largest = Math.max(...levels.map(Math.abs));
          expect(Math.max(0, ...left[k].map(Math.abs))).toBe(largest);
        }
        const isLeast = left.every(({ length }) => length <= 1);
        // Strides are those of the kernels before; others may take fewer bits.
        expect(isLeast || totalOf(all, zeros) <= 1.005 * most + 1e-6).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('takes more bits when λ is larger, never fewer', () => {
    const all = [kernelOf(3, [60, 20], 0.2), kernelOf(4, [20, 10], 0.5)];
    const before = totalOf(all);
    const totals = [0.95, 0.8, 0.6, 0.4, 0.2].map((share) => totalOf(all, cheapestZeros(all, share * before)));
    for (const [i, total] of totals.entries()) if (i > 0) expect(total).toBeLessThan(totals[i - 1]);
  });

  it('loses less for the same bits than pruning the smallest weights, where some places cost more', () => {
    for (const seed of [1, 2, 3]) {
      const kernel = kernelOf(seed, [60, 24], 0.6);
      // Every other block of columns is nearly empty, as the columns of weak units are.
      for (const values of [kernel.values, kernel.levels]) {
        for (let i = 0; i < values.length; i++) if ((i % 24) % 8 > 3 && random(seed, i, 2) < 0.9) values[i] = 0;
      }
      const most = 0.8 * totalOf([kernel]);
      const zeros = cheapestZeros([kernel], most)[0];
      const errorOf = (gone: Uint8Array) => kernel.values.reduce((sum, value, i) => sum + gone[i] * value ** 2, 0);
      const order = [...kernel.values.keys()].sort((a, b) => Math.abs(kernel.values[a]) - Math.abs(kernel.values[b]));
      const smallest = new Uint8Array(kernel.values.length);
      for (let n = 0; totalOf([kernel], [smallest]) > 1.005 * most; n += 8) {
        for (const i of order.slice(n, n + 8)) smallest[i] = 1;
      }
      expect(errorOf(zeros)).toBeLessThan(0.95 * errorOf(smallest));
    }
  });
});
