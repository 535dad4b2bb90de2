import { expect, it } from 'vitest';
import { fromBoxes, toBoxes } from './boxes.js';
import { meanOfViews, mirrorBoxes } from './views.js';

it('mirrorBoxes moves a box to the other side, and back', () => {
  const boxes = toBoxes([[1, 2, 4, 8]]);
  const moved = { horizontal: [6, 2, 9, 8], vertical: [1, 12, 4, 18], both: [6, 12, 9, 18] };
  for (const flip of ['horizontal', 'vertical', 'both'] as const) {
    const there = mirrorBoxes(boxes, flip, 10, 20);
    expect(fromBoxes(there)).toEqual([moved[flip]]);
    expect(mirrorBoxes(there, flip, 10, 20)).toEqual(boxes);
  }
  expect(mirrorBoxes(boxes, undefined, 10, 20)).toEqual(boxes);
});

it('meanOfViews is the mean of boxes and of scores', () => {
  const one = { boxes: toBoxes([[0, 0, 4, 4]]), scores: [0.25, 0.5] };
  const other = { boxes: toBoxes([[2, 0, 6, 8]]), scores: [0.75, 0] };
  const { boxes, scores } = meanOfViews([one, other]);
  expect(fromBoxes(boxes)).toEqual([[1, 0, 5, 6]]);
  expect([...scores]).toEqual([0.5, 0.25]);
});
