import * as tfl from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';
import type { Api } from './api.js';
import { axes, cases, freshCases, isPossible, nameOf } from './axes.js';
import { levelOf, rangeOf } from './reference.js';
import { runCase } from './runCase.js';

class DoesNothing extends tfl.CustomCallback {
  constructor() {
    super({});
  }
}
const idle = { INQScheduler: DoesNothing, SurgeryCallback: DoesNothing, registerCompressible: () => {} };

const stockFits = cases.filter(
  (c) => c.company.startsWith('instance') && !/^(masked|powerOfTwo|compressible)/.test(c.kind),
);

it.each(stockFits.filter((_, i) => i % 8 === 0).map((c) => [nameOf(c), c] as const))(
  'finds nothing amiss with stock fits but that nothing was compressed: %s',
  async (_, c) => {
    const findings = await runCase(c, idle as unknown as Api);
    const compression = /logs|inq_step|levels?\b|zeros|table|left out|constraint|octaves|frozen|mask/;
    expect(findings.filter((finding) => !compression.test(finding))).toEqual([]);
    expect(findings.filter((finding) => /no table/.test(finding)).length).toBeGreaterThan(0);
  },
);

it('has every value of every axis with both callbacks, each case once', () => {
  for (const list of [cases, freshCases]) {
    expect(new Set(list.map(nameOf)).size).toBe(list.length);
    for (const [axis, values] of Object.entries(axes)) {
      for (const value of values) {
        for (const plan of ['inq', 'target']) {
          if (axis === 'plan' || !isPossible({ plan, [axis]: value } as never)) continue;
          const there = list.some((c) => (c as never)[axis] === value && c.plan.includes(plan));
          expect(there, `${axis} ${value} with ${plan}`).toBe(true);
        }
      }
    }
  }
});

it('rounds as the equations say', () => {
  // s = 0.8: n1 = floor(log2(1.0667)) = 0; 3 bits have 2 levels a sign.
  const range = rangeOf(Float32Array.of(0.8, -0.1), 3)!;
  expect(range).toEqual({ n1: 0, n2: -1 });
  const weights = [0.8, 0.75, 0.74, 0.26, 0.25, 0.24, -1.6, 0];
  expect(weights.map((weight) => levelOf(weight, range))).toEqual([1, 1, 0.5, 0.5, 0.5, 0, -1, 0]);
  expect(rangeOf(Float32Array.of(0, 0), 5)).toBeNull();
});
