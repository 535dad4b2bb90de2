import fc from 'fast-check';
import { beforeAll, describe, it } from 'vitest';
import { expectLikeCpu, randoms, size } from '../../testing/compareWithCpu.js';
import { arbitraryConv, type ConvCase, convCases, outputShape } from '../../testing/convCases.js';
import { useSimd } from '../../testing/useKernel.js';
import * as pooling from './pooling.js';

async function check({ inputShape, filterShape, strides, pad }: ConvCase, values?: ArrayLike<number>) {
  const channels = inputShape[3];
  const attrs = { filterSize: filterShape.slice(0, 2), strides, pad };
  const of = (kernel: string, input: object, dy: number[]) =>
    expectLikeCpu(kernel, { dy: { shape: dy }, input: { shape: inputShape, ...input }, output: { shape: dy } }, attrs);
  const pool: ConvCase = {
    inputShape,
    filterShape: [...filterShape.slice(0, 2), channels, channels] as never,
    strides,
    pad,
    dilations: [1, 1],
  };
  const shape = outputShape(pool, false);
  await of('MaxPoolGrad', { values }, shape);
  await of('AvgPoolGrad', { values }, shape);
}

describe('the gradients of pooling', () => {
  beforeAll(() => {
    useSimd('MaxPoolGrad', pooling.maxPoolGrad);
    useSimd('AvgPoolGrad', pooling.avgPoolGrad);
  });

  it.each(convCases.filter(({ inputShape }) => inputShape[0] > 0))('are like the cpu backend’s on %j', (conv) =>
    check(conv),
  );

  it('are like the cpu backend’s on random windows', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryConv(), (conv) => check(conv)),
      { numRuns: 60 },
    );
  });

  it('give dy to the first of equal values, and to none of a window of −∞ or NaN', async () => {
    const conv = convCases[1];
    const rounded = randoms(size(conv.inputShape), 1).map((value) => Math.round(2 * value));
    await check(conv, rounded);
    await check(
      conv,
      rounded.map((value) => (value === 0 ? Number.NaN : value)),
    );
    await check(conv, rounded.fill(Number.NEGATIVE_INFINITY));
  });
});
