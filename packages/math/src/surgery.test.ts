import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FREE, FROZEN, PRUNED } from './partition.js';
import { magnitudeStats, surgeryThresholds, thresholdsForSparsity, triggerProbability, updateMask } from './surgery.js';

describe('magnitudeStats', () => {
  it('pools the arrays and leaves out zeros', () => {
    const { count, mean, std } = magnitudeStats([Float32Array.of(1, -3, 0), Float32Array.of(0, -5)]);
    expect([count, mean]).toEqual([3, 3]);
    expect(std).toBeCloseTo(Math.sqrt(8 / 3), 12);
    expect(magnitudeStats([new Float32Array(3)])).toEqual({ count: 0, mean: 0, std: 0 });
  });
});

describe('surgeryThresholds', () => {
  it('is mean + c·std, ten per cent around it', () => {
    const { a, b } = surgeryThresholds({ count: 9, mean: 0.02, std: 0.02 }, 4);
    expect(a).toBeCloseTo(0.09, 12);
    expect(b).toBeCloseTo(0.11, 12);
  });

  it('has the ratio of the published ones', () => {
    // LeNet-5 conv1, as released by the authors.
    const t = 0.3778 / 0.9;
    expect(surgeryThresholds({ count: 1, mean: t, std: 0 }, 2).b).toBeCloseTo(0.4618, 4);
  });

  it('does not go below 0', () => {
    expect(surgeryThresholds({ count: 9, mean: 0.1, std: 1 }, -3)).toEqual({ a: 0, b: 0 });
  });
});

describe('updateMask', () => {
  it('prunes below a, splices from b on, leaves the band and the frozen alone', () => {
    const values = Float32Array.of(0.5, -0.5, 1, -1, 1.5, -1.5, 0.5, 1.5);
    const states = Uint8Array.of(FREE, PRUNED, FREE, PRUNED, FREE, PRUNED, FROZEN, FROZEN);
    const change = updateMask(values, states, { a: 0.9, b: 1.1 });
    expect([...states]).toEqual([PRUNED, PRUNED, FREE, PRUNED, FREE, FREE, FROZEN, FROZEN]);
    expect(change).toEqual({ pruned: 1, spliced: [5] });
    expect(updateMask(values, states, { a: 0.9, b: 1.1 })).toEqual({ pruned: 0, spliced: [] });
  });

  it('is Eq. 3 for every float and every threshold', () => {
    const weights = fc.array(fc.tuple(fc.float(), fc.constantFrom(PRUNED, FREE, FROZEN)), { maxLength: 40 });
    const threshold = fc.oneof(
      fc.double({ min: 0, noNaN: true }),
      fc.float({ min: 0, noNaN: true }),
      fc.constant(Number.POSITIVE_INFINITY),
    );
    fc.assert(
      fc.property(weights, threshold, threshold, (pairs, x, y) => {
        const [a, b] = [Math.min(x, y), Math.max(x, y)];
        // Weights on the thresholds as well.
        const all = [...pairs, ...[a, -b].flatMap((t) => [PRUNED, FREE].map((state): [number, number] => [t, state]))];
        const values = Float32Array.from(all, ([value]) => value);
        const states = Uint8Array.from(all, ([, state]) => state);
        const expected = [...states].map((state, i) => {
          const magnitude = Math.abs(values[i]);
          if (state === FREE && magnitude < a) return PRUNED;
          return state === PRUNED && magnitude >= b && magnitude > 0 ? FREE : state;
        });
        updateMask(values, states, { a, b });
        expect([...states]).toEqual(expected);
      }),
    );
  });
});

describe('thresholdsForSparsity', () => {
  it('restores no zeros where more are pruned than asked for, until training has told them apart', () => {
    const shape = fc.record({
      kept: fc.integer({ min: 1, max: 30 }),
      zeros: fc.integer({ min: 1, max: 60 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(shape, ({ kept, zeros, share }) => {
        const values = Float32Array.from({ length: kept + zeros }, (_, i) => (i < kept ? i + 1 : i % 2 ? 0 : -0));
        const states = Uint8Array.from(values, (value) => (value === 0 ? PRUNED : FREE));
        const sparsity = (share * zeros) / values.length;
        const update = () => updateMask(values, states, thresholdsForSparsity(values, states, sparsity, 0));
        expect(update()).toEqual({ pruned: 0, spliced: [] });
        for (let i = kept; i < values.length; i++) values[i] = i + 1;
        update();
        expect(states.filter((state) => state === PRUNED).length).toBe(Math.round(sparsity * values.length));
      }),
    );
  });

  it('meets the sparsity when there is no band and no tie', () => {
    const distinct = fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { minLength: 2, maxLength: 100 });
    fc.assert(
      fc.property(distinct, fc.double({ min: 0, max: 0.99, noNaN: true }), (magnitudes, sparsity) => {
        const values = Float32Array.from(magnitudes, (m, i) => (i % 2 ? m : -m));
        const states = new Uint8Array(values.length).fill(FREE);
        updateMask(values, states, thresholdsForSparsity(values, states, sparsity, 0));
        const expected = Math.min(values.length - 1, Math.round(sparsity * values.length));
        expect(states.filter((state) => state === PRUNED).length).toBe(expected);
      }),
    );
  });
});

describe('triggerProbability', () => {
  it('falls from 1 as (1 + gamma·step)^-power', () => {
    expect(triggerProbability(0, 1e-4, 1)).toBe(1);
    expect(triggerProbability(10_000, 1e-4, 1)).toBeCloseTo(0.5, 12);
    expect(triggerProbability(10_000, 1e-4, 2)).toBeCloseTo(0.25, 12);
    expect(triggerProbability(10_000, 0, 1)).toBe(1);
  });
});
