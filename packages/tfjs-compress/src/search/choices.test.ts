import { codebookOf, FREE, PRUNED, pruneToSparsity, roundToPowerOfTwo, weightFigures } from '@tfjs-compress/math';
import { expect, it } from 'vitest';
import { estimatesOf } from './choices.js';
import { normalValues } from './testing.js';

const values = normalValues(600, 3);

it('estimates what pruning and rounding make of a kernel', () => {
  const energy = values.reduce((sum, value) => sum + value ** 2, 0);
  for (const { sparsity, bits, nonZeros, distortion, sizeBytes } of estimatesOf(values)) {
    const states = new Uint8Array(values.length).fill(FREE);
    pruneToSparsity(values, states, sparsity);
    const pruned = values.map((value, i) => (states[i] === PRUNED ? 0 : value));
    const result = bits === 32 ? pruned : roundToPowerOfTwo(pruned, codebookOf(pruned, bits, undefined, 'leastError'));
    const error = values.reduce((sum, value, i) => sum + (value - result[i]) ** 2, 0) / energy;
    expect(distortion).toBeCloseTo(-Math.log(Math.max(1 - error, 1e-6)), 4);
    const figures = weightFigures(result);
    expect(nonZeros).toBe(figures.nonZeros);
    // The estimate knows that signs cost a bit; the entropy of single values nearly says
    // the same.
    if (bits < 32) expect(Math.abs(sizeBytes + 4 * figures.levels - figures.packedBytes)).toBeLessThan(8);
  }
});

it('has choices from all weights down to four of them, each smaller and worse than the one before', () => {
  const of5 = estimatesOf(values).filter(({ bits }) => bits === 5);
  expect(of5[of5.length - 1].sparsity).toBe(0);
  expect(Math.round((1 - of5[0].sparsity) * values.length)).toBeLessThanOrEqual(5);
  for (let i = 1; i < of5.length; i++) {
    expect(of5[i].distortion).toBeLessThanOrEqual(of5[i - 1].distortion + 1e-9);
    expect(of5[i].nonZeros).toBeGreaterThanOrEqual(of5[i - 1].nonZeros);
  }
});

it('knows kernels that are 0 and kernels of one weight', () => {
  for (const each of [new Float32Array(20), Float32Array.of(0.5)]) {
    for (const { distortion, sizeBytes } of estimatesOf(each)) {
      expect(Number.isFinite(distortion) && Number.isFinite(sizeBytes)).toBe(true);
    }
  }
});
