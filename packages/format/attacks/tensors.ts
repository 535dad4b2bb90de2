import { newestVersion } from '../src/codec/container.js';
import { bitsOf, noPlan, powerLevels, type TensorPlan } from '../src/codec/TensorPlan.js';
import { craft, craftWith } from '../src/testing/craft.js';
import type { Attack, Attacks } from './attack.js';
import { writeOneSymbol, writeRun } from './runs.js';

const count = 8000;

/** Thousands of tensors of `size` equal elements. */
function many(
  size: number,
  value: number,
  plan: Partial<TensorPlan>,
  tensors = count,
  version = newestVersion,
): Attack {
  const tensor = { data: new Int32Array(size).fill(value), shape: [size], plan: { ...noPlan, ...plan } };
  const weights = Array(tensors).fill(['', [size]]);
  return { file: () => craft({ weights }, Array(tensors).fill(tensor), undefined, version) };
}

/** All powers of two: a table of 1.5 million slots for a tensor of one element. */
const allPowers = powerLevels(0, 512);
const mixedPowers = { values: 'powers', exponent: 0, stride: 2, levels: allPowers } as const;

const mixedDense = { ...mixedPowers, positions: 'mixedDense' } as const;

const words = 2 ** 24;
const longRun = (weights: unknown[], write: typeof writeRun, weightBytes: number, ...lengths: number[]): Attack => ({
  file: () =>
    craftWith(
      { weights },
      (encoder, state) => {
        for (const length of lengths) write(encoder, state, length);
      },
      () => weightBytes,
    ),
});
const stored = { quantization: { dtype: 'uint8', min: 0, scale: 1 } };

/**
 * Tensors that take more to prepare for than to decode, and those that take nothing in
 * the file.
 */
export const tensors: Attacks = {
  'one element each, large tables of mixed contexts': many(1, allPowers[300], mixedDense, count, 1),
  'one zero each, large tables of mixed contexts': many(1, 0, { ...mixedPowers, positions: 'mixed' }, count, 1),
  'one element each, large tables of indices': many(1, allPowers[300], mixedDense),
  'one zero each, large tables of indices': many(1, 0, { ...mixedPowers, positions: 'mixed' }),
  'one element each, wide tables of symbols': many(1, bitsOf(0), { values: 'float', exponent: 255 }),
  'one element each, gaps and wide tables': many(1, 1 << 31, { positions: 'gaps', values: 'float', exponent: 255 }),
  'one element each, a few floats': many(1, 0, { positions: 'few', values: 'float', exponent: 255 }),
  'one element each, affine levels': many(1, 0, {
    positions: 'mixed',
    values: 'affine',
    stride: 2,
    affine: [0, bitsOf(1)],
  }),
  'just too large to be cleaned slot by slot': many(1600, allPowers[300], mixedDense, 300, 1),
  'no elements': { file: () => craft({ weights: Array(count).fill(['', [0]]) }) },
  'bytes in one run': longRun([['a', [4 * words], 'float32', stored]], writeRun, 4 * words, 4 * words),
  'bytes of one symbol': longRun([['a', [4 * words], 'bool']], writeOneSymbol, 4 * words, 1),
  'words in one run': longRun([['a', [words]]], writeRun, 4 * words, words),
  'words of one symbol': longRun([['a', [words]]], writeOneSymbol, 4 * words, 1),
  'words that are not aligned': longRun(
    [
      ['b', [1], 'bool'],
      ['a', [words - 1]],
    ],
    writeRun,
    4 * words - 3,
    1,
    words - 1,
  ),
};
