import { engine, ones, setBackend, tensor2d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { arbitrarySegments, checkSegments, segmentCases } from '../testing/segmentChecks.js';
import { useKernel } from '../testing/useKernel.js';
import { unsortedSegmentSum } from './unsortedSegmentSum.js';

describe('UnsortedSegmentSum, composed', () => {
  beforeAll(() => useKernel('UnsortedSegmentSum', unsortedSegmentSum));

  it.each([...segmentCases, { ids: [], tail: [3], count: 2 }])('is like the cpu backend’s on %j', (segments) =>
    checkSegments(segments),
  );

  it('takes integers', () => checkSegments({ ids: [3, 1, 1], tail: [2], count: 4 }, 'int32'));

  it('is like the cpu backend’s on random ids', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrarySegments, (segments) => checkSegments(segments)),
      { numRuns: 40 },
    );
  });

  it('says what segmentIds must be like', async () => {
    await setBackend('wasm');
    const inputs = { x: ones([2, 3]), segmentIds: tensor2d([[0], [1]], [2, 1], 'int32') };
    expect(() => engine().runKernel('UnsortedSegmentSum', inputs, { numSegments: 2 })).toThrow(
      'segmentIds: expected the shape [2], one id for each row of x, received [2,1].',
    );
  });
});
