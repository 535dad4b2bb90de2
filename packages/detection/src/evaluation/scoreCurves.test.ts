import type { Box } from '@tfjs-compress/math/internal';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateVoc } from './evaluateVoc.js';
import { scoreCurves } from './scoreCurves.js';
import { scoreCurvesSvg } from './scoreCurvesSvg.js';

const at = (x: number): Box => [x, 0, x + 9, 9];
const object = (x: number, name = 'a') => ({ box: at(x), class: name });
const detection = (x: number, score: number, name = 'a') => ({ ...object(x, name), score });

describe('scoreCurves', () => {
  it('by hand: right, wrong, right, one object missed', () => {
    const found = [[detection(0, 0.9), detection(50, 0.8), detection(100, 0.6)]];
    const { all, classes } = scoreCurves(found, [[object(0), object(100), object(200)]]);
    expect(all.points.map(({ precision, recall }) => [precision, recall])).toEqual([
      [1, 1 / 3],
      [1 / 2, 1 / 3],
      [2 / 3, 2 / 3],
    ]);
    all.points.forEach(({ threshold }, i) => {
      expect(threshold).toBeCloseTo([0.85, 0.7, 0.3][i], 9);
    });
    expect(all.best).toEqual(all.points[2]);
    expect(classes).toEqual({ a: all });
  });

  it('a threshold keeps exactly what its point says', () => {
    const place = fc.nat(30).map((x) => 7 * x);
    const name = fc.constantFrom('a', 'b');
    const score = fc.integer({ min: 1, max: 20 }).map((tick) => tick / 20);
    const objects = fc.array(fc.tuple(place, name), { minLength: 1, maxLength: 8 });
    const detections = fc.array(fc.tuple(place, score, name), { maxLength: 12 });
    fc.assert(
      fc.property(objects, detections, (given, found) => {
        const truth = [given.map(([x, of]) => object(x, of))];
        const all = [found.map(([x, value, of]) => detection(x, value, of))];
        const curves = scoreCurves(all, truth, { classes: ['a', 'b'] });
        for (const of of ['a', 'b']) {
          for (const { threshold, precision, recall, f1 } of curves.classes[of].points) {
            const kept = [all[0].filter((each) => each.score > threshold)];
            const [result] = evaluateVoc(kept, truth, { classes: [of] }).classes;
            expect(result.precision.at(-1)).toBeCloseTo(precision, 9);
            expect(result.recall.at(-1)).toBeCloseTo(recall, 9);
            const sum = precision + recall;
            expect(f1).toBeCloseTo(sum === 0 ? 0 : (2 * precision * recall) / sum, 9);
          }
        }
      }),
    );
  });

  it('has no best point without objects, and names options', () => {
    expect(scoreCurves([[detection(0, 1)]], [[]], { classes: ['a'] }).all).toEqual({
      points: [],
      best: undefined,
      objects: 0,
    });
    expect(() => scoreCurves([], [], { iou: 1 } as never)).toThrow("scoreCurves has no option 'iou'");
  });

  it('scoreCurvesSvg draws the three figures and names the best', () => {
    const svg = scoreCurvesSvg(scoreCurves([[detection(0, 0.9)]], [[object(0)]]).all);
    expect(svg.match(/<polyline/g)?.length).toBe(3);
    expect(svg).toContain('F1 1.000 at 0.45');
    expect(svg).toContain('<title>Precision, recall and F1 over the score threshold</title>');
    expect(() => scoreCurvesSvg(scoreCurves([[]], [[]]) as never)).toThrow("curve: expected scoreCurves()'s all");
  });
});
