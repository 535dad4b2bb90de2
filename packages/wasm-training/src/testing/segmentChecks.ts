import fc from 'fast-check';
import { expectLikeCpu, randoms, size } from './compareWithCpu.js';

/** Rows of shape `tail` with these ids, summed into `count` segments. */
export interface Segments {
  ids: number[];
  tail: number[];
  count: number;
}

export const segmentCases: Segments[] = [
  { ids: [2, 0, 2, -1, 5, 1], tail: [3], count: 4 },
  { ids: [0, 0, 0], tail: [], count: 1 },
  { ids: [3, 1], tail: [2, 5, 1], count: 6 },
];

export const arbitrarySegments: fc.Arbitrary<Segments> = fc.record({
  ids: fc.array(fc.integer({ min: -2, max: 12 }), { minLength: 1, maxLength: 40 }),
  tail: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }),
  count: fc.integer({ min: 1, max: 10 }),
});

export async function checkSegments(
  { ids, tail, count }: Segments,
  dtype: 'float32' | 'int32' = 'float32',
): Promise<void> {
  const shape = [ids.length, ...tail];
  const values = randoms(size(shape), 1);
  const x = { shape, dtype, values: dtype === 'int32' ? Int32Array.from(values, (value) => 100 * value) : values };
  const segmentIds = { shape: [ids.length], values: Int32Array.from(ids), dtype: 'int32' as const };
  await expectLikeCpu('UnsortedSegmentSum', { x, segmentIds }, { numSegments: count });
}
