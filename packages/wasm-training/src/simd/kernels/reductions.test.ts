import fc from 'fast-check';
import { beforeAll, describe, it } from 'vitest';
import { expectLikeCpu } from '../../testing/compareWithCpu.js';
import { arbitrarySegments, checkSegments, segmentCases } from '../../testing/segmentChecks.js';
import { useSimd } from '../../testing/useKernel.js';
import * as reductions from './reductions.js';

async function check(shape: number[], axis: number[], keepDims: boolean) {
  await expectLikeCpu('Sum', { x: { shape } }, { axis, keepDims });
  await expectLikeCpu('Mean', { x: { shape } }, { axis, keepDims });
}

describe('sums of rows', () => {
  beforeAll(() => {
    useSimd('Sum', reductions.sum);
    useSimd('Mean', reductions.mean);
    useSimd('UnsortedSegmentSum', reductions.unsortedSegmentSum);
  });

  it('Sum and Mean over the first axes are like the cpu backend’s', async () => {
    await check([3, 4, 5, 23], [0, 1, 2], false);
    await check([3, 4, 5, 23], [2, 0, 1], true);
    await check([700, 20], [0], false);
    await check([2, 3, 4], [-3], true);
    await check([1, 1], [0], false);
  });

  it('Sum and Mean are like the cpu backend’s for random shapes', async () => {
    const shapes = fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 40 }));
    await fc.assert(
      fc.asyncProperty(shapes, fc.boolean(), (shape, keepDims) => check(shape, [0], keepDims)),
      { numRuns: 40 },
    );
  });

  it.each(segmentCases)('UnsortedSegmentSum is like the cpu backend’s on %j', (segments) => checkSegments(segments));

  it('UnsortedSegmentSum is like the cpu backend’s on random ids', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrarySegments, (segments) => checkSegments(segments)),
      { numRuns: 40 },
    );
  });
});
