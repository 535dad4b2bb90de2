import { describe, expect, it } from 'vitest';
import { codebookOf } from './codebook.js';
import { roundToPowerOfTwo } from './levels.js';
import { random } from './random.js';
import { weightBits } from './weightBits.js';

const size = (shape: number[]) => shape.reduce((product, each) => product * each, 1);
const sparse = (shape: number[], density: number) => {
  const values = Float32Array.from({ length: size(shape) }, (_, i) =>
    random(5, i, 0) < density ? 2 * random(5, i, 1) - 1 : 0,
  );
  return roundToPowerOfTwo(values, codebookOf(values, 4));
};

describe('weightBits', () => {
  it('gives what a weight saves, as counting again without it does, to within its influence on the others', () => {
    const shape = [40, 12];
    const values = sparse(shape, 0.2);
    const { total, saved } = weightBits(values, shape, 2);
    let [sum, recounted] = [0, 0];
    for (let at = 0; at < values.length; at++) {
      if (values[at] === 0) {
        expect(saved[at]).toBe(0);
        continue;
      }
      const without = values.slice();
      without[at] = 0;
      sum += saved[at];
      recounted += total - weightBits(without, shape, 2).total;
    }
    expect(sum / recounted).toBeGreaterThan(0.85);
    expect(sum / recounted).toBeLessThan(1.15);
  });

  it('costs more for a weight in a place of its own than beside others, and for a rare level', () => {
    const rows = Array.from({ length: 16 }, () => [0.5, 0.5, 0, 0, 0, 0, 0, 0]);
    rows[7][6] = 0.5;
    rows[9][0] = 0.25;
    const { saved } = weightBits(Float32Array.from(rows.flat()), [16, 8]);
    expect(saved[7 * 8 + 6]).toBeGreaterThan(saved[7 * 8]);
    expect(saved[9 * 8]).toBeGreaterThan(saved[8 * 8]);
  });

  it('is nothing, nearly, for a kernel of zeros, and exists for kernels of one column or row', () => {
    expect(weightBits(new Float32Array(64), [8, 8]).total).toBeLessThan(8);
    for (const shape of [[9], [9, 1], [1, 9], [1, 1, 1, 9], [3, 3, 1, 1], [1]]) {
      const { total, saved } = weightBits(sparse(shape, 1), shape);
      expect(Number.isFinite(total) && saved.every(Number.isFinite)).toBe(true);
    }
  });
});
