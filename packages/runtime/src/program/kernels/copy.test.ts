import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Op from '../Op.js';
import { f, Kernels, numbers } from './testing/kernels.js';

/** The offsets of all elements, in numbers, by sizes and strides. */
function places(sizes: number[], strides: number[]): number[] {
  return sizes.reduce(
    (all, size, d) => all.flatMap((base) => Array.from({ length: size }, (_, i) => base + i * strides[d])),
    [0],
  );
}

/**
 * Strides of contiguous dimensions in the order `order` (the last one adjacent), each
 * with `gap` more.
 */
function stridesOf(sizes: number[], order: number[], gaps: number[]): number[] {
  const strides: number[] = [];
  let step = 1;
  for (const d of [...order].reverse()) {
    strides[d] = step;
    step *= sizes[d] + gaps[d];
  }
  return strides;
}

const shapes = fc.integer({ min: 0, max: 4 }).chain((rank) => {
  const indexes = Array.from({ length: rank }, (_, i) => i);
  const order = fc.shuffledSubarray(indexes, { minLength: rank, maxLength: rank });
  const each = (max: number, min = 0) => fc.array(fc.integer({ min, max }), { minLength: rank, maxLength: rank });
  return fc.record({
    sizes: fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 6, max: rank > 2 ? 9 : 90 })), {
      minLength: rank,
      maxLength: rank,
    }),
    orders: fc.tuple(order, order),
    gaps: fc.tuple(each(1), each(1)),
    signs: fc.tuple(each(1), each(1)),
    seed: fc.nat(),
  });
});

describe('copy', () => {
  it('goes from any strides to any others', () => {
    fc.assert(
      fc.property(shapes, ({ sizes, orders, gaps, signs, seed }) => {
        const kernels = new Kernels(4);
        const sides = [0, 1].map((side) => {
          const strides = stridesOf(sizes, orders[side], gaps[side]);
          const room = sizes.reduce((product, size, d) => product * (size + gaps[side][d]), 1);
          // A negative stride begins at the end.
          let start = 0;
          sizes.forEach((size, d) => {
            if (signs[side][d] === 0 || size === 0) return;
            start += (size - 1) * strides[d];
            strides[d] = -strides[d];
          });
          return { strides, room, start };
        });
        const [from, to] = sides;
        const values = numbers(from.room, seed);
        const source = kernels.input(values);
        const target = kernels.output(to.room);
        const expected = kernels.read(target, to.room);
        const sources = places(sizes, from.strides);
        places(sizes, to.strides).forEach((place, i) => {
          expected[to.start + place] = values[from.start + sources[i]];
        });
        kernels.perform([
          Op.copy,
          ...[source + 4 * from.start, target + 4 * to.start, 0, 0, sizes.length],
          ...sizes.flatMap((size, d) => [size, 4 * from.strides[d], 4 * to.strides[d]]),
        ]);
        expect(kernels.read(target, to.room)).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });

  it('repeats what has a stride of 0, and takes every second', () => {
    const kernels = new Kernels();
    const x = kernels.input([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    const y = kernels.output(12);
    const z = kernels.output(6);
    kernels.perform([Op.copy, x, y, 0, 0, 2, 3, 4, 16, 4, 0, 4], [Op.copy, x, z, 0, 0, 1, 6, 8, 4]);
    expect(kernels.read(y, 12)).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
    expect(kernels.read(z, 6)).toEqual([1, 3, 5, 7, 9, 11]);
  });

  it('steps in a loop, backwards too; a loop of no rounds does nothing', () => {
    const kernels = new Kernels();
    const x = kernels.input([1, 2, 3, 4, 5, 6]);
    const y = kernels.output([0, 0, 0, 0, 0, 0]);
    const copy: [number, ...number[]] = [Op.copy, x, y + 16, 8, -8, 1, 2, 4, 4];
    const other: [number, ...number[]] = [Op.copy, x, y, 0, 0, 1, 1, 4, 4];
    kernels.perform([Op.loop, 3, 10], copy, [Op.loop, 0, 10], other);
    expect(kernels.read(y, 6)).toEqual([5, 6, 3, 4, 1, 2]);
    kernels.perform([Op.loop, 0, 10], copy, other);
    expect(kernels.read(y, 6)).toEqual([1, 6, 3, 4, 1, 2]);
  });
});

describe('fill', () => {
  it('sets all', () => {
    for (const count of [0, 1, 3, 4, 5, 8, 17]) {
      const kernels = new Kernels();
      const y = kernels.output(count);
      kernels.perform([Op.fill, y, count, f(2.5)]);
      expect(kernels.read(y, count)).toEqual(new Array(count).fill(2.5));
    }
  });
});
