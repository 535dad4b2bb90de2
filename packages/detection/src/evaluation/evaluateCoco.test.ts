import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CocoResult, evaluateCoco } from './evaluateCoco.js';

const fixture = JSON.parse(readFileSync(new URL('../../fixtures/coco.json', import.meta.url), 'utf8'));

describe('evaluateCoco', () => {
  it('gives what the reference gives, crowds, areas and ties included', () => {
    const result = evaluateCoco(fixture.detections, fixture.truth);
    for (const key of Object.keys(fixture.expected) as (keyof CocoResult)[]) {
      expect(result[key], key).toBeCloseTo(fixture.expected[key], 9);
    }
    for (const name of ['a', 'b', 'c']) expect(result.perClass[name]).toBeCloseTo(fixture.perClass[name], 9);
  });

  it('difficult objects and crowds count neither way', () => {
    const box = (x: number): [number, number, number, number] => [x, 0, x + 50, 50];
    const truth = [
      [
        { box: box(0), class: 'a' },
        { box: box(100), class: 'a', difficult: true },
        { box: box(200), class: 'a', crowd: true },
      ],
    ];
    const found = [0, 100, 200].map((x, i) => ({ box: box(x), class: 'a', score: 0.5 + 0.1 * i }));
    expect(evaluateCoco([found], truth).ap).toBeCloseTo(1, 9);
    expect(evaluateCoco([found.slice(0, 1)], truth).ap).toBeCloseTo(1, 9);
    // A difficult object takes one detection; the second is wrong, and ranks first.
    expect(evaluateCoco([[...found, { ...found[1], score: 0.9 }]], truth).ap).toBeCloseTo(0.5, 9);
  });

  it('names an option that there is not', () => {
    expect(() => evaluateCoco([], [], { clases: [] } as never)).toThrow("evaluateCoco has no option 'clases'");
  });

  it('is 1 for the truth itself and −1 for what is not there', () => {
    const truth = [[{ box: [0, 0, 50, 50] as [number, number, number, number], class: 'a' }]];
    const result = evaluateCoco([[{ ...truth[0][0], score: 1 }]], truth);
    expect([result.ap, result.ar1, result.apMedium]).toEqual([1, 1, 1].map((v) => expect.closeTo(v, 9)));
    expect([result.apSmall, result.arLarge]).toEqual([-1, -1]);
  });
});
