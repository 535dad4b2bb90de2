import fc from 'fast-check';
import { expect, it } from 'vitest';
import { precisionRecallSvg } from './precisionRecallSvg.js';

it('precisionRecallSvg draws a line for each class and writes its name and AP, escaped', () => {
  const classes = [
    { class: 'a<b', ap: 0.5, precision: [1, 0.5], recall: [0.5, 1], objects: 2 },
    { class: 'none', ap: Number.NaN, precision: [], recall: [], objects: 0 },
  ];
  const svg = precisionRecallSvg(classes, { 'a<b': '#abcdef' });
  expect(svg).toContain('a&lt;b: AP 0.500');
  expect(svg).toContain('none: no objects');
  expect(svg).toContain('<polyline points="224.0,44.0 404.0,224.0" fill="none" stroke="#abcdef"');
  expect(svg.match(/<polyline/g)?.length).toBe(2);
  expect(() => precisionRecallSvg({ map: 0.5, classes } as never)).toThrow("classes: expected evaluateVoc()'s classes");
});

it('precisionRecallSvg names many classes beside the curves, none above another or outside', () => {
  const classes = Array.from({ length: 80 }, (_, i) => ({ class: `c${i}`, ap: 0.5, precision: [1], recall: [0.5] }));
  const svg = precisionRecallSvg(classes);
  const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg)!.map(Number);
  const places = [...svg.matchAll(/<text x="(\d+)" y="(-?\d+)" fill="([^"]+)">c/g)].map((match) => match.slice(1));
  expect(places.length).toBe(80);
  for (const [x, y] of places) expect(+x > 0 && +x < width - 100 && +y > 0 && +y < height).toBe(true);
  expect(new Set(places.map(([x, y]) => `${x} ${y}`)).size).toBe(80);
  expect(new Set(places.map(([, , color]) => color)).size).toBe(80);
});

it('a curve has no more points than corners, and goes where all its points are', () => {
  const step = fc.constantFrom([1, 0], [0, 1], [0, -1], [0, 0]);
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
      const walk = [[0, 18]];
      for (const [x, y] of steps) walk.push([walk.at(-1)![0] + x, walk.at(-1)![1] + y]);
      const at = (axis: number) => walk.map((place) => place[axis] / 36);
      const svg = precisionRecallSvg([{ class: 'a', ap: 1, recall: at(0), precision: at(1) }]);
      const drawn = /points="([^"]*)"/
        .exec(svg)![1]
        .split(' ')
        .map((point) => point.split(',').map(Number));
      const pixels = walk.map(([x, y]) => [44 + 10 * x, 404 - 10 * y]);
      expect(passed(drawn)).toEqual(passed(pixels));
      const turns = steps
        .filter((each) => `${each}` !== '0,0')
        .filter((each, i, moved) => `${each}` !== `${moved[i - 1]}`);
      expect(drawn.length).toBe(1 + turns.length);
    }),
  );
});

/** Every tenth pixel of a line along the axes, in order. */
function passed(points: number[][]): string[] {
  const places = [`${points[0]}`];
  let [x, y] = points[0];
  for (const [toX, toY] of points)
    while (x !== toX || y !== toY) {
      x += 10 * Math.sign(toX - x);
      y += 10 * Math.sign(toY - y);
      places.push(`${x},${y}`);
    }
  return places;
}
