import { noPlan, powerLevels } from '../src/codec/TensorPlan.js';
import { craft, craftWith } from '../src/testing/craft.js';
import type { Attack, Attacks } from './attack.js';
import { writeOneSymbol, writeRun } from './runs.js';

type Weight = [name: string, shape: unknown, dtype?: unknown, more?: unknown];

/**
 * A file that says it has `weightBytes` of these weights and goes on with runs of zeros
 * as long as they.
 */
function runs(weights: Weight[], lengths: number[], weightBytes: number): Attack['file'] {
  return () =>
    craftWith(
      { weights },
      (encoder, state) => {
        for (const length of lengths) writeRun(encoder, state, length);
      },
      () => weightBytes,
    );
}

const one = [
  {
    data: new Int32Array(1),
    shape: [1],
    plan: { ...noPlan, values: 'powers', exponent: 1, levels: powerLevels(1, 2) } as const,
  },
];
const single = (weight: Weight, weightBytes = 4): Attack => ({
  file: () => craft({ weights: [weight] }, one, weightBytes),
  refused: /./,
});
const big = 2 ** 28;

/** Sizes that do not add up, or only with negative ones and fractions among them. */
export const sizes: Attacks = {
  'a negative size beside a gigabyte': {
    file: () =>
      craftWith(
        {
          weights: [
            ['s', [1], 'string', { byteLength: 1 }],
            ['f', [big]],
            ['t', [1], 'string', { byteLength: -4 * big }],
          ],
        },
        (encoder, state) => {
          writeOneSymbol(encoder, state);
          writeOneSymbol(encoder, state);
        },
        () => 1,
      ),
    refused: /size of a weight/,
  },
  'a hundred million columns without a row': { file: () => craft({ weights: [['a', [0, 1e8]]] }) },
  'fractional sizes': {
    file: runs(
      [
        ['s', [1], 'string', { byteLength: 1.5 }],
        ['t', [1], 'string', { byteLength: 2.5 }],
      ],
      [1, 2],
      4,
    ),
    refused: /size of a weight/,
  },
  'a million strings in four bytes': single(['s', [1_000_000], 'string', { byteLength: 4 }]),
  'strings without end in no bytes': single(['s', [2 ** 52], 'string', { byteLength: 0 }], 0),
  'a string longer than the file': {
    file: () =>
      craft(
        { weights: [['s', [1], 'string', { byteLength: 4 }]] },
        [{ ...one[0], data: Int32Array.of(9, 0, 0, 0), plan: noPlan }],
        4,
      ),
  },
  'a size that is text': single(['s', [1], 'string', { byteLength: '4' }]),
  'no size': single(['s', [1], 'string']),
  'a size of null': single(['a', [null]]),
  'a size of 2^53': single(['a', [2 ** 53]], 2 ** 55),
  'sizes whose product is beyond all numbers': single(['a', [...Array(30).fill(2 ** 52), 0]]),
  'a dtype that every object has': single(['a', [1], 'toString']),
  'a quantization that every object has': single(['a', [1], 'float32', { quantization: { dtype: 'valueOf' } }]),
  'more than maxBytes': { file: runs([['a', [big]]], [big], 4 * big), refused: /more than maxBytes/ },
  'a shape that is changed afterwards': single(['a', [0], 'float32', { shape: [5] }]),
  'weights that the description brings along': {
    file: () => craft({ weightSpecs: [{ name: 'a', shape: [1e9], dtype: 'float32' }], weightData: {} }),
  },
  'the same name a thousand times': {
    file: () => craft({ weights: Array(1000).fill(['a', [1]]) }, Array(1000).fill(one[0])),
  },
};
