import type { Box } from '@tfjs-compress/math/internal';
import { expect, it } from 'vitest';
import { recallOfProposals } from './recallOfProposals.js';

it('recallOfProposals counts objects covered by the first k', () => {
  const box = (x: number): { box: Box } => ({ box: [x, 0, x + 10, 10] });
  const truth = [
    [
      { ...box(0), class: 'a' },
      { ...box(50), class: 'b' },
    ],
    [
      { ...box(9), class: 'a', difficult: true },
      { ...box(70), class: 'a', crowd: true },
    ],
  ];
  const proposals = [[box(90), box(1), box(2), box(50)], []];
  expect(recallOfProposals(proposals, truth, [1, 2, 4])).toEqual([0, 0.5, 1]);
  expect(recallOfProposals(proposals, truth, [4], 0.95)).toEqual([0.5]);
  expect(() => recallOfProposals(proposals, truth, [0.5])).toThrow('counts: expected integers ≥ 1, received [0.5].');
  expect(() => recallOfProposals(proposals, truth, [4], 50)).toThrow('iouThreshold: expected a number from 0');
  expect(() => recallOfProposals([[]], truth, [4])).toThrow('proposals: expected a list for each image (2)');
});
