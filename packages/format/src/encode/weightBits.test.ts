import { random, weightBits } from '@tfjs-compress/math/internal';
import { describe, expect, it } from 'vitest';
import { BitCounter } from './BitCounter.js';
import { choosePlan } from './choosePlan.js';
import { EncoderState } from './EncoderState.js';

/** The bits of a kernel, as the coder counts them. */
function coded(values: Float32Array, shape: number[]): number {
  const data = new Int32Array(values.slice().buffer);
  const steps = choosePlan({ data, shape, wide: true }, new EncoderState(), Number.POSITIVE_INFINITY);
  for (;;) {
    const { done, value } = steps.next();
    if (!done) continue;
    const counter = new BitCounter();
    new EncoderState().encode(counter, data, shape, value);
    return counter.bits;
  }
}

/** Powers of two: some columns and a part of the image have more weights than others. */
function kernel(shape: number[], density: number): Float32Array {
  const columns = shape[shape.length - 1];
  const size = shape.reduce((product, each) => product * each, 1);
  const isThere = (i: number) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const inMiddle = Math.sin((Math.PI * columns * row) / size);
    return random(1, i) < 2 * density * inMiddle * random(2, column);
  };
  return Float32Array.from({ length: size }, (_, i) =>
    isThere(i) ? Math.sign(random(3, i) - 0.5) * 2 ** -Math.floor(1 + 3 * random(4, i) ** 2) : 0,
  );
}

describe('weightBits, against the coder', () => {
  const kernels: [string, number[], number][] = [
    ['dense', [128, 30], 0.15],
    ['dense with many columns', [120, 200], 0.1],
    ['convolution', [3, 3, 16, 24], 0.3],
  ];
  it.each(kernels)('counts all bits to within a tenth: %s', (_, shape, density) => {
    const values = kernel(shape, density);
    const ratio = weightBits(values, shape).total / coded(values, shape);
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.1);
  });

  it('knows which weights save more than others', () => {
    const shape = [64, 24];
    const values = kernel(shape, 0.2);
    const { saved } = weightBits(values, shape);
    const all = coded(values, shape);
    const places = [...values.keys()].filter((i) => values[i] !== 0).sort((a, b) => saved[a] - saved[b]);
    const really = (some: number[]) => {
      const savings = some.map((i) => all - coded(values.with(i, 0), shape));
      return savings.reduce((sum, each) => sum + each, 0) / some.length;
    };
    const third = Math.floor(places.length / 3);
    expect(really(places.slice(-third))).toBeGreaterThan(1.2 * really(places.slice(0, third)));
  });
});
