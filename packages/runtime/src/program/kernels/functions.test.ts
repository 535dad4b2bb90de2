import { describe, expect, it } from 'vitest';
import * as Op from '../Op.js';
import * as unaries from '../Unary.js';
import { f, Kernels } from './testing/kernels.js';

const Unary = { ...unaries };

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softplus = (x: number): number => (x > 30 ? x : Math.log1p(Math.exp(x)));

/** Φ(x) by the series of erf, or, far out, by the continued fraction of erfc. */
function normal(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  let rest: number;
  if (z < 3) {
    let [term, sum] = [z, z];
    for (let n = 1; n < 100; n++) {
      term *= (-z * z) / n;
      sum += term / (2 * n + 1);
    }
    rest = 1 - (2 / Math.sqrt(Math.PI)) * sum;
  } else {
    let fraction = z;
    for (let n = 60; n > 0; n--) fraction = z + n / 2 / fraction;
    rest = Math.exp(-z * z) / fraction / Math.sqrt(Math.PI);
  }
  return x < 0 ? rest / 2 : 1 - rest / 2;
}

/**
 * The functions in float64; those with a small absolute error, but no small relative one,
 * say how large it may be.
 */
const functions: Record<keyof typeof Unary, (x: number, a: number, b: number) => number> = {
  clamp: (x, a, b) => Math.min(Math.max(x, a), b),
  leaky: (x, a) => (x >= 0 ? x : a * x),
  elu: (x, a) => (x >= 0 ? x : a * Math.expm1(x)),
  selu: (x) => 1.0507009873554805 * (x >= 0 ? x : 1.6732632423543772 * Math.expm1(x)),
  sigmoid,
  hardSigmoid: (x) => Math.min(Math.max(0.2 * x + 0.5, 0), 1),
  tanh: Math.tanh,
  softplus,
  softsign: (x) => x / (1 + Math.abs(x)),
  swish: (x, a) => x * sigmoid(a * x),
  mish: (x) => x * Math.tanh(softplus(x)),
  gelu: (x) => x * normal(x),
  geluTanh: (x) => x * sigmoid(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)),
  exp: Math.exp,
  threshold: (x, a) => (x > a ? x : 0),
  affine: (x, a, b) => a * x + b,
  rsqrt: (x) => 1 / Math.sqrt(x),
  abs: Math.abs,
  linear: (x) => x,
  power: (x, a) => x ** a,
};

/**
 * Relative errors are counted from here on: below, results need only be as near as this.
 */
const least: Partial<Record<keyof typeof Unary, number>> = {
  hardSigmoid: 0.1,
  affine: 1,
  gelu: 1,
  // What a rounding of the argument of e^x makes of the result.
  exp: 1e-31,
  sigmoid: 1e-31,
  swish: 1e-29,
  mish: 1e-29,
  geluTanh: 0.01,
  softplus: 1e-31,
};

function apply(kind: number, x: number[], a: number, b: number): number[] {
  const kernels = new Kernels(16);
  const y = kernels.output(x.length);
  kernels.perform([Op.unary, kind, kernels.input(x), y, x.length, f(a), f(b)]);
  return kernels.read(y, x.length);
}

const wide = [
  ...Array.from({ length: 20_000 }, (_, i) => (i - 10_000) / 90),
  ...Array.from({ length: 4_000 }, (_, i) => (i - 2_000) / 1_000),
  ...Array.from({ length: 76 }, (_, i) => 10 ** (i - 38)),
  ...Array.from({ length: 76 }, (_, i) => -(10 ** (i - 38))),
  ...[0, 1e-45, -1e-45, 3e-39, -3e-39, 3.4e38, -3.4e38],
].map(Math.fround);

describe('unary', () => {
  const names = Object.keys(Unary) as (keyof typeof Unary)[];

  it.each(names)('%s is near to its value in float64, over all sizes of numbers', (name) => {
    const [a, b] = name === 'clamp' ? [-1.5, 6] : name === 'threshold' ? [0.75, 0] : [0.25, 0.5].map(Math.fround);
    const lowest = { rsqrt: 2e-38, power: 1e-3 }[name as string] ?? Number.NEGATIVE_INFINITY;
    const highest = name === 'power' ? 1e3 : Number.POSITIVE_INFINITY;
    const from = wide.filter((x) => x > lowest && x < highest);
    let worst = { error: 0, x: 0, received: 0, expected: 0 };
    apply(Unary[name], from, a, b).forEach((received, i) => {
      const x = from[i];
      const expected = functions[name](x, a, b);
      if (Object.is(Math.fround(expected), received)) return;
      const error = Math.abs(received - expected) / Math.max(Math.abs(expected), least[name] ?? 1.2e-38);
      if (!(error <= worst.error)) worst = { error, x, received, expected };
    });
    expect(worst.error, JSON.stringify(worst)).toBeLessThan(1e-6);
  });

  it.each(names.filter((name) => name !== 'power'))('%s of infinities and NaN', (name) => {
    const [a, b] = [0.5, 2];
    const x = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
    const received = apply(Unary[name], x, a, b);
    x.forEach((value, i) => {
      let expected = Math.fround(functions[name](value, a, b));
      // Not a number by the formula, as in tfjs: 0 × Infinity; NaN > a is false.
      if (name === 'mish' && value === -Infinity) expected = Number.NaN;
      if (name === 'gelu' && Math.abs(value) === Infinity) expected = value > 0 ? value : Number.NaN;
      expect([name, value, received[i]]).toEqual([name, value, expected]);
    });
  });

  it('does every element of any count, in place too', () => {
    for (let count = 0; count < 14; count++) {
      const x = Array.from({ length: count }, (_, i) => i - 5);
      const kernels = new Kernels();
      const y = kernels.output(x);
      const z = kernels.output(count);
      kernels.perform(
        [Op.unary, Unary.affine, y, z, count, f(2), f(1)],
        [Op.unary, Unary.clamp, y, y, count, f(-1), f(3)],
      );
      expect(kernels.read(z, count)).toEqual(x.map((value) => 2 * value + 1));
      expect(kernels.read(y, count)).toEqual(x.map((value) => Math.min(Math.max(value, -1), 3)));
    }
  });
});
