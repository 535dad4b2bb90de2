import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBoxes } from './boxes.js';
import { gridBoxes, gridIntervals } from './gridBoxes.js';

describe('gridBoxes', () => {
  it('centres boxes on cells and cuts them to the image', () => {
    const boxes = fromBoxes(gridBoxes({ width: 32, height: 16, stride: 16, scales: [8, 64], ratios: [1] }));
    expect(boxes).toEqual([
      [4, 4, 12, 12],
      [0, 0, 32, 16],
      [20, 4, 28, 12],
      [0, 0, 32, 16],
    ]);
  });

  it('ratios keep the area', () => {
    const [x1, y1, x2, y2] = gridBoxes({ width: 100, height: 100, stride: 100, scales: [20], ratios: [4] });
    expect([x2 - x1, y2 - y1]).toEqual([10, 40]);
  });

  it('moves the last centre to the edge where the stride does not divide the image', () => {
    const boxes = fromBoxes(gridBoxes({ width: 20, height: 20, stride: 16, scales: [4], ratios: [1] }));
    expect(boxes).toEqual([
      [6, 6, 10, 10],
      [18, 6, 20, 10],
      [6, 18, 10, 20],
      [18, 18, 20, 20],
    ]);
    const side = fc.integer({ min: 1, max: 90 });
    fc.assert(
      fc.property(side, side, side, (width, height, stride) => {
        for (const [x1, y1, x2, y2] of fromBoxes(gridBoxes({ width, height, stride, scales: [7], ratios: [1] }))) {
          expect(x1 >= 0 && y1 >= 0 && x2 <= width && y2 <= height && x2 > x1 && y2 > y1).toBe(true);
        }
      }),
    );
  });

  it('names what makes no grid', () => {
    const grid = { width: 32, height: 16, stride: 16, scales: [8], ratios: [1] };
    expect(() => gridBoxes({ ...grid, scales: [] })).toThrow('scales: expected positive numbers, at least one');
    expect(() => gridBoxes({ ...grid, stride: 0 })).toThrow('stride: expected a positive number, received 0.');
    expect(() => gridBoxes({ ...grid, scale: [8] } as never)).toThrow("gridBoxes has no option 'scale'. Did you mean");
  });

  it('is made of intervals', () => {
    const grid = gridIntervals({ width: 32, height: 16, stride: 16, scales: [8, 64], ratios: [1] });
    expect(grid).toMatchObject({ shapes: 2, columns: 2, rows: 1 });
    expect([...grid.x]).toEqual([4, 12, 20, 28, 0, 32, 0, 32]);
    expect([...grid.y]).toEqual([4, 12, 0, 16]);
  });
});
