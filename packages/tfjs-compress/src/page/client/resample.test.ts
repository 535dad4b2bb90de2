import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { centerByMass } from './centerByMass.js';
import { fill, type Plane } from './resample.js';

const planes = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }))
  .chain(([height, width]) =>
    fc
      .array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: height * width, maxLength: height * width })
      .map((values): Plane => ({ values: Float32Array.from(values), height, width })),
  );
const size = fc.integer({ min: 1, max: 40 });

function plane(height: number, width: number, valueAt: (y: number, x: number) => number): Plane {
  const values = Float32Array.from({ length: height * width }, (_, i) => valueAt(Math.floor(i / width), i % width));
  return { values, height, width };
}

/** Center of mass, in pixels from 0 to size - 1, and the box of what is bright. */
function measure(values: Float32Array, width: number) {
  let [mass, x, y] = [0, 0, 0];
  const [xs, ys]: number[][] = [[], []];
  values.forEach((value, i) => {
    mass += value;
    x += value * (i % width);
    y += value * Math.floor(i / width);
    if (value < 0.5) return;
    xs.push(i % width);
    ys.push(Math.floor(i / width));
  });
  const extent = (each: number[]) => Math.max(...each) - Math.min(...each) + 1;
  return { x: x / mass, y: y / mass, width: extent(xs), height: extent(ys) };
}

describe('fill', () => {
  it('leaves an image of the same size as it is', () => {
    fc.assert(
      fc.property(planes, (image) => {
        expect(fill(image, image)).toEqual(image.values);
      }),
    );
  });

  it('keeps an even image even, and never leaves the range of the values', () => {
    fc.assert(
      fc.property(planes, size, size, (image, height, width) => {
        const even = fill({ ...image, values: image.values.map(() => 0.5) }, { height, width });
        expect(even.length).toBe(height * width);
        expect(Math.max(...even.map((value) => Math.abs(value - 0.5)))).toBeLessThan(1e-5);
        const filled = fill(image, { height, width });
        expect(Math.min(...filled)).toBeGreaterThan(Math.min(...image.values) - 1e-6);
        expect(Math.max(...filled)).toBeLessThan(Math.max(...image.values) + 1e-6);
      }),
    );
  });

  it('averages where it shrinks: a checkerboard becomes gray', () => {
    const board = plane(280, 280, (y, x) => (x + y) % 2);
    const grays = fill(board, { height: 28, width: 28 });
    expect(Math.max(...grays.map((value) => Math.abs(value - 0.5)))).toBeLessThan(0.01);
  });

  it('takes the middle of an image of other proportions', () => {
    const wide = plane(10, 30, (_, x) => (x < 10 ? 0 : x < 20 ? 0.5 : 1));
    const square = fill(wide, { height: 10, width: 10 });
    expect(square).toEqual(new Float32Array(100).fill(0.5));
  });
});

describe('centerByMass', () => {
  const digit = { height: 28, width: 28 };

  it('fits ink into 20 of 28 pixels with its center of mass at pixel 14, wherever it was and however large', () => {
    const corner = fc.integer({ min: 0, max: 100 });
    const side = fc.integer({ min: 30, max: 180 });
    fc.assert(
      fc.property(corner, corner, side, side, (top, left, height, width) => {
        const ink = plane(280, 280, (y, x) => Number(y >= top && y < top + height && x >= left && x < left + width));
        const measured = measure(centerByMass(ink, digit), 28);
        expect(measured.x).toBeCloseTo(14, 1);
        expect(measured.y).toBeCloseTo(14, 1);
        // Of the sizes whole pixels above one half are counted.
        const scale = 20 / Math.max(height, width);
        expect(Math.abs(measured.width - scale * width)).toBeLessThanOrEqual(1.5);
        expect(Math.abs(measured.height - scale * height)).toBeLessThanOrEqual(1.5);
      }),
      { numRuns: 40 },
    );
  });

  it('leaves an empty image black, and faint noise does not count as ink', () => {
    expect(
      centerByMass(
        plane(280, 280, () => 0),
        digit,
      ),
    ).toEqual(new Float32Array(784));
    const noisy = plane(280, 280, (y, x) => (y > 100 && y < 180 && x > 60 && x < 140 ? 1 : 0.05 * ((x + y) % 2)));
    expect(measure(centerByMass(noisy, digit), 28).width).toBeGreaterThanOrEqual(19);
  });
});
