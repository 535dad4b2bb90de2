import { describe, expect, it } from 'vitest';
import { fromBoxes } from './boxes.js';
import { gridBoxes, gridIntervals } from './gridBoxes.js';

describe('gridBoxes', () => {
  it('centres boxes on cells and cuts them to the picture', () => {
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

  it('is made of intervals', () => {
    const grid = gridIntervals({ width: 32, height: 16, stride: 16, scales: [8, 64], ratios: [1] });
    expect(grid).toMatchObject({ shapes: 2, columns: 2, rows: 1 });
    expect([...grid.x]).toEqual([4, 12, 20, 28, 0, 32, 0, 32]);
    expect([...grid.y]).toEqual([4, 12, 0, 16]);
  });
});
