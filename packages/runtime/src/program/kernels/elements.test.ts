import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as binaryCodes from '../Binary.js';
import * as Op from '../Op.js';
import * as unaries from '../Unary.js';
import { expectClose, f, Kernels, numbers } from './testing/kernels.js';

const Unary = { ...unaries };
const Binary = { ...binaryCodes };

const binaries: Record<keyof typeof Binary, (x: number, z: number) => number> = {
  add: (x, z) => x + z,
  subtract: (x, z) => x - z,
  multiply: (x, z) => x * z,
  maximum: Math.max,
  minimum: Math.min,
  divide: (x, z) => x / z,
  prelu: (x, z) => (x >= 0 ? x : x * z),
};
const names = Object.keys(Binary) as (keyof typeof Binary)[];

describe('binary', () => {
  it.each(names)('%s', (name) => {
    for (let count = 0; count < 14; count++) {
      const kernels = new Kernels();
      const [a, b] = [numbers(count, 1), numbers(count, 2, 0)];
      const [x, z, y] = [kernels.input(a), kernels.output(b), kernels.output(count)];
      const expected = a.map((value, i) => Math.fround(binaries[name](value, b[i])));
      kernels.perform([Op.binary, Binary[name], x, z, y, count], [Op.binary, Binary[name], x, z, z, count]);
      expect(kernels.read(y, count).map((value) => value + 0)).toEqual(expected.map((value) => value + 0));
      expect(kernels.read(z, count)).toEqual(kernels.read(y, count));
    }
  });
});

describe('broadcast and select', () => {
  const shapes = fc.integer({ min: 0, max: 4 }).chain((rank) =>
    fc.record({
      sizes: fc.array(fc.integer({ min: 0, max: rank > 2 ? 6 : 23 }), { minLength: rank, maxLength: rank }),
      stays: fc.array(fc.boolean(), { minLength: 3 * rank, maxLength: 3 * rank }),
      gap: fc.nat({ max: 2 }),
      seed: fc.nat(),
    }),
  );

  /**
   * An operand that is broadcast along some dimensions: its strides and numbers, and its
   * value at indexes.
   */
  function operand(sizes: number[], stays: boolean[], seed: number) {
    const strides: number[] = [];
    let room = 1;
    for (let d = sizes.length - 1; d >= 0; d--) {
      strides[d] = stays[d] ? room : 0;
      if (stays[d]) room *= sizes[d];
    }
    const values = numbers(room, seed, 0.4);
    return {
      strides,
      values,
      at: (indexes: number[]) => values[indexes.reduce((sum, i, d) => sum + i * strides[d], 0)],
    };
  }

  function everyIndex(sizes: number[]): number[][] {
    return sizes.reduce<number[][]>(
      (all, size) => all.flatMap((indexes) => Array.from({ length: size }, (_, i) => [...indexes, i])),
      [[]],
    );
  }

  const check = (kinds: number) =>
    fc.assert(
      fc.property(shapes, fc.constantFrom(...names), ({ sizes, stays, gap, seed }, name) => {
        const kernels = new Kernels();
        const rank = sizes.length;
        const [x, z, mask] = [0, 1, 2].map((i) => operand(sizes, stays.slice(i * rank, (i + 1) * rank), seed + i));
        const pitched = sizes.map((size, d) => (d === rank - 1 ? size + gap : size));
        const y = operand(
          pitched,
          pitched.map(() => true),
          0,
        );
        const at = kernels.output(y.values.length);
        const expected = kernels.read(at, y.values.length);
        for (const indexes of everyIndex(sizes)) {
          const place = indexes.reduce((sum, i, d) => sum + i * y.strides[d], 0);
          const [a, b] = [x.at(indexes), z.at(indexes)];
          expected[place] = kinds ? Math.fround(binaries[name](a, b)) : mask.at(indexes) !== 0 ? a : b;
        }
        const operands = kinds ? [x, z] : [mask, x, z];
        kernels.perform([
          ...(kinds ? ([Op.broadcast, Binary[name]] as const) : ([Op.select] as const)),
          ...operands.map(({ values }) => kernels.input(values)),
          ...[at, rank],
          ...sizes.flatMap((size, d) => [size, ...[...operands, y].map(({ strides }) => 4 * strides[d])]),
        ]);
        expect(kernels.read(at, expected.length).map((value) => value + 0)).toEqual(expected.map((value) => value + 0));
      }),
      { numRuns: 300 },
    );

  it('broadcast: all kinds, any strides', () => check(1));
  it('select: by the mask', () => check(0));
});

describe('scale', () => {
  it('multiplies planes, adds to them and clamps', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 5 }),
        fc.nat({ max: 5 }),
        fc.nat({ max: 2 }),
        fc.boolean(),
        fc.constantFrom([-Infinity, Infinity], [0, 1]),
        (planes, vectors, gap, summed, limits) => {
          const kernels = new Kernels();
          const [count, pitch] = [4 * vectors, 4 * (vectors + gap)];
          const [x, factors, summands] = [numbers(planes * pitch, 1), numbers(planes, 2), numbers(planes, 3)];
          const y = kernels.output(planes * count);
          kernels.perform([
            Op.scale,
            ...[kernels.input(x), y, planes, vectors, 4 * pitch, 4 * count],
            ...[kernels.input(factors), summed ? kernels.input(summands) : 0, f(limits[0]), f(limits[1])],
          ]);
          const expected = Array.from({ length: planes * count }, (_, i) => {
            const plane = Math.floor(i / count);
            const value = x[plane * pitch + (i % count)] * factors[plane] + (summed ? summands[plane] : 0);
            return Math.min(Math.max(value, limits[0]), limits[1]);
          });
          expectClose(kernels.read(y, planes * count), expected, 4);
        },
      ),
    );
  });
});

describe('lstm', () => {
  it.each([
    ['sigmoid, tanh', [Unary.sigmoid, 0, 0], [Unary.tanh, 0, 0]],
    ['hardSigmoid, relu', [Unary.hardSigmoid, 0, 0], [Unary.clamp, 0, Infinity]],
  ])('%s', (_, recurrent, activation) => {
    const functions: Record<number, (x: number) => number> = {
      [Unary.sigmoid]: (x) => 1 / (1 + Math.exp(-x)),
      [Unary.hardSigmoid]: (x) => Math.min(Math.max(0.2 * x + 0.5, 0), 1),
      [Unary.tanh]: Math.tanh,
      [Unary.clamp]: (x) => Math.max(x, 0),
    };
    for (let count = 0; count < 11; count++) {
      const kernels = new Kernels();
      const [gates, cells] = [numbers(4 * count, 1), numbers(count, 2)];
      const [z, c, h] = [kernels.output(gates), kernels.output(cells), kernels.output(count)];
      const words = [recurrent, activation].flatMap(([kind, a, b]) => [kind, f(a), f(b)]);
      kernels.perform([Op.lstm, ...words, z, c, h, count]);
      const gate = (i: number, part: number, [kind]: number[]): number => functions[kind](gates[part * count + i]);
      const cell = cells.map((old, i) => gate(i, 1, recurrent) * old + gate(i, 0, recurrent) * gate(i, 2, activation));
      expectClose(kernels.read(c, count), cell);
      const hidden = cell.map((value, i) => gate(i, 3, recurrent) * functions[activation[0]](value));
      expectClose(kernels.read(h, count), hidden);
    }
  });
});
