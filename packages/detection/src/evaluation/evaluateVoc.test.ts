import { readFileSync } from 'node:fs';
import type { Box } from '@tfjs-compress/math/internal';
import { describe, expect, it } from 'vitest';
import { averagePrecision, evaluateVoc } from './evaluateVoc.js';

const fixture = JSON.parse(readFileSync(new URL('../../fixtures/voc.json', import.meta.url), 'utf8'));

const object = (box: Box, difficult = false) => ({ box, class: 'cell', difficult });
const detection = (box: Box, score: number) => ({ box, class: 'cell', score });
const at = (x: number): Box => [x, 0, x + 9, 9];

describe('evaluateVoc', () => {
  it('gives what the reference gives, difficult objects included', () => {
    for (const { map, ap, ...options } of fixture.expected) {
      const result = evaluateVoc(fixture.detections, fixture.truth, options);
      expect(result.map).toBeCloseTo(map, 9);
      for (const each of result.classes) expect(each.ap).toBeCloseTo(ap[each.class], 9);
    }
  });

  it('averagePrecision by hand', () => {
    expect(averagePrecision([0.5, 0.5, 1], [1, 0.5, 0.6])).toBeCloseTo(0.5 + 0.5 * 0.6, 9);
    // Recalls 0 … .5 → 1, .6 … 1 → .6.
    expect(averagePrecision([0.5, 0.5, 1], [1, 0.5, 0.6], 2007)).toBeCloseTo((6 + 5 * 0.6) / 11, 9);
    expect(averagePrecision([], [])).toBe(0);
  });

  it('by hand: right, wrong, right, again the first, one object missed', () => {
    const truth = [[object(at(0)), object(at(100)), object(at(200))]];
    const found = [[detection(at(0), 0.9), detection(at(50), 0.8), detection(at(100), 0.7), detection(at(0), 0.6)]];
    const { map, classes } = evaluateVoc(found, truth);
    expect(classes[0].precision).toEqual([1, 1 / 2, 2 / 3, 2 / 4]);
    expect(classes[0].recall).toEqual([1 / 3, 1 / 3, 2 / 3, 2 / 3]);
    expect(map).toBeCloseTo(1 / 3 + (1 / 3) * (2 / 3), 9);
    // Recalls 0, .1, .2, .3 → 1; .4, .5, .6 → 2/3; above → 0.
    expect(evaluateVoc(found, truth, { year: 2007 }).map).toBeCloseTo((4 + 3 * (2 / 3)) / 11, 9);
  });

  it('widths include the last pixel, and exactly 0.5 is not enough', () => {
    // 10 × 10 pixels against 5 × 10: overlap 0.5 exactly. Without the last pixel it would
    // be 4 · 9 / 81 = 0.44.
    expect(evaluateVoc([[detection([0, 0, 4, 9], 1)]], [[object(at(0))]]).map).toBe(0);
    expect(evaluateVoc([[detection([0, 0, 5, 9], 1)]], [[object(at(0))]]).map).toBe(1);
    const half = evaluateVoc([[detection([0, 0, 4, 9], 1)]], [[object(at(0))]], { iouThreshold: 0.49 });
    expect(half.map).toBe(1);
  });

  it('compares with the object of most overlap even where that is taken', () => {
    const truth = [[object([0, 0, 9, 9]), object([3, 0, 12, 9])]];
    const found = [[detection([0, 0, 9, 9], 0.9), detection([1, 0, 10, 9], 0.8)]];
    // The second overlaps the free object by 8/12 = .67, but the taken one by 9/11.
    expect(evaluateVoc(found, truth).classes[0].precision).toEqual([1, 0.5]);
  });

  it('a crowd need not be found, and what lies in it counts neither way', () => {
    const truth = [[object(at(0)), { ...object([100, 0, 200, 100]), crowd: true }]];
    const found = [[detection(at(0), 0.9), detection([120, 10, 130, 20], 0.95), detection([110, 0, 210, 100], 0.94)]];
    const { classes, map } = evaluateVoc(found, truth);
    expect([map, classes[0].objects, classes[0].scores]).toEqual([1, 1, [0.95, 0.94, 0.9]]);
    expect(evaluateVoc([[...found[0], detection([300, 0, 310, 9], 0.99)]], truth).map).toBe(0.5);
  });

  it('names options and figures that make no sense', () => {
    const run = (options: object) => () => evaluateVoc([[detection(at(0), 1)]], [[object(at(0))]], options);
    expect(run({ iou: 0.75 })).toThrow("evaluateVoc has no option 'iou'. Did you mean 'iouThreshold'?");
    expect(run({ iouThreshold: 50 })).toThrow('iouThreshold: expected a number from 0 to below 1, received 50.');
    expect(run({ year: '2007' })).toThrow('year: expected an integer ≥ 2005');
    expect(run({ classes: 'cell' })).toThrow('classes: expected names, at least one');
    expect(run({ iouThreshold: undefined, year: undefined, classes: undefined })().map).toBe(1);
    expect(() => evaluateVoc([[detection(at(0), Number.NaN)]], [[]])).toThrow(
      'detections[0]: expected scores that are numbers, received NaN.',
    );
    expect(() => evaluateVoc([], [[]])).toThrow('detections: expected a list for each image (1), received 0.');
    expect(() => evaluateVoc(undefined as never, [[]])).toThrow('detections: expected a list for each image (1)');
    expect(() => evaluateVoc([[]], [[object([0, 0, Number.NaN, 1])]])).toThrow('truth[0]: expected boxes of four');
  });

  it('difficult objects count neither way', () => {
    const truth = [[object(at(0), true), object(at(100))]];
    const { classes, map } = evaluateVoc([[detection(at(0), 0.9), detection(at(100), 0.8)]], truth);
    expect(classes[0].objects).toBe(1);
    expect(map).toBe(1);
  });

  it('a class without objects has no AP and does not enter the mean', () => {
    const { classes, map } = evaluateVoc([[detection(at(0), 1)]], [[object(at(0))]], { classes: ['cell', 'none'] });
    expect(classes[1].ap).toBeNaN();
    expect(map).toBe(1);
  });
});
