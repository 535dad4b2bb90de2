import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codebookOf } from './codebook.js';
import { roundToPowerOfTwo } from './levels.js';
import { countState, FREE, FROZEN, PRUNED } from './partition.js';
import { beginAnew, fixMask, quantizeFraction, setMask, updateMaskWith } from './steps.js';

const weights = fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: 1, maxLength: 60 });
const withStates = weights.chain((values) =>
  fc.tuple(
    fc.constant(Float32Array.from(values)),
    fc.array(fc.constantFrom(PRUNED, FREE), { minLength: values.length, maxLength: values.length }),
  ),
);

describe('quantizeFraction', () => {
  it('freezes the fraction of what is not pruned, at levels, and leaves the rest alone', () => {
    fc.assert(
      fc.property(withStates, fc.double({ min: 0, max: 1, noNaN: true }), ([given, mask], fraction) => {
        const [values, states] = [given.slice(), Uint8Array.from(mask)];
        const codebook = codebookOf(given, 4);
        quantizeFraction(fraction, codebook).apply(values, states);
        const kept = mask.filter((state) => state === FREE).length;
        expect(countState(states, FROZEN)).toBe(Math.round(fraction * kept));
        const rounded = roundToPowerOfTwo(given, codebook);
        for (const [i, state] of states.entries()) expect(values[i]).toBe(state === FROZEN ? rounded[i] : given[i]);
      }),
    );
  });
});

describe('fixMask', () => {
  it('prunes exactly the smallest, and what comes back is no larger than what separates the two', () => {
    fc.assert(
      fc.property(withStates, fc.double({ min: 0, max: 0.99, noNaN: true }), ([given, mask], sparsity) => {
        const [values, states] = [given.slice(), Uint8Array.from(mask)];
        const change = fixMask(sparsity).apply(values, states);
        const pruned = countState(states, PRUNED);
        expect(pruned).toBe(Math.min(Math.round(sparsity * given.length), given.length - 1));
        const magnitudes = [...given].map(Math.abs);
        const largestPruned = Math.max(0, ...magnitudes.filter((_, i) => states[i] === PRUNED));
        const smallestKept = Math.min(...magnitudes.filter((_, i) => states[i] === FREE));
        expect(largestPruned).toBeLessThanOrEqual(smallestKept);
        const before = mask.filter((state) => state === PRUNED).length;
        expect(pruned - before).toBe(change.pruned - change.spliced);
        for (const [i, state] of states.entries()) {
          if (state === FREE && mask[i] === PRUNED) expect(Math.abs(values[i])).toBeLessThanOrEqual(smallestKept);
          else expect(values[i]).toBe(given[i]);
        }
      }),
    );
  });
});

describe('updateMaskWith', () => {
  it('counts what it changes, and lets weights come back with at most a magnitude', () => {
    const values = Float32Array.of(0.1, 5, -7, 1, 0.95);
    const states = Uint8Array.of(FREE, PRUNED, PRUNED, FROZEN, PRUNED);
    const change = updateMaskWith({ a: 0.9, b: 1.1 }, 1.1).apply(values, states);
    expect(change).toEqual({ pruned: 1, spliced: 2, states: true, values: true });
    expect([...states]).toEqual([PRUNED, FREE, FREE, FROZEN, PRUNED]);
    expect([...values]).toEqual([...Float32Array.of(0.1, 1.1, -1.1, 1, 0.95)]);
    const again = updateMaskWith({ a: 0.9, b: 1.1 });
    expect(again.changesValues).toBe(false);
    expect(again.apply(values, states)).toEqual({ pruned: 0, spliced: 0, states: false, values: false });
  });
});

describe('setMask and beginAnew', () => {
  it('give the states asked for', () => {
    const states = Uint8Array.of(FREE, PRUNED, FROZEN);
    const change = setMask(Uint8Array.of(PRUNED, FREE, FROZEN), 1).apply(Float32Array.of(1, 3, 2), states);
    expect(change).toMatchObject({ pruned: 1, spliced: 1, values: true });
    expect([...states]).toEqual([PRUNED, FREE, FROZEN]);
  });

  it('thaw what is frozen, keep what is pruned, and take zeros for pruned where told', () => {
    for (const [zerosArePruned, expected] of [
      [false, [FREE, FREE, PRUNED]],
      [true, [FREE, PRUNED, PRUNED]],
    ] as const) {
      const states = Uint8Array.of(FROZEN, FREE, PRUNED);
      beginAnew(zerosArePruned).apply(Float32Array.of(1, 0, 3), states);
      expect([...states]).toEqual(expected);
    }
  });
});
