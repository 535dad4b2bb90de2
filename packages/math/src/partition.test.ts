import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countState,
  FREE,
  FROZEN,
  freezeFraction,
  kthLargestMagnitude,
  magnitudeAtSparsity,
  PRUNED,
  pruneToSparsity,
} from './partition.js';

/** Ties, zeros of both signs, denormal and huge values. */
const value = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 1, -1, 2 ** -149, 3.4e38, 0.5, -0.5),
);
const weights = fc.array(value, { minLength: 1, maxLength: 200 }).map((values) => Float32Array.from(values));
const fraction = fc.double({ min: 0, max: 1, noNaN: true });

describe('kthLargestMagnitude', () => {
  it('is what a sort gives', () => {
    fc.assert(
      fc.property(weights, fc.nat(), (values, n) => {
        const k = 1 + (n % values.length);
        const sorted = [...values].map(Math.abs).sort((a, b) => b - a);
        expect(kthLargestMagnitude(values, k)).toBe(sorted[k - 1]);
      }),
      { numRuns: 300 },
    );
  });

  it('reads a part of a buffer', () => {
    const values = Float32Array.of(9, 1, -3, 2, 9).subarray(1, 4);
    expect([1, 2, 3].map((k) => kthLargestMagnitude(values, k))).toEqual([3, 2, 1]);
  });

  it('refuses a k out of range', () => {
    expect(() => kthLargestMagnitude(Float32Array.of(1, 2), 3)).toThrow(
      'k: expected an integer from 1 to 2, received 3.',
    );
    expect(() => kthLargestMagnitude(new Float32Array(0), 1)).toThrow('k: expected');
  });
});

describe('freezeFraction', () => {
  it('freezes exactly the fraction of what is not pruned, the largest', () => {
    fc.assert(
      fc.property(weights, fraction, fc.func(fc.boolean()), (values, p, isPruned) => {
        const states = Uint8Array.from(values, (_, i) => (isPruned(i) ? PRUNED : FREE));
        const before = states.slice();
        freezeFraction(values, states, p);
        const alive = before.length - countState(before, PRUNED);
        expect(countState(states, FROZEN)).toBe(Math.round(p * alive));
        const magnitudes = (state: number) => [...values].filter((_, i) => states[i] === state).map(Math.abs);
        expect(Math.min(...magnitudes(FROZEN))).toBeGreaterThanOrEqual(Math.max(...magnitudes(FREE)));
        before.forEach((state, i) => {
          if (state === PRUNED) expect(states[i]).toBe(PRUNED);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('only ever adds, whatever the weights become, frozen zeros included', () => {
    fc.assert(
      fc.property(
        weights,
        fc.array(fraction, { maxLength: 6 }),
        fc.constantFrom('magnitude', 'random'),
        (values, ps, method) => {
          const states = new Uint8Array(values.length).fill(FREE);
          let frozen: number[] = [];
          for (const p of ps.sort((a, b) => a - b)) {
            freezeFraction(values, states, p, { method: method as 'magnitude', seed: 3 });
            for (const i of frozen) expect(states[i]).toBe(FROZEN);
            frozen = [...states.keys()].filter((i) => states[i] === FROZEN);
            expect(frozen.length).toBe(Math.round(p * values.length));
            values.forEach((_, i) => {
              values[i] = states[i] === FROZEN ? 0 : values[i] * 2;
            });
          }
        },
      ),
    );
  });

  it('takes the first of equal weights', () => {
    const states = new Uint8Array(4).fill(FREE);
    freezeFraction(Float32Array.of(1, -1, 1, 1), states, 0.5);
    expect([...states]).toEqual([FROZEN, FROZEN, FREE, FREE]);
  });

  it('chooses at random by the seed, nested and without regard to magnitude', () => {
    const values = Float32Array.from({ length: 2000 }, (_, i) => i);
    const choose = (seed: number, p: number) => {
      const states = new Uint8Array(values.length).fill(FREE);
      freezeFraction(values, states, p, { method: 'random', seed });
      return states;
    };
    expect(choose(1, 0.5)).toEqual(choose(1, 0.5));
    expect(choose(1, 0.5)).not.toEqual(choose(2, 0.5));
    const [half, most] = [choose(1, 0.5), choose(1, 0.8)];
    half.forEach((state, i) => {
      if (state === FROZEN) expect(most[i]).toBe(FROZEN);
    });
    const upper = countState(half.subarray(1000), FROZEN);
    expect(upper).toBeGreaterThan(420);
    expect(upper).toBeLessThan(580);
  });

  it('refuses fractions outside [0, 1]', () => {
    expect(() => freezeFraction(Float32Array.of(1), Uint8Array.of(FREE), 1.5)).toThrow(
      'fraction: expected a number in [0, 1]',
    );
  });
});

describe('pruneToSparsity', () => {
  it('prunes exactly the fraction, the smallest, and leaves frozen weights alone', () => {
    fc.assert(
      fc.property(
        weights,
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.func(fc.nat(2)),
        (values, sparsity, state) => {
          const states = Uint8Array.from(values, (_, i) => state(i));
          const frozen = [...states.keys()].filter((i) => states[i] === FROZEN);
          pruneToSparsity(values, states, sparsity);
          const kept = Math.max(1, values.length - Math.round(sparsity * values.length));
          expect(countState(states, FREE) + countState(states, FROZEN)).toBe(Math.max(kept, frozen.length));
          for (const i of frozen) expect(states[i]).toBe(FROZEN);
          const of = (wanted: number) => [...values].filter((_, i) => states[i] === wanted).map(Math.abs);
          expect(Math.max(0, ...of(PRUNED))).toBeLessThanOrEqual(Math.min(...of(FREE)));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keeps one weight of a tensor that would lose all', () => {
    const states = Uint8Array.of(FREE);
    pruneToSparsity(Float32Array.of(0.1), states, 0.99);
    expect([...states]).toEqual([FREE]);
  });

  it('refuses a sparsity of 1', () => {
    expect(() => pruneToSparsity(Float32Array.of(1), Uint8Array.of(FREE), 1)).toThrow(
      'sparsity: expected a number in [0, 1)',
    );
  });
});

describe('magnitudeAtSparsity', () => {
  it('is the smallest magnitude that remains', () => {
    const values = Float32Array.of(4, -3, 2, 1);
    const states = new Uint8Array(4).fill(FREE);
    expect(magnitudeAtSparsity(values, states, 0.5)).toBe(3);
    expect(magnitudeAtSparsity(values, Uint8Array.of(FREE, FROZEN, FREE, PRUNED), 0.5)).toBe(4);
    expect(magnitudeAtSparsity(values, new Uint8Array(4).fill(FROZEN), 0.5)).toBe(Number.POSITIVE_INFINITY);
  });
});
